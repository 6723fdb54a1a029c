import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { SpanKind, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { sharedPath } from './shared-folder.js';

/** What a published example expects of a value: the value itself, or a rule. */
export type Expected =
  string | number | boolean | string[] | { match: string; value?: unknown; [note: string]: unknown };

export interface ExpectedEvent {
  name: string;
  attributesMode?: 'superset';
  attributes: Record<string, Expected>;
}

export interface ExpectedSpan {
  name: string;
  kind?: string;
  parent?: string | null;
  scope?: string;
  status?: string;
  attributesMode?: 'superset';
  attributeKeysInOrder?: string[];
  attributes: Record<string, Expected>;
  eventsInOrder?: ExpectedEvent[];
  links?: unknown[];
  resource?: { mode: string; attributes: Record<string, Expected> };
}

export interface Example {
  id: string;
  input?: {
    userMessage: { content: string; role: string };
    promptTemplate: string | null;
    parsed?: Record<string, unknown>;
    providerResponse: {
      id: string;
      model: string;
      stop_reason: string;
      usage: { input_tokens: number; output_tokens: number };
      message: { content: { text: string; type: string }[]; role: string };
    };
  };
  spans: ExpectedSpan[];
  exportOrder?: string[];
  mustAlsoEmitForCurrentExporter?: Record<string, Expected>;
  /** Of trace-level context: the type of each attribute, in words. */
  attributes?: Record<string, string>;
  /** Of Langfuse: what a published key is called today. */
  modernKeys?: Record<string, string>;
  seedSpanVerbatim?: Record<string, unknown>;
}

export const EXPECTATIONS = 'research/system-expectations.json';

interface ExpectationsFile {
  spanJsonShape: { topLevelKeysInOrder: string[] };
  examples: Example[];
}

let file: ExpectationsFile | undefined;

export function expectations(): ExpectationsFile {
  const path = sharedPath(EXPECTATIONS);
  if (path === undefined) throw new Error(`needs ../shared/${EXPECTATIONS}`);
  return (file ??= JSON.parse(readFileSync(path, 'utf8')) as ExpectationsFile);
}

export function example(id: string): Example {
  const found = expectations().examples.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no example ${id}`);
  return found;
}

/**
 * In what a span differs from an example, a line each: the place, what was expected, what was seen. Attributes are an
 * exact set unless the example says otherwise; those of `also` may be there beside them.
 */
export function differences(
  seen: ReadableSpan,
  expected: ExpectedSpan,
  among: readonly ReadableSpan[] = [seen],
  also: (key: string) => boolean = () => false,
): string[] {
  const parent = among.find((span) => span.spanContext().spanId === seen.parentSpanContext?.spanId);
  const fields: [string, unknown, unknown][] = [
    ['name', expected.name, seen.name],
    ['kind', expected.kind, SpanKind[seen.kind]],
    ['parent', expected.parent, seen.parentSpanContext === undefined ? null : (parent?.name ?? 'a span outside')],
    ['scope', expected.scope, seen.instrumentationScope.name],
    ['status', expected.status, SpanStatusCode[seen.status.code]],
    ['attributeKeysInOrder', expected.attributeKeysInOrder, Object.keys(seen.attributes)],
    ['links', expected.links, seen.links],
    ['eventsInOrder', expected.eventsInOrder?.map(({ name }) => name), seen.events.map(({ name }) => name)],
  ];
  const resource = expected.resource ?? { mode: 'superset', attributes: {} };
  return [
    ...fields.flatMap(([place, wanted, found]) => (wanted === undefined ? [] : valueDifference(place, wanted, found))),
    ...attributeDifferences('attributes', seen.attributes, expected, also),
    ...(expected.eventsInOrder ?? []).flatMap((event, index) =>
      attributeDifferences(`eventsInOrder.${index}`, seen.events[index]?.attributes ?? {}, event),
    ),
    ...attributeDifferences('resource', seen.resource.attributes as Attributes, {
      attributes: resource.attributes,
      attributesMode: resource.mode === 'superset' ? 'superset' : undefined,
    }),
  ];
}

export function attributeDifferences(
  place: string,
  seen: Attributes,
  { attributes, attributesMode }: Pick<ExpectedSpan, 'attributes' | 'attributesMode'>,
  also: (key: string) => boolean = () => false,
): string[] {
  const wanted = Object.entries(attributes).flatMap(([key, value]) =>
    matches(value, seen[key]) ? [] : difference(`${place}.${key}`, value, seen[key]),
  );
  if (attributesMode === 'superset') return wanted;
  const more = Object.keys(seen).filter((key) => !Object.hasOwn(attributes, key) && !also(key));
  return [...wanted, ...more.map((key) => difference(`${place}.${key}`, undefined, seen[key]))];
}

function valueDifference(place: string, wanted: unknown, found: unknown): string[] {
  return isDeepStrictEqual(wanted, found) ? [] : [difference(place, wanted, found)];
}

function difference(place: string, wanted: unknown, found: unknown): string {
  return `${place}: expected ${JSON.stringify(wanted)}, seen ${JSON.stringify(found)}`;
}

const FORMS: Readonly<Record<string, RegExp>> = {
  hex16: /^(?:0x)?[0-9a-f]{16}$/,
  hex32: /^(?:0x)?[0-9a-f]{32}$/,
  iso8601: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
};

/** The rules of the file. */
export function matches(expected: Expected, seen: unknown): boolean {
  if (typeof expected !== 'object' || Array.isArray(expected)) return isDeepStrictEqual(expected, seen);
  const { match, value } = expected;
  if (match === 'any') return seen !== undefined;
  if (match === 'prefix') return typeof seen === 'string' && seen.startsWith(String(value));
  if (match === 'json-equal') return typeof seen === 'string' && isDeepStrictEqual(parsed(seen), asData(value));
  if (match.startsWith('type:')) return isOfType(match.slice('type:'.length), seen);
  const form = FORMS[match];
  if (form === undefined) throw new Error(`no such rule: ${match}`);
  return typeof seen === 'string' && form.test(seen);
}

function asData(value: unknown): unknown {
  return typeof value === 'string' ? parsed(value) : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isOfType(type: string, seen: unknown): boolean {
  if (type === 'string[]') return Array.isArray(seen) && seen.every((item) => typeof item === 'string');
  if (type === 'int') return Number.isInteger(seen);
  if (type === 'double') return typeof seen === 'number';
  if (type !== 'string' && type !== 'boolean') throw new Error(`no such type: ${type}`);
  return typeof seen === type;
}

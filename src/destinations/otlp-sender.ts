import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { warnOnce } from '../core/report.js';
import { genAi } from '../dialects/gen-ai.js';
import type { Dialect } from '../dialects/dialect.js';
import { AlteredSpan } from './altered-span.js';
import { BATCH_RULE, queueLimits, type BatchOptions } from './batch-options.js';
import { isRecord, oneOf, positiveNumber, type OptionRule, type OptionRules } from './check-options.js';
import { destination, type Destination, type DestinationOptions } from './destination.js';
import { ExportQueue } from './queue.js';
import type { SpanChoice } from './span-choice.js';
import { viewOf } from './span-view.js';
import { wishOf } from './wish.js';

type Resource = ReadableSpan['resource'];

/** Options of every destination that sends OTLP. */
export interface SendingOptions extends DestinationOptions {
  /** Sent with every request, over those of the destination itself. */
  headers?: Record<string, string>;
  compression?: 'gzip' | 'none';
  /** Milliseconds for one export, retries included. Default 10,000. */
  timeoutMs?: number;
  /** `false` sends each span as soon as it ends. */
  batch?: false | BatchOptions;
}

/** Where a destination sends, and what the backend there wants. */
export interface Target {
  readonly name: string;
  /** Undefined: what the `OTEL_EXPORTER_OTLP_*` variables say; they are for this case and `readsVariables` alone. */
  readonly url: string | undefined;
  readonly readsVariables?: boolean;
  readonly headers?: Record<string, string>;
  readonly dialect?: Dialect;
  readonly spans?: SpanChoice;
  /** Most bytes that the backend keeps of one value. */
  readonly valueBytes?: number;
  /** Attributes over those of the resource that a span has. */
  readonly resource?: (own: Resource) => Attributes;
}

/** Sends spans to `target`, by OpenTelemetry's own exporter, in a queue of its own. */
export function sender(target: Target, options: SendingOptions): Destination {
  const wrong = Object.entries(target.headers ?? {}).find(([name, value]) => !isHeader(name, value));
  if (wrong !== undefined) return unableToSend(target.name, `the value of its header ${wrong[0]} cannot be sent`);
  const exporter = exporterOf(target, options);
  const queue = new ExportQueue(target.name, exporter, queueLimits(options.batch));
  const { valueBytes } = target;
  const wish = wishOf(target.dialect ?? genAi, { ...options, limits: { valueBytes, ...options.limits } });
  const changed = resourceChanger(target);
  const work = {
    name: target.name,
    end: (span: ReadableSpan) => {
      queue.add(changed(viewOf(span, wish)));
    },
    flush: () => queue.flush(),
    close: () => queue.close(),
    stats: () => queue.stats(),
  };
  return destination(work, { spans: options.spans ?? target.spans, scopes: options.scopes });
}

/** A destination that cannot send, and says so once. Nothing is thrown: without telemetry the program still works. */
export function unableToSend(name: string, reason: string): Destination {
  warnOnce(`${name}: ${reason}; its spans are dropped`);
  let lost = 0;
  const nothing = (): void => undefined;
  const stats = () => ({ queued: 0, exported: 0, failed: 0, lost });
  const end = (): void => {
    lost++;
  };
  return destination({ name, end, flush: nothing, close: nothing, stats }, {});
}

function exporterOf(target: Target, { headers, compression, timeoutMs }: SendingOptions): OTLPTraceExporter {
  // Not its own type: that asks for an enum of a package that we do not depend on.
  const config: object = {
    url: target.url,
    headers: { ...target.headers, ...headers },
    compression,
    timeoutMillis: timeoutMs,
  };
  const make = (): OTLPTraceExporter => new OTLPTraceExporter(config);
  return target.readsVariables === true ? make() : withoutVariables(make);
}

/**
 * The exporter adds headers and certificates of the environment to what it is given. They are for the endpoint of the
 * environment, and another backend must not get its keys.
 */
function withoutVariables<T>(make: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_EXPORTER_OTLP_'));
  for (const [name] of hidden) Reflect.deleteProperty(process.env, name);
  try {
    return make();
  } finally {
    Object.assign(process.env, Object.fromEntries(hidden));
  }
}

/** One changed resource for each that spans have: the exporter groups spans by it. */
function resourceChanger({ resource: attributesOver }: Target): (span: ReadableSpan) => ReadableSpan {
  if (attributesOver === undefined) return (span) => span;
  const changed = new WeakMap<Resource, Resource>();
  return (span) => {
    let resource = changed.get(span.resource);
    if (resource === undefined) {
      resource = span.resource.merge(resourceFromAttributes(attributesOver(span.resource)));
      changed.set(span.resource, resource);
    }
    return new AlteredSpan(span, { resource });
  };
}

/** What a resource says that does not have to be detected first. */
export function resourceAttribute(resource: Resource, name: string): string | undefined {
  const value = resource.getRawAttributes().find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** `base` with as much of `path` behind it as it does not have already. */
export function tracesUrl(base: string, path = '/v1/traces'): string {
  const target = new URL(base);
  const given = target.pathname.replace(/\/+$/, '');
  let known = path;
  while (!given.endsWith(known)) known = known.slice(0, known.lastIndexOf('/'));
  target.pathname = given + path.slice(known.length);
  return target.href;
}

export const url: OptionRule = { expected: 'an http or https URL', accepts: isUrl };

export function isUrl(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return /^https?:$/.test(new URL(value).protocol);
  } catch {
    return false;
  }
}

const headers: OptionRule = {
  expected: 'an object of texts that HTTP takes as headers',
  accepts: (value) => isRecord(value) && Object.entries(value).every(([name, text]) => isHeader(name, text)),
  remedy: (value) => {
    if (!isRecord(value)) return undefined;
    const wrong = Object.entries(value).find(([name, text]) => !isHeader(name, text));
    return wrong && `Look at ${JSON.stringify(wrong[0])}: is there a line break in it?`;
  },
};

function isHeader(name: string, value: unknown): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value as string);
    return typeof value === 'string';
  } catch {
    return false;
  }
}

export const SENDING_RULES: OptionRules = {
  headers,
  compression: oneOf('gzip', 'none'),
  timeoutMs: positiveNumber,
  batch: BATCH_RULE,
};

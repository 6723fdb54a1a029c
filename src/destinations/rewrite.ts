import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace-base';
import { boundedAgain } from '../core/bounds.js';
import { CapturedAttributes, Content, type Captured } from '../core/content.js';
import { ContentFamily } from '../core/content-family.js';
import { admit, admitEvents, allows, type AdmittedEvent, type GatePolicy } from '../core/gate.js';
import { withoutToolContent } from '../core/tool-content.js';
import { ATTR_DECOTEL_TRUNCATED } from '../semconv/decotel.js';

/** `base` with `captured` over it, as far as `policy` lets it pass. */
export function overlaid(base: Attributes, captured: CapturedAttributes, policy: GatePolicy): Attributes {
  const attributes = { ...base };
  const admitted = admit(captured, policy);
  const cut = [...texts(base[ATTR_DECOTEL_TRUNCATED]), ...texts(admitted[ATTR_DECOTEL_TRUNCATED])];
  Object.assign(attributes, admitted);
  return markTruncated(attributes, cut);
}

/**
 * A copy of what decotel wrote, with the content that `policy` allows: content that is there already, by the rules of
 * `writtenBy`, is kept as it is (someone may have masked it), cut or taken out; content that is not is added.
 */
export function completed(
  written: Attributes,
  captured: CapturedAttributes,
  policy: GatePolicy,
  writtenBy: GatePolicy | undefined,
): Attributes {
  const attributes = { ...written };
  const cut: string[] = [];
  const added = new CapturedAttributes();
  for (const [key, value] of captured) {
    if (value instanceof Content && writtenBy === undefined) added.set(key, value);
    else if (value instanceof ContentFamily && writtenBy !== undefined) {
      const before = admit(CapturedAttributes.of({ [key]: value }), writtenBy);
      narrowMany(
        attributes,
        before,
        admit(CapturedAttributes.of({ [key]: value }), { ...writtenBy, content: policy.content }),
      );
      for (const name of Object.keys(before)) narrow(attributes, name, policy.valueBytes, cut);
    } else if (value instanceof Content && !allows(policy.content, value.kind)) Reflect.deleteProperty(attributes, key);
    else {
      if (value instanceof Content && !policy.content.tools) attributes[key] = withoutTools(attributes[key]);
      narrow(attributes, key, policy.valueBytes, cut);
    }
  }
  markTruncated(attributes, [...texts(written[ATTR_DECOTEL_TRUNCATED]), ...cut]);
  return overlaid(attributes, added, policy);
}

/** The same of an event that content became. */
export function narrowed(written: Attributes, before: Attributes, after: Attributes, mostBytes: number): Attributes {
  const attributes = { ...written };
  const cut: string[] = [];
  narrowMany(attributes, before, after);
  for (const key of Object.keys(before)) narrow(attributes, key, mostBytes, cut);
  return markTruncated(attributes, [...texts(written[ATTR_DECOTEL_TRUNCATED]), ...cut]);
}

/** A key of a family that is a prefix ends with a dot. */
function isOf(key: string, own: string): boolean {
  return key === own || (own.endsWith('.') && key.startsWith(own));
}

/**
 * Content of many attributes, narrowed: `before` is what was written, `after` what may leave of it. What someone changed
 * stays, unless the rules would change it too: then how to is not known.
 */
function narrowMany(attributes: Attributes, before: Attributes, after: Attributes): void {
  for (const key of Object.keys(before)) {
    if (key === ATTR_DECOTEL_TRUNCATED || !Object.hasOwn(attributes, key)) continue;
    if (isEqual(after[key], before[key])) continue;
    if (Object.hasOwn(after, key) && isEqual(attributes[key], before[key])) attributes[key] = after[key];
    else Reflect.deleteProperty(attributes, key);
  }
}

export function isEqual(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  return one === other || (Array.isArray(one) && JSON.stringify(one) === JSON.stringify(other));
}

/** A copy without what decotel wrote under `ownKeys`. */
export function withoutOwn(attributes: Attributes, ownKeys: Iterable<string>): Attributes {
  const foreign = { ...attributes };
  for (const own of ownKeys) {
    if (!own.endsWith('.')) Reflect.deleteProperty(foreign, own);
    else for (const key of Object.keys(foreign)) if (isOf(key, own)) Reflect.deleteProperty(foreign, key);
  }
  Reflect.deleteProperty(foreign, ATTR_DECOTEL_TRUNCATED);
  return foreign;
}

function markTruncated(attributes: Attributes, keys: readonly string[]): Attributes {
  const present = new Set(keys.filter((key) => Object.hasOwn(attributes, key)));
  if (present.size > 0) attributes[ATTR_DECOTEL_TRUNCATED] = [...present];
  else Reflect.deleteProperty(attributes, ATTR_DECOTEL_TRUNCATED);
  return attributes;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function narrow(attributes: Attributes, key: string, mostBytes: number, cut: string[]): void {
  const value = attributes[key];
  if (typeof value !== 'string') return;
  const bounded = boundedAgain(value, mostBytes);
  if (!bounded.cut) return;
  attributes[key] = bounded.value;
  cut.push(key);
}

/** An event as it leaves, and where it comes from. */
export interface SourcedEvent extends AdmittedEvent {
  /** Its place among the captured ones, and of a family's events its place among them. */
  readonly source: number;
  readonly place: number;
}

/** The events that may leave, in their order. */
export function sourcedEvents(captured: Captured['events'], policy: GatePolicy): SourcedEvent[] {
  return (captured ?? []).flatMap((event, source) =>
    admitEvents([event], policy).map((admitted, place) => ({ ...admitted, source, place })),
  );
}

/**
 * Which events of the span decotel wrote, and as the how manieth: the last ones of that name, because it writes just
 * before the end.
 */
export function ownEvents(events: readonly TimedEvent[], written: readonly string[]): ReadonlyMap<TimedEvent, number> {
  const own = new Map<TimedEvent, number>();
  for (let index = written.length - 1; index >= 0; index--) {
    const last = events.filter((event) => event.name === written[index] && !own.has(event)).at(-1);
    if (last !== undefined) own.set(last, index);
  }
  return own;
}

/** Of messages that are on the span already. */
function withoutTools(written: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof written !== 'string' || !written.startsWith('[')) return written;
  try {
    return JSON.stringify(withoutToolContent(JSON.parse(written)));
  } catch {
    return written;
  }
}

import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace-base';
import { boundedAgain } from '../core/bounds.js';
import { CapturedAttributes, Content, ContentFamily } from '../core/content.js';
import { admit, allows, type GatePolicy } from '../core/gate.js';
import { NO_CONTENT, type ContentSwitches } from '../core/settings.js';
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
 * A copy of what decotel wrote, with the content that `policy` allows: content that is there already is kept as it is
 * (someone may have masked it), cut or taken out; content that is not is added.
 */
export function completed(
  written: Attributes,
  captured: CapturedAttributes,
  policy: GatePolicy,
  hasContent: boolean,
): Attributes {
  const attributes = { ...written };
  const cut: string[] = [];
  const added = new CapturedAttributes();
  for (const [key, value] of captured) {
    if (value instanceof Content && !hasContent) added.set(key, value);
    else if (value instanceof ContentFamily) narrowFamily(attributes, key, value, policy, cut);
    else if (value instanceof Content && !allows(policy.content, value.kind)) Reflect.deleteProperty(attributes, key);
    else {
      if (value instanceof Content && !policy.content.tools) attributes[key] = withoutTools(attributes[key]);
      narrow(attributes, key, policy.valueBytes, cut);
    }
  }
  markTruncated(attributes, [...texts(written[ATTR_DECOTEL_TRUNCATED]), ...cut]);
  return overlaid(attributes, added, policy);
}

/** A key of a family that is a prefix ends with a dot; in an event the family may be all there is. */
function isOf(key: string, own: string): boolean {
  return key === own || ((own === '' || own.endsWith('.')) && key.startsWith(own));
}

/** What the policy leaves of a family is asked of the family itself; the values on the span stay. */
function narrowFamily(
  attributes: Attributes,
  family: string,
  value: ContentFamily,
  policy: GatePolicy,
  cut: string[],
): void {
  const kept = admit(CapturedAttributes.of({ [family]: value }), policy);
  for (const key of Object.keys(attributes)) {
    if (!isOf(key, family) || key === ATTR_DECOTEL_TRUNCATED) continue;
    if (Object.hasOwn(kept, key)) narrow(attributes, key, policy.valueBytes, cut);
    else Reflect.deleteProperty(attributes, key);
  }
}

/** The same of an event whose attributes are all a family's: without those that were written and may not leave. */
export function narrowed(
  attributes: Attributes,
  written: Attributes,
  allowed: Attributes,
  mostBytes: number,
): Attributes {
  const left = { ...attributes };
  const cut: string[] = [];
  for (const key of Object.keys(written)) {
    if (Object.hasOwn(allowed, key)) narrow(left, key, mostBytes, cut);
    else Reflect.deleteProperty(left, key);
  }
  return markTruncated(left, [...texts(attributes[ATTR_DECOTEL_TRUNCATED]), ...cut]);
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

/**
 * `content` without the kinds that someone changed in place after decotel wrote them: in what other words they were
 * masked is not known, so they leave in none.
 */
export function untouched(
  content: ContentSwitches,
  written: Attributes,
  captured: CapturedAttributes,
  policy: GatePolicy,
): ContentSwitches {
  let left = content;
  for (const [key, value] of captured) {
    if (!(value instanceof Content)) continue;
    const { kind } = value;
    if (kind !== 'error' && !left[kind]) continue;
    const before = admit(CapturedAttributes.of({ [key]: value }), policy);
    const isSame = Object.entries(before).every(
      ([name, was]) => name === ATTR_DECOTEL_TRUNCATED || String(written[name]) === String(was),
    );
    if (!isSame) left = kind === 'error' ? NO_CONTENT : { ...left, [kind]: false };
  }
  return left;
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

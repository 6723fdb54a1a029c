import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace-base';
import { boundedJson, boundedText, type Bounded } from '../core/bounds.js';
import { CapturedAttributes, Content } from '../core/content.js';
import { admit, allows, type GatePolicy } from '../core/gate.js';
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
    else if (value instanceof Content && !allows(policy.content, value.kind)) Reflect.deleteProperty(attributes, key);
    else {
      if (value instanceof Content && !policy.content.tools) attributes[key] = withoutTools(attributes[key]);
      narrow(attributes, key, policy.valueBytes, cut);
    }
  }
  markTruncated(attributes, [...texts(written[ATTR_DECOTEL_TRUNCATED]), ...cut]);
  return overlaid(attributes, added, policy);
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
  if (typeof value !== 'string' || value.length * 3 <= mostBytes) return;
  const bounded = shorter(value, mostBytes);
  if (!bounded.cut) return;
  attributes[key] = bounded.value;
  cut.push(key);
}

/** JSON stays valid JSON. */
function shorter(value: string, mostBytes: number): Bounded {
  if (/^[[{"]/.test(value)) {
    try {
      return boundedJson(JSON.parse(value), mostBytes);
    } catch {
      // A text that only looks like it.
    }
  }
  return boundedText(value, mostBytes);
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

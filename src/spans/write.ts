import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import { CapturedAttributes, Content } from '../core/content.js';
import { admit, admitAttribute, admitEvents, admitText, type GatePolicy } from '../core/gate.js';
import { maskIdentifier } from '../core/masking.js';
import { reportFailure } from '../core/report.js';
import type { CallRecord } from '../core/record.js';
import { bySettings, NO_CONTENT, settings, type ContentSwitches } from '../core/settings.js';
import { ATTR_DECOTEL_TRUNCATED } from '../semconv/decotel.js';
import { pipeline } from './pipeline.js';

/** What a span of the SDK (2.x) has beside the API, where it has it. */
interface SdkSpan {
  attributes?: unknown;
  _spanLimits?: { attributeValueLengthLimit?: number; attributeCountLimit?: number };
}

/** What was written, by the names of attributes and events. */
export interface Written {
  readonly keys: readonly string[];
  readonly events: readonly string[];
  readonly policy: GatePolicy;
}

/**
 * Writes a complete record on its span, just before it ends: metadata at once, content (where the span may carry it)
 * when it is first read.
 */
export function writeRecord(span: Span, record: CallRecord, content: ContentSwitches, contentOnSpan: boolean): Written {
  const { dialect } = pipeline();
  const rendering = dialect.render(record);
  const { attributes, name } = rendering;
  const policy = policyFor(span, contentOnSpan ? content : NO_CONTENT);
  const { keys, values } = attributes;
  let captured: CapturedAttributes | undefined;
  let truncated: string[] | undefined;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const value = values[index];
    if (value instanceof Content) {
      if (contentOnSpan) (captured ??= new CapturedAttributes()).set(key, value);
      continue;
    }
    const passed = admitAttribute(key, value, policy);
    if (passed === undefined) continue;
    span.setAttribute(key, passed.value);
    if (passed.cut) (truncated ??= []).push(key);
  }
  if (truncated !== undefined) span.setAttribute(ATTR_DECOTEL_TRUNCATED, truncated);
  if (name !== undefined) span.updateName(maskIdentifier(name, policy.redact));
  const events = admitEvents(rendering.events, policy);
  for (const event of events) span.addEvent(event.name, event.attributes, event.time);
  if (record.outcome === 'error') {
    const message = record.error?.message;
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: message === undefined ? undefined : admitText('error', message, policy),
    });
  }
  if (captured !== undefined) writeWhenRead(span, captured, policy);
  return { keys, events: events.map((event) => event.name), policy };
}

/** The rules for what goes onto `span`; the SDK's own limit of length is honoured first. */
export function policyFor(span: Span, content: ContentSwitches): GatePolicy {
  const { redact, limits } = settings();
  const longest = (span as SdkSpan)._spanLimits?.attributeValueLengthLimit;
  const valueBytes =
    typeof longest === 'number' && longest > 0 ? Math.min(limits.valueBytes, longest) : limits.valueBytes;
  return { content, redact, valueBytes };
}

/**
 * Puts content on the span without rendering it: the first read of `attributes` renders it once, into the one mutable
 * object that every later reader sees, so that a processor that masks in place works. A span whose `attributes` are
 * not a plain own property gets it at once.
 */
function writeWhenRead(span: Span, captured: CapturedAttributes, policy: GatePolicy): void {
  const own = Object.getOwnPropertyDescriptor(span, 'attributes');
  const attributes: unknown = own?.value;
  if (own?.configurable !== true || typeof attributes !== 'object' || attributes === null) {
    span.setAttributes(admit(captured, policy));
    return;
  }
  const those = settings();
  const most = (span as SdkSpan)._spanLimits?.attributeCountLimit ?? Infinity;
  const settle = (value: unknown): void => {
    Object.defineProperty(span, 'attributes', { value, configurable: true, enumerable: true, writable: true });
  };
  Object.defineProperty(span, 'attributes', {
    configurable: true,
    enumerable: true,
    get: () => {
      settle(attributes);
      bySettings(those, () => {
        addRendered(attributes as Attributes, captured, policy, most);
      });
      return attributes;
    },
    set: settle,
  });
}

function addRendered(attributes: Attributes, captured: CapturedAttributes, policy: GatePolicy, most: number): void {
  try {
    const rendered = admit(captured, policy);
    let room = most - Object.keys(attributes).length;
    for (const key in rendered) {
      if (key === ATTR_DECOTEL_TRUNCATED && Array.isArray(attributes[key])) {
        attributes[key] = [...(attributes[key] as string[]), ...(rendered[key] as string[])];
      } else if (room-- > 0) attributes[key] = rendered[key];
    }
  } catch (failure) {
    reportFailure('content could not be written to a span', failure);
  }
}

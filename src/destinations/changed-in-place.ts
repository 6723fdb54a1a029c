import type { Attributes, AttributeValue, SpanStatus } from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace-base';
import { CapturedAttributes, Content, type Captured, type ContentKind } from '../core/content.js';
import { admit, admitText, type GatePolicy } from '../core/gate.js';
import type { CallRecord } from '../core/record.js';
import { NO_CONTENT, type ContentSwitches } from '../core/settings.js';
import { ATTR_DECOTEL_TRUNCATED } from '../semconv/decotel.js';
import { isEqual, ownEvents, sourcedEvents } from './rewrite.js';

/** What a span carries of a call, and what was written of it. */
export interface WrittenSpan {
  readonly span: {
    readonly attributes: Attributes;
    readonly events: readonly TimedEvent[];
    readonly status: SpanStatus;
    readonly droppedAttributesCount?: number;
  };
  readonly record: CallRecord;
  readonly captured: Captured;
  readonly ownEvents: readonly string[];
  readonly policy: GatePolicy;
}

/**
 * `content` without the kinds that someone changed in place after they were written: by what other names they are to be
 * masked is not known. Whoever changed an error text hid what it may quote, which is anything.
 */
export function unchanged(content: ContentSwitches, written: WrittenSpan): ContentSwitches {
  const changed = new Set([...changedAttributes(written), ...changedEvents(written), ...changedStatus(written)]);
  if (changed.has('error')) return NO_CONTENT;
  const left = { ...content };
  for (const kind of changed) if (kind !== 'error') left[kind] = false;
  return left;
}

function changedAttributes({ span, captured, policy }: WrittenSpan): ContentKind[] {
  // Content that nobody has read has not been rendered yet.
  if (Object.getOwnPropertyDescriptor(span, 'attributes')?.get !== undefined) return [];
  return changedKinds(span.attributes, captured.attributes, policy);
}

function changedKinds(now: Attributes, captured: CapturedAttributes, policy: GatePolicy): ContentKind[] {
  return [...captured].flatMap(([key, value]) => {
    if (!(value instanceof Content)) return [];
    return isSame(now, admit(CapturedAttributes.of({ [key]: value }), policy)) ? [] : value.kind;
  });
}

function changedEvents({ span, captured, ownEvents: names, policy }: WrittenSpan): ContentKind[] {
  const own = ownEvents(span.events, names);
  const now = new Map([...own].map(([event, index]) => [index, event.attributes ?? {}]));
  return sourcedEvents(captured.events, policy).flatMap(({ source, attributes }, index) => {
    const event = captured.events?.[source];
    const seen = now.get(index) ?? {};
    if (event === undefined) return [];
    if ('admit' in event) return isSame(seen, attributes) ? [] : event.kind;
    return changedKinds(seen, event.attributes, policy);
  });
}

function changedStatus({ span, record, policy }: WrittenSpan): ContentKind[] {
  const message = record.outcome === 'error' ? record.error?.message : undefined;
  if (message === undefined) return [];
  return span.status.message === admitText('error', message, policy) ? [] : ['error'];
}

function isSame(now: Attributes, before: Readonly<Record<string, AttributeValue>>): boolean {
  return Object.entries(before).every(([key, was]) => key === ATTR_DECOTEL_TRUNCATED || isEqual(now[key], was));
}

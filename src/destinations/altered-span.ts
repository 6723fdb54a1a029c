import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';
import { finishedCall, recordFinished } from '../core/finished.js';

export interface SpanChanges {
  /** Undefined: no parent. Absent: the span's own. */
  readonly parentSpanContext?: SpanContext | undefined;
  readonly resource?: ReadableSpan['resource'];
}

/**
 * An ended span with another parent or resource. What is rendered when it is read stays so, and what is masked in it is
 * masked in the span, because a processor after this one reads the same.
 */
export class AlteredSpan implements ReadableSpan {
  readonly parentSpanContext: SpanContext | undefined;
  readonly resource: ReadableSpan['resource'];
  /** The SDK's own, of which a limit of length is honoured. */
  readonly _spanLimits: unknown;

  constructor(
    private readonly span: ReadableSpan,
    changes: SpanChanges,
  ) {
    this.parentSpanContext = 'parentSpanContext' in changes ? changes.parentSpanContext : span.parentSpanContext;
    this.resource = changes.resource ?? span.resource;
    this._spanLimits = (span as { _spanLimits?: unknown })._spanLimits;
    const call = finishedCall(span);
    if (call !== undefined) recordFinished(this, call);
  }

  spanContext(): SpanContext {
    return this.span.spanContext();
  }

  get name(): string {
    return this.span.name;
  }
  set name(name: string) {
    Object.assign(this.span, { name });
  }

  get attributes(): Attributes {
    return this.span.attributes;
  }
  set attributes(attributes: Attributes) {
    Object.assign(this.span, { attributes });
  }

  get events(): TimedEvent[] {
    return this.span.events;
  }
  set events(events: TimedEvent[]) {
    Object.assign(this.span, { events });
  }

  get status(): SpanStatus {
    return this.span.status;
  }
  set status(status: SpanStatus) {
    Object.assign(this.span, { status });
  }

  get kind(): SpanKind {
    return this.span.kind;
  }
  get startTime(): HrTime {
    return this.span.startTime;
  }
  get endTime(): HrTime {
    return this.span.endTime;
  }
  get duration(): HrTime {
    return this.span.duration;
  }
  get ended(): boolean {
    return this.span.ended;
  }
  get links(): Link[] {
    return this.span.links;
  }
  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.span.instrumentationScope;
  }
  get droppedAttributesCount(): number {
    return this.span.droppedAttributesCount;
  }
  get droppedEventsCount(): number {
    return this.span.droppedEventsCount;
  }
  get droppedLinksCount(): number {
    return this.span.droppedLinksCount;
  }
}

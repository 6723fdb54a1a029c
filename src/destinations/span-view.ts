import {
  SpanStatusCode,
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
} from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';
import { millisToHrTime } from '@opentelemetry/core';
import { finishedCall, recordFinished, type FinishedCall } from '../core/finished.js';
import { admitEvents, admitText, allows, type AdmittedEvent, type GatePolicy } from '../core/gate.js';
import { maskIdentifier } from '../core/masking.js';
import type { CallRecord } from '../core/record.js';
import { bySettings, strictest, type ContentSwitches, type Settings } from '../core/settings.js';
import type { Dialect, Rendering } from '../dialects/dialect.js';
import { genAi } from '../dialects/gen-ai.js';
import { unchanged, type WrittenSpan } from './changed-in-place.js';
import { ChangedMetadata } from './changed-metadata.js';
import { completed, narrowed, overlaid, ownEvents, sourcedEvents, withoutOwn, type SourcedEvent } from './rewrite.js';
import type { Wish } from './wish.js';

/**
 * An ended span as a destination wants it: the span itself where it already is that (so that a processor that masked it
 * keeps its effect) or where decotel did not make it, else a view of it that is rendered when it is first read.
 */
export function viewOf(span: ReadableSpan, wish: Wish): ReadableSpan {
  const call = finishedCall(span);
  if (call === undefined) return span;
  const { limits, redact } = call.settings;
  const content = strictest(call.content, wish.content);
  if (call.metadataOnSpan && wish.dialect.name === call.dialect) {
    const isWhole = content === call.content && (wish.valueBytes ?? Infinity) >= limits.valueBytes;
    if (call.contentOnSpan ? isWhole : !hasAny(content)) return span;
  }
  const valueBytes = Math.min(wish.valueBytes ?? Infinity, limits.valueBytes, sdkLengthLimit(span));
  return new SpanView(span, call, wish.dialect, { content, redact, valueBytes });
}

function hasAny(content: ContentSwitches): boolean {
  return content.input || content.output || content.tools || content.retrieval;
}

/** The SDK's own limit, counted in characters: honoured as bytes, which is never more. */
function sdkLengthLimit(span: ReadableSpan): number {
  const limits = (span as { _spanLimits?: { attributeValueLengthLimit?: unknown } })._spanLimits;
  const limit =
    limits?.attributeValueLengthLimit ??
    process.env['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'] ??
    process.env['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'];
  const length = limit === undefined || limit === '' ? Infinity : Number(limit);
  return length > 0 ? length : Infinity;
}

/**
 * A span in another dialect, or with more or less in it. Fields are own and mutable like those of the SDK's span,
 * because processors mask and rename in place; what is rendered is rendered once. A view in the dialect of the span
 * itself is the call's span for whoever takes it further: what was masked in it stays masked.
 */
class SpanView implements ReadableSpan, FinishedCall {
  readonly parentSpanContext: SpanContext | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly ended: boolean;
  readonly links: Link[];
  readonly resource: ReadableSpan['resource'];
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;

  readonly metadataOnSpan = true;
  readonly contentOnSpan: boolean;
  readonly content: ContentSwitches;

  private newName: string | undefined = undefined;
  private newAttributes: Attributes | undefined = undefined;
  private newEvents: TimedEvent[] | undefined = undefined;
  private newStatus: SpanStatus | undefined = undefined;
  private newRendering: Rendering | undefined = undefined;
  private newPolicy: GatePolicy | undefined = undefined;
  private newMetadata: ChangedMetadata | undefined = undefined;

  constructor(
    private readonly span: ReadableSpan,
    private readonly call: FinishedCall,
    private readonly wished: Dialect,
    readonly policy: GatePolicy,
  ) {
    this.parentSpanContext = span.parentSpanContext;
    this.startTime = span.startTime;
    this.endTime = span.endTime;
    this.duration = span.duration;
    this.ended = span.ended;
    this.links = span.links;
    this.resource = span.resource;
    this.droppedAttributesCount = span.droppedAttributesCount;
    this.droppedEventsCount = span.droppedEventsCount;
    this.droppedLinksCount = span.droppedLinksCount;
    this.content = policy.content;
    this.contentOnSpan = hasAny(policy.content);
    if (this.isSameDialect) recordFinished(this, this);
  }

  get record(): CallRecord {
    return this.call.record;
  }

  get settings(): Settings {
    return this.call.settings;
  }

  get dialect(): string {
    return this.wished.name;
  }

  get captured(): Rendering {
    return this.rendering;
  }

  get ownKeys(): ReadonlySet<string> {
    return new Set(this.captured.attributes.keys);
  }

  get ownEvents(): readonly string[] {
    return admitEvents(this.rendering.events, this.policy).map((event) => event.name);
  }

  get isUnread(): boolean {
    const isDefined =
      Object.hasOwn(this, 'attributes') || Object.hasOwn(this, 'events') || Object.hasOwn(this, 'status');
    const isRendered = [this.newAttributes, this.newEvents, this.newStatus].some((part) => part !== undefined);
    return !isDefined && !isRendered;
  }

  spanContext(): SpanContext {
    return this.span.spanContext();
  }

  get name(): string {
    return (this.newName ??= this.renderedName() ?? this.span.name);
  }
  set name(name: string) {
    this.newName = name;
  }

  /** `gen-ai` leaves kind and scope as they are: nothing is rendered for whoever only looks at them. */
  get kind(): SpanKind {
    return (this.wished === genAi ? undefined : this.rendering.kind) ?? this.span.kind;
  }

  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    const { instrumentationScope } = this.span;
    const scope = this.wished === genAi ? undefined : this.rendering.scope;
    return scope === undefined ? instrumentationScope : { ...instrumentationScope, name: scope };
  }

  get attributes(): Attributes {
    return (this.newAttributes ??= bySettings(this.settings, () => this.renderAttributes()));
  }
  set attributes(attributes: Attributes) {
    this.newAttributes = attributes;
  }

  get events(): TimedEvent[] {
    return (this.newEvents ??= bySettings(this.settings, () => this.renderEvents()));
  }
  set events(events: TimedEvent[]) {
    this.newEvents = events;
  }

  get status(): SpanStatus {
    return (this.newStatus ??= bySettings(this.settings, () => this.renderStatus()));
  }
  set status(status: SpanStatus) {
    this.newStatus = status;
  }

  private renderedName(): string | undefined {
    const { span, call, policy } = this;
    const name = this.isWritten ? undefined : this.rendering.name;
    if (name === undefined) return undefined;
    const written = call.metadataOnSpan ? call.captured.name : undefined;
    const isRenamed = written !== undefined && span.name !== maskIdentifier(written, policy.redact);
    return isRenamed ? undefined : maskIdentifier(name, policy.redact);
  }

  private get isSameDialect(): boolean {
    return this.wished.name === this.call.dialect;
  }

  /** In the span's own dialect the span says what holds, so that what others changed or removed stays so. */
  private get isWritten(): boolean {
    return this.isSameDialect && this.call.metadataOnSpan;
  }

  private get rendering(): Rendering {
    return (this.newRendering ??= bySettings(this.settings, () => this.wished.render(this.record)));
  }

  /**
   * What there is to render from: an earlier view that nobody read says no more than what it was made of. Of a wrapper
   * around it (a proxy, an object made from it), which may mask what is read, the call is not the wrapper itself.
   */
  private get source(): { span: ReadableSpan; call: FinishedCall } {
    const { span, call } = this;
    const isView = span instanceof SpanView && (call as unknown) === span;
    return isView && !this.isSameDialect && span.isUnread ? span.source : { span, call };
  }

  /** What was written in another dialect, which someone may have masked in place; undefined where nothing was. */
  private get written(): WrittenSpan | undefined {
    const { span, call } = this.source;
    const { record, captured, ownEvents: names, policy } = call;
    if (this.isSameDialect || !call.metadataOnSpan || policy === undefined) return undefined;
    return { span, record, captured, ownEvents: names, policy };
  }

  /** Content that was masked in place in the dialect of the span is not known by its other names: it is left out. */
  private get allowed(): GatePolicy {
    if (this.newPolicy !== undefined) return this.newPolicy;
    const { written, policy } = this;
    if (written === undefined || !this.source.call.contentOnSpan) return (this.newPolicy = policy);
    return (this.newPolicy = { ...policy, content: unchanged(policy.content, written) });
  }

  private get changed(): ChangedMetadata | undefined {
    return (this.newMetadata ??= this.written && new ChangedMetadata(this.written));
  }

  private renderAttributes(): Attributes {
    const { policy, rendering } = this;
    const { span, call } = this.source;
    if (this.isWritten) return completed(span.attributes, rendering.attributes, policy, this.writtenBy);
    if (!call.metadataOnSpan && this.wished.name === genAi.name)
      return overlaid(span.attributes, rendering.attributes, policy);
    const { allowed } = this;
    // Where the end of the call was not written, its start still was, in the conventions' names.
    const ownKeys = call.metadataOnSpan ? call.ownKeys : genAi.render(this.record).attributes.keys;
    const captured = this.changed?.attributes(rendering.attributes) ?? rendering.attributes;
    return overlaid(withoutOwn(span.attributes, ownKeys), captured, allowed);
  }

  /** The rules for the content that is on the span; undefined where there is none. */
  private get writtenBy(): GatePolicy | undefined {
    return this.call.contentOnSpan ? (this.call.policy ?? this.policy) : undefined;
  }

  private renderEvents(): TimedEvent[] {
    const { rendering } = this;
    const { span, call } = this.source;
    const admitted = sourcedEvents(this.changed?.events(rendering.events) ?? rendering.events, this.allowed);
    if (!call.metadataOnSpan) return [...span.events, ...this.timed(admitted)];
    const own = ownEvents(span.events, call.ownEvents);
    const foreign = span.events.filter((event) => !own.has(event));
    return [...foreign, ...(this.isSameDialect ? this.completeEvents(admitted, own) : this.timed(admitted))];
  }

  /** Those on the span as far as they may leave, and those that content adds to them. */
  private completeEvents(admitted: SourcedEvent[], own: ReadonlyMap<TimedEvent, number>): TimedEvent[] {
    const { call, policy, rendering } = this;
    const onSpan = new Map([...own].map(([event, index]) => [index, event]));
    const writtenBy = call.policy ?? policy;
    const written = sourcedEvents(rendering.events, writtenBy);
    const left = sourcedEvents(rendering.events, { ...writtenBy, content: policy.content });
    return admitted.flatMap((wanted) => {
      const isIt = ({ source, place }: SourcedEvent): boolean => source === wanted.source && place === wanted.place;
      const index = written.findIndex(isIt);
      const before = written[index];
      if (before === undefined) return this.timed([wanted]);
      const event = onSpan.get(index);
      // Someone took it off.
      if (event === undefined) return [];
      const { attributes = {} } = event;
      const captured = rendering.events?.[wanted.source];
      const isFamily = captured === undefined || 'admit' in captured;
      const kept = isFamily
        ? narrowed(attributes, before.attributes, left.find(isIt)?.attributes ?? {}, policy.valueBytes)
        : completed(attributes, captured.attributes, policy, this.writtenBy);
      return [{ ...event, attributes: kept }];
    });
  }

  private timed(events: readonly AdmittedEvent[]): TimedEvent[] {
    return events.map(({ name, attributes, time }) => ({
      name,
      time: time === undefined ? this.span.endTime : millisToHrTime(time),
      attributes,
    }));
  }

  private renderStatus(): SpanStatus {
    const { allowed, record } = this;
    const { span, call } = this.source;
    const isError = record.outcome === 'error' && span.status.code !== SpanStatusCode.OK;
    const message = record.error?.message;
    if (!isError || (call.metadataOnSpan && message === undefined)) return span.status;
    const code = SpanStatusCode.ERROR;
    if (call.metadataOnSpan && call.contentOnSpan) return allows(allowed.content, 'error') ? span.status : { code };
    return { code, message: message === undefined ? undefined : admitText('error', message, allowed) };
  }
}

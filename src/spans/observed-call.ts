import { SpanKind, type Context, type Tracer } from '@opentelemetry/api';
import type { CallRecord, Outcome } from '../core/record.js';
import type { ContentSwitches } from '../core/settings.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { hasAborted } from '../streams/abort.js';
import type { Method } from '../streams/cover.js';
import { Call } from './call.js';
import { currentModelCall } from './current.js';
import type { DecoratedCall } from './decorated-call.js';
import type { CallKind } from './definition.js';
import { spanStart } from './start-span.js';

const OBSERVED: CallKind = {
  decorator: 'observe(client)',
  spanKind: SpanKind.CLIENT,
  operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
  isModelCall: true,
  spanName: (definition) => definition.methodName,
  describe: () => undefined,
};

/** Takes over what an observed call did. */
export interface Follower {
  end(outcome: Outcome, error?: unknown): void;
}

/**
 * A model call seen through an observed client. Inside a decorated model call it waits, without a span, until it is
 * clear whether that call's span reports it; otherwise, or when that turns out not to be so, it has a span of its own.
 */
export class ObservedCall extends Call {
  follower: Follower | undefined = undefined;
  /** Kept only until the call around it has ended: it may hold anything, of any size. */
  error: unknown = undefined;
  /** What it asks, where a call inside it may turn out to be the same one. */
  asks: unknown = undefined;
  /** Nothing is asked before somebody reads. */
  isLazy = false;
  /** By which its caller may abort it, where its SDK then ends it in some other way. */
  signal: unknown = undefined;
  /** The decorated call that it may fill. */
  around: DecoratedCall | undefined = undefined;
  /** The decorated call that it fills. */
  fills: Call | undefined = undefined;
  /** The SDK has not returned yet. */
  isStarting = true;
  private readonly startedAtClock = Date.now();
  private endedAtClock: number | undefined = undefined;

  constructor(
    content: ContentSwitches,
    parent: Context,
    /** Undefined where the call around it has hooks and nothing is traced. */
    readonly tracer: Tracer | undefined,
  ) {
    super(OBSERVED, {}, content, parent);
    this.isNested = true;
  }

  /** Until it is clear which call reports it, the one around it may. */
  override get reportedBy(): Call | undefined {
    return this.fills ?? (this.span === undefined ? this.around : undefined);
  }

  /** The record of the call that it fills is complete. */
  reported(): void {
    this.mark?.settle(this.fills ?? this);
  }

  get isWaiting(): boolean {
    return this.span === undefined;
  }

  /** Gives the call a span of its own; one that is already over gets it with its true times. */
  startOwnSpan(): void {
    const { record, asked, tracer } = this;
    if (this.span !== undefined || tracer === undefined) return;
    record.operation ??= asked?.reading.operation;
    record.request = { ...asked?.reading.request, ...record.request };
    record.provider ??= this.hostedBy ?? asked?.provider.name;
    const { model } = record.request;
    const operation = record.operation ?? GEN_AI_OPERATION_NAME_VALUE_CHAT;
    const name = model === undefined ? operation : `${operation} ${model}`;
    this.startSpan(tracer, spanStart(name, this.kind, this.options, record), this.startedAtClock);
    this.error = undefined;
    if (this.endedAtClock !== undefined) this.endSpan(this.endedAtClock);
  }

  /** The steps of an SDK's stream are the SDK's work, not the method's; but a lazy one asks the model in its first. */
  override enter(work: Method, self: unknown, values: unknown[]): unknown {
    return this.isLazy ? super.enter(work, self, values) : work.apply(self, values);
  }

  protected override restart(parent: Context, known: Partial<CallRecord>): ObservedCall {
    const call = new ObservedCall(this.content, parent, this.tracer);
    Object.assign(call, { asked: this.asked, hostedBy: this.hostedBy });
    Object.assign(call.record, known);
    const around = currentModelCall();
    if (around === undefined) call.startOwnSpan();
    else around.begin(call);
    return call;
  }

  override end(outcome: Outcome, error?: unknown): void {
    // Where it is lazy, its SDK aborts by a signal of its own when the reader leaves.
    const mayAbort = outcome !== 'cancelled' || !this.isLazy;
    super.end(mayAbort && hasAborted(this.signal) ? 'aborted' : outcome, error);
    this.signal = undefined;
  }

  /** A method may return the very promise that the SDK gave it. */
  override watch(value: unknown): unknown {
    this.isStarting = false;
    const watched = super.watch(value);
    if (typeof watched === 'object' && watched !== null) this.own(watched);
    return watched;
  }

  override noteNative(span: unknown, isKnown = false): void {
    if (this.tracer !== undefined) super.noteNative(span, isKnown);
  }

  protected override endSpan(endTime?: number): void {
    this.around?.noteCounted(this);
    super.endSpan(endTime);
  }

  protected override settleNatives(seen: Call): boolean {
    const { natives, around } = this;
    return natives ? super.settleNatives(seen) : around?.natives?.settleOne(seen.answer.read()?.id) === true;
  }

  protected override settle(error: unknown): void {
    this.endedAtClock = this.startedAtClock + (performance.now() - this.startedAt);
    if (this.span !== undefined) this.endSpan(this.endedAtClock);
    else this.error = error;
    this.follower?.end(this.outcome ?? 'completed', error);
  }
}

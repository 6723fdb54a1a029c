import { context as contextApi, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { recordFinished } from '../core/finished.js';
import type { CallRecord, Outcome } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { settings } from '../core/settings.js';
import { currentFrame, runInFrame } from '../prompts/frame.js';
import { seamOf } from '../providers/registry.js';
import type { Enter, Method } from '../streams/cover.js';
import { isNativePromise } from '../streams/promise.js';
import type { Sink } from '../streams/sink.js';
import { isAbort, isAbortReason, signalsIn } from '../streams/abort.js';
import { watch } from '../streams/watch.js';
import { callIn, contextOf } from './call-context.js';
import { unwatchCollection, watchCollection } from './collected.js';
import { errorRecord } from './error-record.js';
import { Finished } from './finished-span.js';
import { addOpenCall, removeOpenCall, watchIdle, type OpenCall } from './open-calls.js';
import { Mark, setMark } from './marks.js';
import { isMetered, measure, Pace, type MeasuredCall } from './metrics.js';
import { ownerOf, setOwner, type Owner } from './owners.js';
import { hasNativeSpans, leaveSpan, NativeSpan, NativeSpans } from './native-spans.js';
import { pipeline } from './pipeline.js';
import { RecordedCall } from './recorded-call.js';
import { inSessionOf } from './session-context.js';
import { startSpan, type SpanStart } from './start-span.js';
import { writeRecord } from './write.js';

interface RawProperties {
  options?: { body?: unknown; __span?: { span?: Span } };
  response?: { url?: unknown };
}

/** One call, from its start to the one end of its span. */
export class Call extends RecordedCall implements Sink, OpenCall, MeasuredCall {
  /** The call's own arguments, until it ends: the signal that the caller may abort it with is among them. */
  given: readonly unknown[] | undefined = undefined;

  activeAt: number | undefined = undefined;
  previousOpen: OpenCall | undefined = undefined;
  nextOpen: OpenCall | undefined = undefined;

  readonly owner: Owner = {};
  /** Another call of ours is around this one: it may return the same response. */
  protected isNested = false;
  /** Of the call around this one. */
  outer: Owner | undefined = undefined;
  /** On what it returned. */
  protected mark: Mark | undefined = undefined;
  private isWatchedForCollection = false;
  /** Of a model call, where somebody measures. */
  durationSeconds: number | undefined = undefined;
  pace: Pace | undefined = undefined;
  /** Spans of those who trace the same model call. */
  natives: NativeSpans | undefined = undefined;

  /** Starts its span, now or as of `startTime` (milliseconds since the epoch). */
  startSpan(tracer: Tracer, start: SpanStart, startTime?: number): void {
    const parent = this.context;
    this.span = startSpan(tracer, start, parent, startTime);
    this.context = contextOf(parent, this.span, this);
  }

  /** Watches what the method returned; returns what the caller gets. */
  watch(value: unknown): unknown {
    if (typeof value === 'object' && value !== null && isNativePromise(value)) this.record.isAsync = true;
    const watched = watch(value, this, seamOf);
    if (!this.ended) addOpenCall(this);
    return watched;
  }

  enter(work: Method, self: unknown, values: unknown[]): unknown {
    return contextApi.with(this.context, () => work.apply(self, values));
  }

  takes(value: object): boolean {
    if (this.kind.isModelCall) {
      const owner = ownerOf(value);
      if (owner !== undefined && owner !== this.owner) this.countedElsewhere = true;
      // An answer as it came off the wire is no stream of any kind.
      else if (Object.getPrototypeOf(value) === Object.prototype && this.answer.recognise(value)) {
        this.received(value);
        return true;
      }
    }
    return false;
  }

  private received(response: object): void {
    this.markReturned(response);
    if (this.isNested) this.own(response);
    this.end('completed');
  }

  pending(target: object, idles: boolean): void {
    if (this.ended) return;
    this.record.isAsync ||= !(Symbol.iterator in target);
    this.own(target);
    this.markReturned(target);
    // An argument may hold what was returned, which would then never be collected.
    if (this.given !== undefined) this.given = signalsIn(this.given);
    if (this.isWatchedForCollection) unwatchCollection(this);
    this.isWatchedForCollection = true;
    watchCollection(target, this);
    const { idleMs } = settings().limits;
    this.activeAt = idles && idleMs !== Infinity ? performance.now() : undefined;
    if (this.activeAt !== undefined) watchIdle(idleMs);
  }

  raw(properties: unknown): void {
    try {
      const { options, response } = (properties ?? {}) as RawProperties;
      this.noteRequest(options?.body);
      if (this.kind.isModelCall) this.noteServer(response?.url);
      if (options?.__span !== undefined) this.noteNative(options.__span.span, true);
    } catch (failure) {
      reportFailure('a raw response could not be read', failure);
    }
  }

  /** A span, of anyone's, is active inside this call. Never throws. */
  noteNative(span: unknown, isKnown = false): void {
    if (!this.kind.isModelCall || this.ended) return;
    try {
      const native = NativeSpan.from(span, this.context, isKnown);
      if (native !== undefined) (this.natives ??= new NativeSpans()).add(native);
    } catch (failure) {
      reportFailure('a span of another instrumentation could not be read', failure);
    }
  }

  chunk(value: unknown): void {
    if (this.ended) return;
    if (this.activeAt !== undefined) this.activeAt = performance.now();
    try {
      if (this.answer.chunks === 0 && this.kind.isModelCall && isMetered()) this.pace = new Pace();
      this.pace?.chunk();
      this.answer.chunk(value);
    } catch (failure) {
      reportFailure('a chunk could not be read', failure);
    }
  }

  said(value: object): void {
    if (this.ended) return;
    try {
      this.answer.said(value);
    } catch (failure) {
      reportFailure('a chunk could not be read', failure);
    }
  }

  resolved(value: unknown): void {
    if (this.ended) return;
    try {
      if (this.kind.isModelCall && typeof value === 'object' && value !== null && this.answer.recognise(value)) {
        this.received(value);
        return;
      }
      const { kind } = this;
      this.answer.resolved(kind.readResult === undefined ? value : kind.readResult(this.record, this.options, value));
    } catch (failure) {
      reportFailure('a result could not be read', failure);
    }
    this.end('completed');
  }

  /** Another decorated model call that returns the same object must not count it again. */
  protected own(value: object): void {
    if (this.kind.isModelCall && !this.countedElsewhere) setOwner(value, this.owner);
  }

  protected markReturned(value: object): void {
    setMark(value, (this.mark ??= new Mark(this)));
  }

  /** The call whose span reports this one, where that is another. */
  get reportedBy(): Call | undefined {
    return undefined;
  }

  /** Somebody waits for what is known at the end. */
  get isAwaited(): boolean {
    return this.mark?.isAwaited === true;
  }

  override completeRecord(): CallRecord {
    const record = super.completeRecord();
    if (this.ended && this.reportedBy === undefined) this.mark?.settle(this);
    return record;
  }

  /** The parent of a later subscription is what is active then; where nothing is, what this call was made in. */
  again(): () => Call | undefined {
    const made = contextApi.active();
    const given = this.given && signalsIn(this.given);
    const known = Object.assign({}, this.record, { scores: undefined });
    return () => {
      try {
        const active = contextApi.active();
        const call = this.restart(trace.getSpan(active) === undefined ? made : inSessionOf(made, active), known);
        if (call === undefined || call.span?.isRecording() === false) return undefined;
        call.countedElsewhere = this.countedElsewhere;
        call.given = given;
        addOpenCall(call);
        return call;
      } catch (failure) {
        reportFailure('a subscription could not be recorded', failure);
        return undefined;
      }
    };
  }

  /** Starts a call like this one; `known` is what its record said when the method returned. */
  protected restart(_parent: Context, _known: Partial<CallRecord>): Call | undefined {
    return undefined;
  }

  encloses(inner: Sink): boolean {
    return (inner as Partial<Call>).outer === this.owner;
  }

  /** Only out of this call: a producer's own context is the application's affair. */
  outside(): Enter {
    const outer = contextApi.active();
    const frame = currentFrame();
    return (work, self, values) =>
      callIn(contextApi.active()) === this
        ? runInFrame(frame, () => contextApi.with(outer, work, self, ...values))
        : work.apply(self, values);
  }

  unobserved(): void {
    this.record.unobserved = true;
    this.end('completed');
  }

  /** Ends the call and its span; an error of an abort is none. At most the first call counts; never throws. */
  end(outcome: Outcome, error?: unknown): void {
    if (this.ended) return;
    const hasThrown = outcome === 'error' && (isAbort(error) || isAbortReason(error, this.given ?? []));
    this.outcome = hasThrown || this.answer.isAborted ? 'aborted' : outcome;
    this.given = undefined;
    removeOpenCall(this);
    if (this.isWatchedForCollection) unwatchCollection(this);
    if (this.outcome === 'error') this.record.error = errorRecord(error);
    if (this.kind.isModelCall && isMetered()) this.durationSeconds = (performance.now() - this.startedAt) / 1000;
    try {
      this.noteSession();
      this.settle(error);
    } catch (failure) {
      reportFailure('a call could not be ended', failure);
    }
  }

  /** The same for what took no time, in milliseconds since the epoch. */
  endAt(time: number): void {
    this.outcome = 'completed';
    this.noteSession();
    this.endSpan(time);
  }

  /** What follows once the record is complete. */
  protected settle(_error: unknown): void {
    this.endSpan();
  }

  /** Writes the record on the span and ends it, now or as of `endTime` (milliseconds since the epoch). */
  protected endSpan(endTime?: number): void {
    const { span } = this;
    if (span === undefined) return;
    const { ownsProvider, sinks } = pipeline();
    try {
      if (hasNativeSpans && this.settleNatives(this)) this.isLeft = true;
      if (this.isLeft) leaveSpan(span);
      // What the application replaces, it replaces while the call is fresh.
      if (this.options.capture !== undefined || this.isAwaited) this.completeRecord();
      const contentOnSpan = !ownsProvider && this.keepsContent && settings().contentIsExplicit;
      const written = ownsProvider ? undefined : writeRecord(span, this.completeRecord(), this.content, contentOnSpan);
      recordFinished(span, new Finished(this, written, contentOnSpan));
      if (this.durationSeconds !== undefined) measure(this);
    } catch (failure) {
      reportFailure('a span could not be written in full', failure);
    }
    try {
      span.end(endTime);
    } catch (failure) {
      // A processor of the application's own provider.
      reportFailure('a processor failed at the end of a span', failure);
    }
    for (const sink of sinks) {
      try {
        sink.onEnd(span);
      } catch (failure) {
        reportFailure('a processor failed at the end of a span', failure);
      }
    }
  }

  /** Its record, where it is the one call that counts what it reports. */
  measuredRecord(): CallRecord | undefined {
    const record = this.completeRecord();
    return this.countedElsewhere || this.isLeft ? undefined : record;
  }

  /** True where native spans report what this call saw, or the one inside that it reports. */
  protected settleNatives({ answer, asked }: Call): boolean {
    const { natives, outcome, record } = this;
    if (natives === undefined) return false;
    const isCompleted = outcome === 'completed';
    return natives.settle({ reading: answer.read(), isAsked: asked !== undefined, isCompleted, record });
  }
}

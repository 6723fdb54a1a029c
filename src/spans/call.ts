import { context as contextApi, trace, type Context, type Span } from '@opentelemetry/api';
import { recordFinished } from '../core/finished.js';
import { CallRecord, type Outcome } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { settings, type ContentSwitches } from '../core/settings.js';
import { currentFrame, runInFrame } from '../prompts/frame.js';
import { seamOf } from '../providers/registry.js';
import type { Provider } from '../providers/registry.js';
import type { Enter, Method } from '../streams/cover.js';
import { isNativePromise } from '../streams/promise.js';
import type { Sink } from '../streams/sink.js';
import { isAbortReason, signalsIn } from '../streams/abort.js';
import { watch } from '../streams/watch.js';
import { Answer } from './answer.js';
import { Asked, mayBeRequest } from './asked.js';
import { callIn } from './call-context.js';
import { unwatchCollection, watchCollection } from './collected.js';
import type { CallKind, CallOptions } from './definition.js';
import { errorRecord } from './error-record.js';
import { Finished } from './finished-span.js';
import { addOpenCall, removeOpenCall, watchIdle, type OpenCall } from './open-calls.js';
import { ownerOf, setOwner, type Owner } from './owners.js';
import { serverOf } from './server.js';
import { hasNativeSpans, leaveRecord, leaveSpan, NativeSpan, NativeSpans } from './native-spans.js';
import { pipeline } from './pipeline.js';
import { writeRecord } from './write.js';

interface RawProperties {
  options?: { body?: unknown; __span?: { span?: Span } };
  response?: { url?: unknown };
}

/** One call, from its start to the one end of its span. */
export class Call implements Sink, OpenCall {
  readonly record = new CallRecord();
  readonly answer: Answer;
  asked: Asked | undefined = undefined;
  span: Span | undefined = undefined;
  outcome: Outcome | undefined = undefined;
  /** The call's own arguments, until it ends: the signal that the caller may abort it with is among them. */
  given: readonly unknown[] | undefined = undefined;

  /** By `performance.now()`, for durations; and by the clock, for spans that are made later. */
  readonly startedAt = performance.now();
  activeAt: number | undefined = undefined;
  previousOpen: OpenCall | undefined = undefined;
  nextOpen: OpenCall | undefined = undefined;

  readonly owner: Owner = {};
  /** Another call of ours is around this one: it may return the same response. */
  protected isNested = false;
  /** Of the call around this one. */
  outer: Owner | undefined = undefined;
  /** The usage of what this call returned is counted by another call. */
  protected countedElsewhere = false;
  private isWatchedForCollection = false;
  /** The provider that the client or the server's URL tells. */
  hostedBy: string | undefined = undefined;
  /** `gen_ai.provider.name` as the decorator's options say, for where nothing tells but the shape of the wire. */
  declaredProvider: string | undefined = undefined;
  /** As the client, the address or the answer told. */
  toldProvider: string | undefined = undefined;
  private isComplete = false;
  /** Spans of those who trace the same model call. */
  natives: NativeSpans | undefined = undefined;
  /** They report it. */
  private isLeft = false;

  constructor(
    readonly kind: CallKind,
    readonly options: CallOptions,
    readonly content: ContentSwitches,
    /** Where the call's own work runs. */
    public context: Context,
  ) {
    this.answer = new Answer(this.keepsContent);
  }

  /** True when any content of this call may be recorded anywhere. */
  get keepsContent(): boolean {
    const { input, output, tools, retrieval } = this.content;
    return input || output || tools || retrieval;
  }

  get ended(): boolean {
    return this.outcome !== undefined;
  }

  /** Recognises a request to a model; the first one counts. */
  noteRequest(body: unknown, hint?: Provider): void {
    if (this.asked !== undefined || !mayBeRequest(body)) return;
    this.asked = Asked.from(body, hint, this.keepsContent);
  }

  /** A request or a response, handed over by the application. */
  note(value: object): void {
    if (!this.answer.recognise(value)) this.noteRequest(value);
  }

  noteServer(url: unknown): void {
    const server = typeof url === 'string' ? serverOf(url) : undefined;
    if (server === undefined) return;
    this.hostedBy ??= server.provider;
    if (this.record.serverAddress !== undefined) return;
    this.record.serverAddress = server.address;
    this.record.serverPort = server.port;
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
    if (this.isNested) this.own(response);
    this.end('completed');
  }

  pending(target: object, idles: boolean): void {
    if (this.ended) return;
    this.record.isAsync ||= !(Symbol.iterator in target);
    this.own(target);
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
      this.noteServer(response?.url);
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
      this.answer.chunk(value);
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

  /** The parent of a later subscription is what is active then; where nothing is, what this call was made in. */
  again(): () => Call | undefined {
    const made = contextApi.active();
    const given = this.given && signalsIn(this.given);
    return () => {
      try {
        const active = contextApi.active();
        const call = this.restart(trace.getSpan(active) === undefined ? made : active);
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

  /** Starts a call like this one. */
  protected restart(_parent: Context): Call | undefined {
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

  /** Ends the call and its span. At most the first call counts; never throws. */
  end(outcome: Outcome, error?: unknown): void {
    if (this.ended) return;
    const isAborted = outcome === 'error' && this.given !== undefined && isAbortReason(error, this.given);
    this.outcome = isAborted ? 'aborted' : outcome;
    this.given = undefined;
    removeOpenCall(this);
    if (this.isWatchedForCollection) unwatchCollection(this);
    if (this.outcome === 'error') this.record.error = errorRecord(error);
    try {
      this.settle(error);
    } catch (failure) {
      reportFailure('a call could not be ended', failure);
    }
  }

  /** The record, with everything that is known: put together when it is first asked for. */
  completeRecord(): CallRecord {
    if (this.isComplete) return this.record;
    this.isComplete = true;
    try {
      this.complete();
      this.kind.complete?.(this.record, this.options);
      if (this.isLeft) leaveRecord(this.record);
      this.nameByConvention();
      this.options.capture?.(this.record);
    } catch (failure) {
      reportFailure('a call could not be recorded in full', failure);
    }
    return this.record;
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
      if (hasNativeSpans && this.settleNatives(this)) {
        this.isLeft = true;
        leaveSpan(span);
      }
      // What the application replaces, it replaces while the call is fresh.
      if (this.options.capture !== undefined) this.completeRecord();
      const contentOnSpan = !ownsProvider && this.keepsContent && settings().contentIsExplicit;
      const written = ownsProvider ? undefined : writeRecord(span, this.completeRecord(), this.content, contentOnSpan);
      recordFinished(span, new Finished(this, written, contentOnSpan));
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

  /** True where native spans report what this call saw, or the one inside that it reports. */
  protected settleNatives({ answer, asked }: Call): boolean {
    const { natives, outcome, record } = this;
    if (natives === undefined) return false;
    const isCompleted = outcome === 'completed';
    return natives.settle({ reading: answer.read(), isAsked: asked !== undefined, isCompleted, record });
  }

  /** `chat {model}`: the model is only known once the call is over. */
  private nameByConvention(): void {
    const { operation, request } = this.record;
    if (!this.kind.isModelCall || operation === undefined || settings().spanNames !== 'semconv') return;
    this.record.spanName = request?.model === undefined ? operation : `${operation} ${request.model}`;
  }

  protected complete(): void {
    const { record, answer } = this;
    record.outcome = this.outcome;
    record.startTime = startOf(this);
    if (answer.chunks > 0) record.streamChunks = answer.chunks;
    if (this.kind.isModelCall && !this.countedElsewhere) this.completeModelCall();
    else this.completeResult();
  }

  private completeModelCall(): void {
    const { record, answer, asked } = this;
    const reading = answer.read();
    asked?.complete(record, answer.provider);
    if (reading !== undefined) {
      answer.complete(record, reading);
      if (reading.error !== undefined && record.error === undefined && record.outcome === 'completed') {
        record.outcome = 'error';
        record.error = { type: reading.error.type, name: reading.error.type, message: reading.error.message };
      }
      if (reading.usageRemedy !== undefined && record.outcome === 'completed') this.missUsage(reading.usageRemedy);
      if (asked === undefined && !this.isLeft) this.missRequest();
    } else this.completeResult();
    if (answer.firstChunkAt !== undefined && (asked !== undefined || reading !== undefined)) {
      const timeToFirstChunkSeconds = (answer.firstChunkAt - this.startedAt) / 1000;
      record.response = { ...record.response, timeToFirstChunkSeconds };
    }
    const shape = (answer.provider ?? asked?.provider)?.name;
    this.toldProvider = shape === undefined ? undefined : (this.hostedBy ?? reading?.provider);
    record.provider = this.toldProvider ?? this.declaredProvider ?? shape ?? record.provider;
  }

  /** The answer of a call that is no model's, or no provider's shape. */
  private completeResult(): void {
    const { record, answer } = this;
    if (!this.keepsContent) return;
    const reading = answer.readLate();
    if (reading?.output !== undefined) record.messages = { ...record.messages, output: () => reading.output?.() };
    else if (record.messages?.output === undefined) record.result = answer.result();
  }

  private missUsage(remedy: string): void {
    const { functionName, request } = this.record;
    this.record.usageRemedy = remedy;
    warnOnce(
      `${functionName ?? request?.model ?? 'a call'} streamed an answer without token counts. ` +
        `Ask for them in the request: ${remedy}.`,
    );
  }

  private missRequest(): void {
    this.record.requestMissing = true;
    warnOnce(
      `${this.record.functionName ?? 'a call'} returned a response whose request is not known: model parameters and ` +
        'messages are missing. Wrap the SDK client in observe(client), or hand the request over with record(request).',
    );
  }
}

/** When a call's span started, by the span's own clock, in milliseconds since the epoch. */
export function startOf({ span, startedAt }: Pick<Call, 'span' | 'startedAt'>): number {
  const { startTime } = (span ?? {}) as { startTime?: unknown };
  if (!Array.isArray(startTime)) return performance.timeOrigin + startedAt;
  const [seconds, nanoseconds] = startTime as [number, number];
  return seconds * 1000 + nanoseconds / 1e6;
}

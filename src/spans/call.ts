import { context as contextApi, type Context, type Span } from '@opentelemetry/api';
import { recordFinished } from '../core/finished.js';
import { CallRecord, type Outcome } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { settings, type ContentSwitches } from '../core/settings.js';
import { seamOf } from '../providers/registry.js';
import type { Provider } from '../providers/registry.js';
import type { Method } from '../streams/cover.js';
import type { Sink } from '../streams/sink.js';
import { watch } from '../streams/watch.js';
import { Answer } from './answer.js';
import { Asked, mayBeRequest } from './asked.js';
import { unwatchCollection, watchCollection } from './collected.js';
import type { CallKind, CallOptions } from './definition.js';
import { errorRecord } from './error-record.js';
import { Finished } from './finished-span.js';
import { addOpenCall, removeOpenCall, watchIdle, type OpenCall } from './open-calls.js';
import { ownerOf, setOwner, type Owner } from './owners.js';
import { serverOf } from './server.js';
import { pipeline } from './pipeline.js';
import { writeRecord } from './write.js';

interface RawProperties {
  options?: { body?: unknown };
  response?: { url?: unknown };
}

/** One call, from its start to the one end of its span. */
export class Call implements Sink, OpenCall {
  readonly record = new CallRecord();
  readonly answer: Answer;
  asked: Asked | undefined = undefined;
  span: Span | undefined = undefined;
  outcome: Outcome | undefined = undefined;
  error: unknown = undefined;

  /** By `performance.now()`, for durations; and by the clock, for spans that are made later. */
  readonly startedAt = performance.now();
  activeAt: number | undefined = undefined;
  previousOpen: OpenCall | undefined = undefined;
  nextOpen: OpenCall | undefined = undefined;

  readonly owner: Owner = {};
  /** Another call of ours is around this one: it may return the same response. */
  protected isNested = false;
  /** The usage of what this call returned is counted by another call. */
  private countedElsewhere = false;
  private isWatchedForCollection = false;
  /** The provider that the client or the server's URL tells. */
  hostedBy: string | undefined = undefined;
  private isComplete = false;

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
    const watched = watch(value, this, seamOf);
    if (!this.ended) addOpenCall(this);
    return watched;
  }

  enter(work: Method, self: unknown, values: unknown[]): unknown {
    return contextApi.with(this.context, work, self, ...values);
  }

  takes(value: object): boolean {
    if (this.kind.isModelCall) {
      const owner = ownerOf(value);
      if (owner !== undefined && owner !== this.owner) this.countedElsewhere = true;
    }
    return false;
  }

  pending(target: object, idles: boolean): void {
    if (this.ended) return;
    this.own(target);
    if (this.isWatchedForCollection) unwatchCollection(this);
    this.isWatchedForCollection = true;
    watchCollection(target, this);
    const { idleMs } = settings().limits;
    if (!idles || idleMs === Infinity) return;
    this.activeAt = performance.now();
    watchIdle(idleMs);
  }

  raw(properties: unknown): void {
    try {
      const { options, response } = (properties ?? {}) as RawProperties;
      this.noteRequest(options?.body);
      this.noteServer(response?.url);
    } catch (failure) {
      reportFailure('a raw response could not be read', failure);
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
      this.answer.resolved(value);
      const isNews = this.isNested && this.answer.provider !== undefined;
      if (isNews && typeof value === 'object' && value !== null) this.own(value);
    } catch (failure) {
      reportFailure('a result could not be read', failure);
    }
    this.end('completed');
  }

  /** Another decorated model call that returns the same object must not count it again. */
  protected own(value: object): void {
    if (this.kind.isModelCall && !this.countedElsewhere) setOwner(value, this.owner);
  }

  again(): Sink | undefined {
    return undefined;
  }

  unobserved(): void {
    this.record.unobserved = true;
    this.end('completed');
  }

  /** Ends the call and its span. At most the first call counts; never throws. */
  end(outcome: Outcome, error?: unknown): void {
    if (this.ended) return;
    this.outcome = outcome;
    this.error = error;
    removeOpenCall(this);
    if (this.isWatchedForCollection) unwatchCollection(this);
    if (outcome === 'error' && error !== undefined) this.record.error = errorRecord(error);
    try {
      this.settle();
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
      this.nameByConvention();
      this.options.capture?.(this.record);
    } catch (failure) {
      reportFailure('a call could not be recorded in full', failure);
    }
    return this.record;
  }

  /** What follows once the record is complete. */
  protected settle(): void {
    this.endSpan();
  }

  /** Writes the record on the span and ends it, now or as of `endTime` (milliseconds since the epoch). */
  protected endSpan(endTime?: number): void {
    const { span } = this;
    if (span === undefined) return;
    const { ownsProvider, sinks } = pipeline();
    try {
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

  /** `chat {model}`: the model is only known once the call is over. */
  private nameByConvention(): void {
    const { operation, request } = this.record;
    if (!this.kind.isModelCall || operation === undefined || settings().spanNames !== 'semconv') return;
    this.record.spanName = request?.model === undefined ? operation : `${operation} ${request.model}`;
  }

  protected complete(): void {
    const { record, answer } = this;
    record.outcome = this.outcome;
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
      if (asked === undefined) this.missRequest();
    } else this.completeResult();
    if (answer.firstChunkAt !== undefined && (asked !== undefined || reading !== undefined)) {
      const timeToFirstChunkSeconds = (answer.firstChunkAt - this.startedAt) / 1000;
      record.response = { ...record.response, timeToFirstChunkSeconds };
    }
    const provider = (answer.provider ?? asked?.provider)?.name;
    if (provider !== undefined) record.provider = this.hostedBy ?? provider;
  }

  /** The answer of a call that is no model's, or no provider's shape. */
  private completeResult(): void {
    const { record, answer } = this;
    if (!this.keepsContent) return;
    const reading = answer.read();
    if (reading?.output !== undefined) record.messages = { ...record.messages, output: () => reading.output?.() };
    else if (record.messages?.output === undefined) record.result = answer.result();
  }

  private missRequest(): void {
    this.record.requestMissing = true;
    warnOnce(
      `${this.record.functionName ?? 'a call'} returned a response whose request is not known: model parameters and ` +
        'messages are missing. Wrap the SDK client in observe(client), or hand the request over with record(request).',
    );
  }
}

import { context as contextApi, type Context, type Span } from '@opentelemetry/api';
import type { FinishedCall } from '../core/finished.js';
import { recordFinished } from '../core/finished.js';
import { CallRecord, type Outcome } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { settings, type ContentSwitches } from '../core/settings.js';
import { seamOf } from '../providers/registry.js';
import { providerForHost } from '../providers/hosts.js';
import type { Provider } from '../providers/provider.js';
import type { Method } from '../streams/cover.js';
import type { Sink } from '../streams/sink.js';
import { watch } from '../streams/watch.js';
import { Answer } from './answer.js';
import { Asked } from './asked.js';
import { unwatchCollection, watchCollection } from './collected.js';
import type { CallKind, CallOptions } from './definition.js';
import { errorRecord } from './error-record.js';
import { addOpenCall, removeOpenCall, watchIdle, type OpenCall } from './open-calls.js';
import { ownerOf, setOwner, type Owner } from './owners.js';
import { pipeline } from './pipeline.js';
import { writeRecord, type Written } from './write.js';

/** One call, from its start to the one end of its span. */
export class Call implements Sink, OpenCall, FinishedCall {
  readonly record = new CallRecord();
  readonly answer: Answer;
  asked: Asked | undefined = undefined;
  span: Span | undefined = undefined;
  contentOnSpan = false;
  outcome: Outcome | undefined = undefined;
  error: unknown = undefined;

  /** By `performance.now()`, for durations; and by the clock, for spans that are made later. */
  readonly startedAt = performance.now();
  activeAt: number | undefined = undefined;
  previousOpen: OpenCall | undefined = undefined;
  nextOpen: OpenCall | undefined = undefined;

  readonly owner: Owner = { call: this };
  /** The usage of what this call returned is counted by another call. */
  private countedElsewhere = false;
  private isWatchedForCollection = false;
  private written: Written | undefined = undefined;

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

  get ownKeys(): ReadonlySet<string> {
    return new Set(this.written);
  }

  /** Recognises a request to a model; the first one counts. */
  noteRequest(body: unknown, hint?: Provider): void {
    if (this.asked !== undefined || typeof body !== 'object' || body === null) return;
    this.asked = Asked.from(body, hint, this.keepsContent);
  }

  /** A request or a response, handed over by the application. */
  note(value: object): void {
    if (!this.answer.recognise(value)) this.noteRequest(value);
  }

  noteServer(url: unknown): void {
    if (this.record.serverAddress !== undefined || typeof url !== 'string') return;
    try {
      const { hostname, port, protocol } = new URL(url);
      this.record.serverAddress = hostname.replace(/^\[(.*)\]$/, '$1');
      this.record.serverPort = port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
    } catch {
      // Not a URL: the server stays unknown.
    }
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
    const { options, response } = (properties ?? {}) as { options?: { body?: unknown }; response?: { url?: unknown } };
    this.noteRequest(options?.body);
    this.noteServer(response?.url);
  }

  chunk(value: unknown): void {
    if (this.ended) return;
    this.answer.chunk(value);
    if (this.activeAt !== undefined) this.activeAt = performance.now();
  }

  resolved(value: unknown): void {
    if (this.ended) return;
    this.answer.resolved(value);
    if (this.answer.provider !== undefined) this.own(value as object);
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
    try {
      this.complete(outcome, error);
    } catch (failure) {
      reportFailure('a call could not be recorded in full', failure);
    }
    this.settle();
  }

  /** What follows once the record is complete. */
  protected settle(): void {
    this.endSpan();
  }

  /** Writes the record on the span and ends it, now or as of `endTime` (milliseconds since the epoch). */
  protected endSpan(endTime?: number): void {
    const { span } = this;
    if (span === undefined) return;
    this.owner.call = undefined;
    try {
      const state = pipeline();
      this.contentOnSpan = this.keepsContent && (state.ownsProvider || settings().contentIsExplicit);
      this.options.capture?.(this.record);
      this.written = writeRecord(span, this.record, this.content, this.contentOnSpan);
      recordFinished(span, this);
    } catch (failure) {
      reportFailure('a span could not be written in full', failure);
    }
    span.end(endTime);
    for (const sink of pipeline().sinks) {
      try {
        sink.onEnd(span);
      } catch (failure) {
        reportFailure('a processor failed at the end of a span', failure);
      }
    }
  }

  protected complete(outcome: Outcome, error: unknown): void {
    const { record, answer } = this;
    record.outcome = outcome;
    if (error !== undefined && outcome === 'error') record.error = errorRecord(error);
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
        record.outcome = this.outcome = 'error';
        record.error = { type: reading.error.type, name: reading.error.type, message: reading.error.message };
      }
      if (asked === undefined) this.missRequest();
    } else this.completeResult();
    if (answer.firstChunkAt !== undefined && (asked !== undefined || reading !== undefined)) {
      const timeToFirstChunkSeconds = (answer.firstChunkAt - this.startedAt) / 1000;
      record.response = { ...record.response, timeToFirstChunkSeconds };
    }
    const provider = (answer.provider ?? asked?.provider)?.name;
    const host = record.serverAddress === undefined ? undefined : providerForHost(record.serverAddress);
    if (provider !== undefined) record.provider = host ?? provider;
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

import type { Context, Span } from '@opentelemetry/api';
import { CallRecord, type Outcome } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { snapshot } from '../core/snapshot.js';
import { settings, strictest, type ContentSwitches } from '../core/settings.js';
import type { Provider } from '../providers/registry.js';
import { Answer } from './answer.js';
import { Asked, mayBeRequest } from './asked.js';
import { callIn } from './call-context.js';
import type { CallKind, CallOptions } from './definition.js';
import { leaveRecord } from './native-spans.js';
import { serverOf } from './server.js';
import { allowedIn, recordOf, sessionIn, type SeenSession } from './session-context.js';

/** What one call was asked and answered, and the record that this becomes once it is over. */
export abstract class RecordedCall {
  readonly record = new CallRecord();
  readonly answer: Answer;
  asked: Asked | undefined = undefined;
  outcome: Outcome | undefined = undefined;
  span: Span | undefined = undefined;
  /** By `performance.now()`. */
  readonly startedAt = performance.now();
  /** The usage of what this call returned is counted by another call. */
  protected countedElsewhere = false;
  /** The provider that the client or the server's URL tells. */
  hostedBy: string | undefined = undefined;
  /** `gen_ai.provider.name` as the decorator's options say, for where nothing tells but the shape of the wire. */
  declaredProvider: string | undefined = undefined;
  /** As the client, the address or the answer told. */
  toldProvider: string | undefined = undefined;
  /** Other spans report its model calls: those of calls inside, or of others who trace them. */
  protected isLeft = false;
  private isComplete = false;
  /** The session that it began in. */
  private readonly session: SeenSession | undefined;
  /** What may be recorded of it; a session may still forbid more before it ends. */
  content: ContentSwitches;

  constructor(
    readonly kind: CallKind,
    readonly options: CallOptions,
    content: ContentSwitches,
    /** Where it is called; once it has a span, where its own work runs. */
    public context: Context,
  ) {
    const allowed = strictest(content, callIn(context)?.content);
    this.session = sessionIn(context);
    this.content = allowedIn(this.session, allowed);
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

  /** What its session says by now. */
  protected noteSession(): void {
    if (this.session === undefined) return;
    this.record.session = recordOf(this.session);
    this.content = allowedIn(this.session, this.content);
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
      if (this.options.capture !== undefined) this.capture(this.options.capture);
    } catch (failure) {
      reportFailure('a call could not be recorded in full', failure);
    }
    return this.record;
  }

  /** What it puts into the record may be anything, such as a whole database, and go on changing. */
  private capture(capture: (record: CallRecord) => void): void {
    const { record } = this;
    const { arguments: given, result } = record;
    capture(record);
    if (record.arguments !== given) record.arguments = snapshot(record.arguments);
    if (record.result !== result) record.result = snapshot(record.result);
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
        record.error = { name: reading.error.type, ...reading.error };
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
      `${this.record.functionName ?? 'a call'} returned a response whose request is not known. ` +
        'Wrap the SDK client in observe(client), or hand the request over with record(request).',
    );
  }
}

/** When a call's span started, by the span's own clock, in milliseconds since the epoch. */
export function startOf({ span, startedAt }: Pick<RecordedCall, 'span' | 'startedAt'>): number {
  const { startTime } = (span ?? {}) as { startTime?: unknown };
  if (!Array.isArray(startTime)) return performance.timeOrigin + startedAt;
  const [seconds, nanoseconds] = startTime as [number, number];
  return seconds * 1000 + nanoseconds / 1e6;
}

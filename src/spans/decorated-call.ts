import { context as contextApi, type Context } from '@opentelemetry/api';
import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import type { ContentSwitches } from '../core/settings.js';
import { runInFrame, type PromptFrame } from '../prompts/frame.js';
import type { Method } from '../streams/cover.js';
import type { Provider, ResponseReading } from '../providers/registry.js';
import type { ArgumentCopies } from './argument-copies.js';
import { definedOf } from './asked.js';
import { Call } from './call.js';
import { callIn } from './call-context.js';
import type { CallKind, CallOptions } from './definition.js';
import { startOf } from './recorded-call.js';
import { runInUntraced } from './untraced.js';
import type { ObservedCall } from './observed-call.js';
import { ownerOf } from './owners.js';
import type { SpanStart } from './start-span.js';
import { StepContext } from './step-context.js';
import { activeTracer } from './tracer.js';

/** Few methods make more model calls than this, and fewer pass on an answer that is not among the first. */
const MOST_COUNTED = 1000;

/**
 * A call of a decorated method. A model call reports what the method returned; if that is something else (the text)
 * and one observed call happened inside, that call fills it. If several happened, each has a span of its own.
 */
export class DecoratedCall extends Call {
  /** The prompt template's frame, `null` where an outer one must not be inherited, undefined where there is none. */
  frame: PromptFrame | null | undefined = undefined;
  /** How its span was started. */
  start: SpanStart | undefined = undefined;
  copies: ArgumentCopies | undefined = undefined;
  private steps: StepContext | undefined = undefined;
  private observedCount = 0;
  /** The newest observed call, while it has no span. */
  private waiting: ObservedCall | undefined = undefined;
  /** The observed call whose result the method returned. */
  private followed: ObservedCall | undefined = undefined;
  /** The observed call that this call reports. */
  private filled: ObservedCall | undefined = undefined;
  /** The answers that observed calls with spans of their own count. */
  private counted: Set<string> | undefined = undefined;

  constructor(kind: CallKind, options: CallOptions, content: ContentSwitches, parent: Context) {
    super(kind, options, content, parent);
    this.outer = callIn(parent)?.owner;
    this.isNested = this.outer !== undefined;
  }

  protected override restart(parent: Context, known: Partial<CallRecord>): DecoratedCall | undefined {
    const tracer = activeTracer();
    const { kind, options, content, start, asked, copies, frame, declaredProvider } = this;
    if (tracer === undefined || start === undefined) return undefined;
    const call = new (this.constructor as typeof DecoratedCall)(kind, options, content, parent);
    Object.assign(call, { start, asked, copies, frame, declaredProvider });
    Object.assign(call.record, known);
    call.startSpan(tracer, start);
    return call;
  }

  /** An observed call starts inside this one. */
  begin(observed: ObservedCall): void {
    observed.around = this;
    this.observedCount++;
    if (this.waiting !== this.followed) this.waiting?.startOwnSpan();
    this.waiting = observed;
  }

  override noteNative(span: unknown, isKnown = false): void {
    if (this.span === undefined) return;
    if (this.waiting?.isStarting === true) this.waiting.noteNative(span);
    else super.noteNative(span, isKnown);
  }

  protected override settleNatives(seen: Call): boolean {
    const { filled } = this;
    if (filled?.natives !== undefined) {
      this.natives?.release();
      this.natives = filled.natives;
    }
    return super.settleNatives(filled ?? seen);
  }

  /** Runs the method itself. */
  run(work: () => unknown): unknown {
    const { frame } = this;
    if (this.span === undefined) return this.runUntraced(work);
    if (frame === undefined) return contextApi.with(this.context, work);
    return runInFrame(frame ?? undefined, () => contextApi.with(this.context, work));
  }

  /** A call with hooks and without a span: there may be no context manager that would tell calls inside of it. */
  private runUntraced(work: () => unknown): unknown {
    const { frame } = this;
    const inside = (): unknown => runInUntraced(this, () => contextApi.with(this.context, work));
    return frame === undefined ? inside() : runInFrame(frame ?? undefined, inside);
  }

  override enter(work: Method, self: unknown, values: unknown[]): unknown {
    // A closure made here would hold `self`, the stream, which then would never be collected.
    this.steps ??= new StepContext(this.run.bind(this));
    // A bound `this` and a spread list would be copied on the way.
    return this.steps.run(() => work.apply(self, values));
  }

  override takes(value: object): boolean {
    if (!this.kind.isModelCall) return false;
    const owner = ownerOf(value);
    if (owner === undefined || this.waiting === undefined || owner !== this.waiting.owner) return super.takes(value);
    this.follow(this.waiting);
    return true;
  }

  private follow(observed: ObservedCall): void {
    this.followed = observed;
    if (observed.ended) this.end(observed.outcome ?? 'completed', observed.error);
    else observed.follower = this;
  }

  protected override settle(error: unknown): void {
    try {
      if (this.observedCount > 0) this.attribute();
    } catch (failure) {
      reportFailure('an observed call could not be attributed', failure);
    }
    super.settle(error);
  }

  /** One observed call is reported by this one, or none; any other has its own span from now on. */
  private attribute(): void {
    const { followed, waiting, observedCount, outcome = 'completed' } = this;
    const reading = this.answer.read();
    const isSummary = reading?.isSummary === true;
    // Its reader left the stream that the method returned, and with it the one which that was made of.
    if (isSummary && observedCount === 1 && waiting?.ended === false) waiting.end(outcome);
    // A failure that the method dealt with is not the method's failure; one that its own answer tells of is.
    const hasFailed = outcome === 'error' || reading?.error !== undefined;
    const fits = waiting?.ended === true && (waiting.outcome !== 'error' || hasFailed);
    const isNoAnswer = reading === undefined || isSummary;
    // The same response may be another object: a spread of it, what an SDK's helper put together.
    const isItsOwn = isNoAnswer ? observedCount === 1 : this.isAnswerOf(waiting, reading);
    const filled = followed ?? (fits && isItsOwn ? waiting : undefined);
    if (waiting !== filled) waiting?.startOwnSpan();
    this.waiting = undefined;
    this.filled = filled;
    if (filled === undefined) {
      const isCounted = reading !== undefined && this.counted?.has(this.answer.keyOf(reading)) === true;
      this.isLeft = isNoAnswer || isCounted;
      this.countedElsewhere ||= isSummary || isCounted;
      return;
    }
    filled.error = undefined;
    filled.fills = this;
    this.durationSeconds = filled.durationSeconds;
    this.pace = filled.pace;
  }

  /** Where neither has an id, as of Bedrock and Ollama, they are told by what they count, if it got as far as that. */
  private isAnswerOf(observed: ObservedCall | undefined, reading: ResponseReading): boolean {
    const seen = observed?.answer.read();
    if (seen === undefined || observed === undefined || this.countedElsewhere) return false;
    const isCut = this.observedCount === 1 && reading.usage === undefined;
    const own = isCut ? { ...reading, usage: seen.usage } : reading;
    return this.answer.keyOf(own) === observed.answer.keyOf(seen);
  }

  /** An observed call inside has a span of its own, which counts what was answered. */
  noteCounted({ answer }: ObservedCall): void {
    const reading = answer.read();
    this.counted ??= new Set();
    if (reading !== undefined && this.counted.size < MOST_COUNTED) this.counted.add(answer.keyOf(reading));
  }

  override get isAwaited(): boolean {
    return super.isAwaited || this.filled?.isAwaited === true;
  }

  override completeRecord(): CallRecord {
    const record = super.completeRecord();
    this.filled?.reported();
    return record;
  }

  protected override complete(): void {
    const { filled, record, answer, outcome } = this;
    this.readCopies((filled?.answer ?? answer).provider);
    if (filled === undefined) {
      super.complete();
      return;
    }
    const failure = record.error;
    this.takeOver(filled.completeRecord(), filled.toldProvider);
    record.startTime = startOf(this) + filled.startedAt - this.startedAt;
    // Of an answer that nobody recognised, the method's own caller knows more.
    if (filled.answer.provider !== undefined) record.result = filled.record.result;
    // A method that reads the beginning of a stream and returns has done what it was asked for.
    if (outcome !== 'completed' || record.outcome === 'cancelled') record.outcome = outcome;
    record.error = record.outcome === 'error' ? (failure ?? record.error) : undefined;
    if (answer.chunks > 0) record.streamChunks = answer.chunks;
  }

  /** A request is not recorded a second time as the arguments that it is. */
  private readCopies(answeredBy: Provider | undefined): void {
    const { copies, kind, record } = this;
    if (copies === undefined) return;
    const asked = kind.isModelCall ? copies.request(answeredBy) : undefined;
    this.asked ??= asked;
    if (asked === undefined) record.arguments = copies.named();
  }

  private takeOver(seen: CallRecord, toldProvider: string | undefined): void {
    const { record } = this;
    const known = {
      provider: toldProvider ?? this.declaredProvider ?? seen.provider ?? record.provider,
      request: { ...record.request, ...seen.request },
      isAsync: record.isAsync || seen.isAsync,
      // The messages say it all.
      arguments: seen.messages?.input === undefined ? record.arguments : undefined,
    };
    const ours = { session: undefined, result: undefined, unobserved: undefined };
    Object.assign(record, definedOf(Object.assign({}, seen, ours)), known);
  }
}

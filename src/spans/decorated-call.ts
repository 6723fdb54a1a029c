import { context as contextApi, type Context } from '@opentelemetry/api';
import type { CallRecord, Outcome } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import type { ContentSwitches } from '../core/settings.js';
import { runInFrame, type PromptFrame } from '../prompts/frame.js';
import type { Method } from '../streams/cover.js';
import { Call } from './call.js';
import { callIn } from './call-context.js';
import type { CallKind, CallOptions } from './definition.js';
import type { ObservedCall } from './observed-call.js';
import { ownerOf } from './owners.js';

/**
 * A call of a decorated method. A model call reports what the method returned; if that is something else (the text)
 * and one observed call happened inside, that call fills it. If several happened, each has a span of its own.
 */
export class DecoratedCall extends Call {
  /** The prompt template's frame, `null` where an outer one must not be inherited, undefined where there is none. */
  frame: PromptFrame | null | undefined = undefined;
  private observedCount = 0;
  /** The newest observed call, while it has no span. */
  private waiting: ObservedCall | undefined = undefined;
  /** The observed call whose result the method returned. */
  private followed: ObservedCall | undefined = undefined;
  /** The observed call that this call reports. */
  private filled: ObservedCall | undefined = undefined;

  constructor(kind: CallKind, options: CallOptions, content: ContentSwitches, parent: Context) {
    super(kind, options, content, parent);
    this.isNested = callIn(parent) !== undefined;
  }

  /** An observed call starts inside this one. */
  begin(observed: ObservedCall): void {
    this.observedCount++;
    if (this.waiting !== this.followed) this.waiting?.startOwnSpan();
    this.waiting = observed;
  }

  override enter(work: Method, self: unknown, values: unknown[]): unknown {
    const { frame } = this;
    if (frame === undefined) return contextApi.with(this.context, work, self, ...values);
    return runInFrame(frame ?? undefined, () => contextApi.with(this.context, work, self, ...values));
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

  protected override settle(): void {
    try {
      this.filled = this.fillFrom(this.outcome ?? 'completed');
    } catch (failure) {
      reportFailure('an observed call could not be attributed', failure);
    }
    super.settle();
  }

  protected override complete(): void {
    const { filled, record, answer, outcome } = this;
    if (filled === undefined) {
      super.complete();
      return;
    }
    const failure = record.error;
    this.takeOver(filled.completeRecord());
    record.outcome = outcome === 'completed' ? (record.outcome ?? outcome) : outcome;
    record.error = record.outcome === 'error' ? (failure ?? record.error) : undefined;
    if (answer.chunks > 0) record.streamChunks = answer.chunks;
  }

  /** The observed call that this call reports; any other gets its own span now. */
  private fillFrom(outcome: Outcome): ObservedCall | undefined {
    const { followed, waiting } = this;
    this.waiting = undefined;
    if (followed !== undefined) {
      if (waiting !== followed) waiting?.startOwnSpan();
      return followed;
    }
    if (waiting === undefined) return undefined;
    // A failure that the method dealt with is not the method's failure.
    const fits = waiting.ended && (waiting.outcome !== 'error' || outcome === 'error');
    const isItsOwn = this.answer.provider === undefined ? this.observedCount === 1 : this.returnedCopyOf(waiting);
    if (fits && isItsOwn) return waiting;
    waiting.startOwnSpan();
    return undefined;
  }

  /** The method returned the same response as another object: a spread of it, what an SDK's helper put together. */
  private returnedCopyOf(observed: ObservedCall): boolean {
    const id = this.answer.read()?.id;
    return id !== undefined && id === observed.answer.read()?.id;
  }

  private takeOver(seen: CallRecord): void {
    const { record } = this;
    record.outcome = seen.outcome;
    record.operation = seen.operation ?? record.operation;
    record.provider = seen.provider ?? record.provider;
    record.serverAddress = seen.serverAddress;
    record.serverPort = seen.serverPort;
    record.request = { ...record.request, ...seen.request };
    record.response = seen.response;
    record.usage = seen.usage;
    record.messages = seen.messages;
    record.outputType = seen.outputType;
    record.embeddingDimensions = seen.embeddingDimensions;
    record.streamChunks = seen.streamChunks;
    record.requestMissing = seen.requestMissing;
    record.error = seen.error;
    // The messages say it all.
    if (seen.messages?.input !== undefined) record.arguments = undefined;
  }
}

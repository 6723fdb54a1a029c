import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { reportFailure, warnOnce } from '../core/report.js';
import type { DestinationStats } from './destination.js';
import { weigh } from './weigh.js';

export interface QueueLimits {
  /** Most spans that wait. */
  queueSpans: number;
  /** Most bytes, about, that wait or are being sent. */
  queueBytes: number;
  batchSpans: number;
  delayMs: number;
  /** After this time an export counts as failed. */
  timeoutMs: number;
  concurrentExports: number;
}

/** A batch is rendered and encoded in one go, and the event loop waits for it: about 10 ms for so much. */
const BATCH_BYTES = 512 * 1024;
/** While many wait, some are weighed as they come: rendering one costs ten times what its call does. */
const FIRST_SAMPLE = 64;
const SAMPLE_EVERY = 512;
const FIRST_GUESS_BYTES = 2048;

/**
 * Sends spans in small batches, several at a time, yielding to the event loop between two of them; bounded by bytes.
 * Two things that the SDK's `BatchSpanProcessor` cannot do, and the reason why this exists. Never throws or rejects.
 */
export class ExportQueue {
  private waiting: ReadableSpan[] = [];
  private readonly sending = new Set<Promise<boolean>>();
  private spansInFlight = 0;
  /** How many of the waiting spans go out even if they do not fill a batch. */
  private due = 0;
  private taken = 0;
  private timer: NodeJS.Timeout | undefined = undefined;
  private turn: NodeJS.Immediate | undefined = undefined;
  private closing: Promise<void> | undefined = undefined;
  /** Bytes of a span, as a moving mean: rendering each one when it ends would cost the caller. */
  private meanBytes = 0;
  private readonly counts = { exported: 0, failed: 0, lost: 0 };

  constructor(
    private readonly name: string,
    private readonly exporter: SpanExporter,
    private readonly limits: QueueLimits,
  ) {}

  add(span: ReadableSpan): void {
    if (this.closing !== undefined || this.isFull()) {
      this.lose(1);
      return;
    }
    this.waiting.push(span);
    const { length } = this.waiting;
    if (length % SAMPLE_EVERY === 0 || (this.meanBytes === 0 && length === FIRST_SAMPLE)) this.learn(weigh(span));
    if (this.isBatchReady()) this.schedule();
    else this.timer ??= setTimeout(() => this.sendAllWaiting(), this.limits.delayMs).unref();
  }

  /**
   * Sends what waits now; resolved when all of it was taken or refused. Gives up at the first failure, so that a
   * backend that is down costs one attempt, however much waits.
   */
  async flush(): Promise<void> {
    // All other timers are unref'd: a program that awaits its flush last must not end before it.
    const alive = setInterval(() => undefined, 1000);
    try {
      await this.sendUpToNow();
    } finally {
      clearInterval(alive);
    }
  }

  /** Flushes, then takes nothing more. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  stats(): DestinationStats {
    return { queued: this.waiting.length + this.spansInFlight, ...this.counts };
  }

  private async sendUpToNow(): Promise<void> {
    const target = this.taken + this.waiting.length;
    this.due = this.waiting.length;
    this.stopTimer();
    while (this.taken < target) {
      if (this.sending.size >= this.limits.concurrentExports) {
        if (!(await Promise.race(this.sending))) break;
      } else {
        this.send(this.takeBatch());
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await Promise.all(this.sending);
    this.due = 0;
    this.startTimerAgain();
  }

  private async finish(): Promise<void> {
    await this.flush();
    this.stopTimer();
    clearImmediate(this.turn);
    this.lose(this.waiting.splice(0).length);
    const { failed, lost } = this.counts;
    if (failed + lost > 0) warnOnce(`${this.name}: ${failed} spans were refused or not reached, ${lost} were dropped`);
    await this.exporter.shutdown();
  }

  private isFull(): boolean {
    const { queueSpans, queueBytes } = this.limits;
    const held = this.waiting.length + this.spansInFlight;
    return this.waiting.length >= queueSpans || held * (this.meanBytes || FIRST_GUESS_BYTES) >= queueBytes;
  }

  private lose(count: number): void {
    this.counts.lost += count;
    if (count > 0) warnOnce(`${this.name}: spans are dropped, because more end than can be sent; see stats()`);
  }

  private learn(bytes: number): void {
    this.meanBytes = this.meanBytes === 0 ? bytes : this.meanBytes + (bytes - this.meanBytes) / 8;
  }

  private isBatchReady(): boolean {
    const { length } = this.waiting;
    return length >= this.limits.batchSpans || length * this.meanBytes >= BATCH_BYTES || this.due > 0;
  }

  private sendAllWaiting(): void {
    this.timer = undefined;
    this.due = this.waiting.length;
    this.schedule();
  }

  private schedule(): void {
    if (this.turn !== undefined || this.sending.size >= this.limits.concurrentExports) return;
    this.turn = setImmediate(() => {
      this.turn = undefined;
      if (this.waiting.length === 0 || this.sending.size >= this.limits.concurrentExports) return;
      this.send(this.takeBatch());
      if (this.isBatchReady()) this.schedule();
    });
  }

  private startTimerAgain(): void {
    if (this.closing !== undefined || this.waiting.length === 0) return;
    if (this.isBatchReady()) this.schedule();
    else this.timer ??= setTimeout(() => this.sendAllWaiting(), this.limits.delayMs).unref();
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private takeBatch(): ReadableSpan[] {
    let bytes = 0;
    let count = 0;
    for (const span of this.waiting) {
      const weight = weigh(span);
      this.learn(weight);
      bytes += weight;
      count++;
      if (count >= this.limits.batchSpans || bytes >= BATCH_BYTES) break;
    }
    this.taken += count;
    this.due = Math.max(0, this.due - count);
    return this.waiting.splice(0, count);
  }

  private send(batch: ReadableSpan[]): void {
    if (batch.length === 0) return;
    this.spansInFlight += batch.length;
    const sent = this.export(batch).then((failure) => {
      this.spansInFlight -= batch.length;
      this.sending.delete(sent);
      if (failure === undefined) this.counts.exported += batch.length;
      else {
        this.counts.failed += batch.length;
        reportFailure(`${this.name}: spans could not be exported`, failure);
      }
      this.startTimerAgain();
      return failure === undefined;
    });
    this.sending.add(sent);
  }

  /** Resolved with the failure, if there is one. */
  private async export(batch: ReadableSpan[]): Promise<unknown> {
    try {
      await resourcesOf(batch);
      return await new Promise((resolve) => {
        const late = () => resolve(new Error(`no answer within ${this.limits.timeoutMs} ms`));
        const timer = setTimeout(late, this.limits.timeoutMs).unref();
        // The root context: neither the request nor a timer belongs to the call that happened to fill the batch.
        context.with(suppressTracing(ROOT_CONTEXT), () => {
          this.exporter.export(batch, ({ code, error }) => {
            clearTimeout(timer);
            resolve(code === ExportResultCode.SUCCESS ? undefined : (error ?? new Error('the export failed')));
          });
        });
      });
    } catch (failure) {
      return failure ?? new Error('the export failed');
    }
  }
}

/** Detected attributes of a resource (host, container) may still be on their way; the exporter would leave them out. */
async function resourcesOf(batch: readonly ReadableSpan[]): Promise<void> {
  const pending = new Set(batch.map(({ resource }) => resource).filter((resource) => resource.asyncAttributesPending));
  for (const resource of pending) await resource.waitForAsyncAttributes?.();
}

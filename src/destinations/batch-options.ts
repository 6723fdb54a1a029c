import { isRecord, positiveNumber, type OptionRule, type OptionRules } from './check-options.js';
import type { QueueLimits } from './queue.js';
import { numberVariable } from './variables.js';

/** How spans wait for their export. */
export interface BatchOptions {
  /** Most spans that wait; more are dropped and counted. Default `OTEL_BSP_MAX_QUEUE_SIZE`, else 32,768. */
  queueSpans?: number;
  /** Most bytes, about, that wait or are being sent. Default 64 MiB. */
  queueBytes?: number;
  /** Most spans of one request. Default `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`, else 512. */
  batchSpans?: number;
  /** Milliseconds that a span waits at most for others. Default `OTEL_BSP_SCHEDULE_DELAY`, else 1,000. */
  delayMs?: number;
  /** Milliseconds after which an export counts as failed. Default `OTEL_BSP_EXPORT_TIMEOUT`, else 30,000. */
  timeoutMs?: number;
  /** Most requests at a time. Default 4. */
  concurrentExports?: number;
}

const INSIDE: OptionRules = {
  queueSpans: positiveNumber,
  queueBytes: positiveNumber,
  batchSpans: positiveNumber,
  delayMs: { expected: 'a number, 0 or above', accepts: (value) => typeof value === 'number' && value >= 0 },
  timeoutMs: positiveNumber,
  concurrentExports: positiveNumber,
};

export const BATCH_RULE: OptionRule = {
  expected: 'false or an object',
  accepts: (value) => value === false || isRecord(value),
  inside: INSIDE,
};

/** The limits of a queue: the option, else the variable, else our default. */
export function queueLimits(batch: false | BatchOptions | undefined): QueueLimits {
  const given: BatchOptions = batch === false ? { batchSpans: 1, delayMs: 0 } : (batch ?? {});
  return {
    queueSpans: given.queueSpans ?? numberVariable('OTEL_BSP_MAX_QUEUE_SIZE', 32_768),
    queueBytes: given.queueBytes ?? 64 * 1024 * 1024,
    batchSpans: given.batchSpans ?? numberVariable('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512),
    delayMs: given.delayMs ?? numberVariable('OTEL_BSP_SCHEDULE_DELAY', 1000),
    timeoutMs: given.timeoutMs ?? numberVariable('OTEL_BSP_EXPORT_TIMEOUT', 30_000),
    concurrentExports: given.concurrentExports ?? 4,
  };
}

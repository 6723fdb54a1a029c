import { createNoopMeter, metrics, type Attributes, type Histogram, type MeterProvider } from '@opentelemetry/api';
import { CapturedAttributes } from '../core/content.js';
import { admit, metadataPolicy } from '../core/gate.js';
import { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { startAttributes } from '../dialects/gen-ai.js';
import * as core from '../semconv/core.js';
import * as genAi from '../semconv/gen-ai.js';
import { SCOPE } from './tracer.js';
import { VERSION } from './version.js';

/** A model call that has ended; its record is put together when its numbers are recorded. */
export interface MeasuredCall {
  /** Undefined where another call reports what this one saw, or nothing is known of it. */
  measuredRecord(): CallRecord | undefined;
  readonly durationSeconds: number | undefined;
  readonly pace: Pace | undefined;
}

/** Of a longer stream, the later chunks are not measured one by one. */
const MOST_GAPS = 4096;

/** How the chunks of a stream came. */
export class Pace {
  /** Seconds between one chunk and the next. */
  readonly gaps: number[] = [];
  #latest: number | undefined = undefined;

  chunk(): void {
    const now = performance.now();
    if (this.#latest !== undefined && this.gaps.length < MOST_GAPS) this.gaps.push((now - this.#latest) / 1000);
    this.#latest = now;
  }
}

interface Instruments {
  readonly tokens: Histogram;
  readonly duration: Histogram;
  readonly firstChunk: Histogram;
  readonly perChunk: Histogram;
}

let knownProvider: MeterProvider | undefined;
let known: Instruments | undefined;

/** Where a meter provider is registered; found anew, because one may be registered, replaced or taken away. */
function instruments(): Instruments | undefined {
  const provider = metrics.getMeterProvider();
  if (provider !== knownProvider) {
    known = instrumentsOf(provider);
    knownProvider = provider;
  }
  return known;
}

/** True where somebody measures. Never throws. */
export function isMetered(): boolean {
  try {
    return instruments() !== undefined;
  } catch (failure) {
    reportFailure('no meter could be had', failure);
    return false;
  }
}

function instrumentsOf(provider: MeterProvider): Instruments | undefined {
  const meter = provider.getMeter(SCOPE, VERSION);
  if (meter === createNoopMeter()) return undefined;
  // `ExplicitBucketBoundaries` of the conventions, v1.41.1: 14 of them, from 10 ms doubled, from one token times four.
  const histogram = (name: string, unit = 's', first = 0.01, factor = 2): Histogram => {
    const explicitBucketBoundaries = Array.from({ length: 14 }, (_, power) => first * factor ** power);
    return meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries } });
  };
  return {
    tokens: histogram(genAi.METRIC_GEN_AI_CLIENT_TOKEN_USAGE, '{token}', 1, 4),
    duration: histogram(genAi.METRIC_GEN_AI_CLIENT_OPERATION_DURATION),
    firstChunk: histogram(genAi.METRIC_GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK),
    perChunk: histogram(genAi.METRIC_GEN_AI_CLIENT_OPERATION_TIME_PER_OUTPUT_CHUNK),
  };
}

let ended: MeasuredCall[] = [];

/** Records the numbers of a call on the next turn of the event loop, so that its caller does not wait for it. */
export function measure(call: MeasuredCall): void {
  if (ended.push(call) === 1) setImmediate(recordEnded);
}

function recordEnded(): void {
  const calls = ended;
  ended = [];
  for (const call of calls) {
    try {
      recordCall(call);
    } catch (failure) {
      reportFailure('a call could not be measured', failure);
    }
  }
}

function recordCall(call: MeasuredCall): void {
  const record = call.measuredRecord();
  const to = instruments();
  if (record?.operation === undefined || record.provider === undefined || to === undefined) return;
  const { outcome, error, usage, response } = record;
  const attributes = attributesOf(record);
  const note = (histogram: Histogram, value: number | undefined, more?: Attributes): void => {
    if (value !== undefined) histogram.record(value, { ...attributes, ...more });
  };
  note(to.duration, call.durationSeconds, outcome === 'error' ? failureOf(error) : undefined);
  note(to.tokens, usage?.inputTokens, { [genAi.ATTR_GEN_AI_TOKEN_TYPE]: 'input' });
  note(to.tokens, usage?.outputTokens, { [genAi.ATTR_GEN_AI_TOKEN_TYPE]: 'output' });
  note(to.firstChunk, response?.timeToFirstChunkSeconds);
  for (const gap of call.pace?.gaps ?? []) note(to.perChunk, gap);
}

function failureOf(error: CallRecord['error']): Attributes {
  const captured = CapturedAttributes.of({ [core.ATTR_ERROR_TYPE]: error?.type ?? core.ERROR_TYPE_VALUE_OTHER });
  return admit(captured, metadataPolicy());
}

/** What a span of it starts with, as far as it is the same for many calls. */
function attributesOf({ operation, provider, request, response, serverAddress, serverPort }: CallRecord): Attributes {
  const known = Object.assign(new CallRecord(), { operation, provider, request, serverAddress, serverPort });
  const captured = startAttributes(known);
  captured.set(genAi.ATTR_GEN_AI_RESPONSE_MODEL, response?.model);
  return admit(captured, metadataPolicy());
}

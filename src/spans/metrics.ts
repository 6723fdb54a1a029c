import { createNoopMeter, metrics, type Attributes, type Histogram, type MeterProvider } from '@opentelemetry/api';
import { CapturedAttributes } from '../core/content.js';
import { admit, metadataPolicy } from '../core/gate.js';
import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
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
  private latest: number | undefined = undefined;

  chunk(): void {
    const now = performance.now();
    if (this.latest !== undefined && this.gaps.length < MOST_GAPS) this.gaps.push((now - this.latest) / 1000);
    this.latest = now;
  }
}

interface Instruments {
  readonly tokens: Histogram;
  readonly duration: Histogram;
  readonly firstChunk: Histogram;
  readonly perChunk: Histogram;
}

/** `ExplicitBucketBoundaries` of the conventions, v1.41.1. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

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
  const histogram = (name: string, unit: string, explicitBucketBoundaries: number[]): Histogram =>
    meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries } });
  return {
    tokens: histogram(genAi.METRIC_GEN_AI_CLIENT_TOKEN_USAGE, '{token}', TOKENS),
    duration: histogram(genAi.METRIC_GEN_AI_CLIENT_OPERATION_DURATION, 's', SECONDS),
    firstChunk: histogram(genAi.METRIC_GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK, 's', SECONDS),
    perChunk: histogram(genAi.METRIC_GEN_AI_CLIENT_OPERATION_TIME_PER_OUTPUT_CHUNK, 's', SECONDS),
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
  const attributes = attributesOf(record);
  const failed = record.outcome === 'error' && {
    [core.ATTR_ERROR_TYPE]: record.error?.type ?? core.ERROR_TYPE_VALUE_OTHER,
  };
  if (call.durationSeconds !== undefined) to.duration.record(call.durationSeconds, { ...attributes, ...failed });
  const { inputTokens, outputTokens } = record.usage ?? {};
  const count = (type: 'input' | 'output', tokens: number | undefined): void => {
    if (tokens !== undefined) to.tokens.record(tokens, { ...attributes, [genAi.ATTR_GEN_AI_TOKEN_TYPE]: type });
  };
  count('input', inputTokens);
  count('output', outputTokens);
  const { timeToFirstChunkSeconds } = record.response ?? {};
  if (timeToFirstChunkSeconds === undefined) return;
  to.firstChunk.record(timeToFirstChunkSeconds, attributes);
  for (const gap of call.pace?.gaps ?? []) to.perChunk.record(gap, attributes);
}

function attributesOf({ operation, provider, request, response, serverAddress, serverPort }: CallRecord): Attributes {
  const captured = CapturedAttributes.of({
    [genAi.ATTR_GEN_AI_OPERATION_NAME]: operation,
    [genAi.ATTR_GEN_AI_PROVIDER_NAME]: provider,
    [genAi.ATTR_GEN_AI_REQUEST_MODEL]: request?.model,
    [genAi.ATTR_GEN_AI_RESPONSE_MODEL]: response?.model,
    [core.ATTR_SERVER_ADDRESS]: serverAddress,
    [core.ATTR_SERVER_PORT]: serverAddress === undefined ? undefined : serverPort,
  });
  return admit(captured, metadataPolicy());
}

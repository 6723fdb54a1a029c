import { SpanStatusCode, type HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { finishedCall } from '../core/finished.js';
import { maskIdentifier } from '../core/masking.js';
import type { CallRecord } from '../core/record.js';
import { ATTR_ERROR_TYPE, ERROR_TYPE_VALUE_OTHER } from '../semconv/core.js';

/** What is printed of a span; no content. */
export interface SpanFacts {
  readonly name: string;
  /** Made by decotel. */
  readonly isOurs: boolean;
  readonly model?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly finishReasons?: readonly string[];
  /** How many documents were found, and how many were asked for. */
  readonly documents?: number;
  readonly topK?: number;
  readonly dimensions?: number;
  readonly firstChunkMs?: number;
  readonly durationMs: number;
  /** How it ended, where that is not as it should. */
  readonly ending?: { readonly text: string; readonly isError: boolean };
  /** What the request could have asked for, of a stream that came without usage. */
  readonly usageRemedy?: string;
}

export function factsOf(span: ReadableSpan): SpanFacts {
  const call = finishedCall(span);
  const durationMs = milliseconds(span.duration);
  if (call === undefined) {
    return { name: span.name, isOurs: false, durationMs, ending: foreignEnding(span) };
  }
  const { record, settings } = call;
  const masked = (text: string): string => maskIdentifier(text, settings.redact);
  const { request, response, usage, usageRemedy, retrieval } = record;
  const model = response?.model ?? request?.model;
  const seconds = response?.timeToFirstChunkSeconds;
  return {
    name: span.name,
    isOurs: true,
    model: model && masked(model),
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    finishReasons: response?.finishReasons?.map(masked),
    documents: retrieval?.documents?.length,
    topK: retrieval && (retrieval.topK ?? request?.topK),
    dimensions: record.embeddingDimensions,
    firstChunkMs: seconds === undefined ? undefined : seconds * 1000,
    durationMs,
    ending: ending(record, masked),
    usageRemedy,
  };
}

export function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

function ending({ outcome, error }: CallRecord, masked: (text: string) => string): SpanFacts['ending'] {
  if (outcome === undefined || outcome === 'completed') return undefined;
  if (outcome !== 'error') return { text: outcome, isError: false };
  const type = error?.type ?? ERROR_TYPE_VALUE_OTHER;
  // Of a provider's error the type is its status or code.
  const text = error === undefined || error.name === type ? type : `${error.name} ${type}`;
  return { text: `error ${masked(text)}`, isError: true };
}

function foreignEnding({ status, attributes }: ReadableSpan): SpanFacts['ending'] {
  if (status.code !== SpanStatusCode.ERROR) return undefined;
  const type = attributes[ATTR_ERROR_TYPE];
  return { text: typeof type === 'string' ? `error ${type}` : 'error', isError: true };
}

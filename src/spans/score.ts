import { ROOT_CONTEXT, SpanKind, context as contextApi, trace } from '@opentelemetry/api';
import { reportFailure, warnOnce } from '../core/report.js';
import { settings } from '../core/settings.js';
import {
  ATTR_GEN_AI_EVALUATION_NAME,
  ATTR_GEN_AI_EVALUATION_SCORE_LABEL,
  ATTR_GEN_AI_EVALUATION_SCORE_VALUE,
} from '../semconv/gen-ai.js';
import { Call } from './call.js';
import type { CallKind } from './definition.js';
import { scoreRecord, type Score } from './scores.js';
import { inSessionOf } from './session-context.js';
import { spanStart, startSpan } from './start-span.js';
import { spanContextOf } from './traceparent.js';
import { activeTracer } from './tracer.js';

const EVALUATION: CallKind = {
  decorator: 'score()',
  spanKind: SpanKind.INTERNAL,
  operation: undefined,
  isModelCall: false,
  spanName: () => 'evaluate',
  describe: () => undefined,
};

/** A score of a call that is over. */
export interface LaterScore extends Score {
  /** W3C `traceparent` of the call: of `currentCall()`, of `callOf(value)`, or from a store. */
  traceparent: string;
}

/**
 * Adds a score to a call later, in any process: a span `evaluate {name}` of no length below the call's, which carries
 * the score as `gen_ai.evaluation.result` and in attributes. Where the call was not sampled, neither is its score. A
 * `traceparent` that names no span, and a score that says nothing, are reported and left out. Never throws.
 *
 * ```ts
 * score({ traceparent: answer.traceparent, name: 'helpful', value: 1, explanation: feedback.text });
 * ```
 */
export function score(given: LaterScore): void {
  try {
    const tracer = activeTracer();
    if (tracer === undefined) return;
    const record = scoreRecord(given);
    const spanContext = spanContextOf(given.traceparent);
    if (spanContext === undefined) warnOnce('score(): traceparent names no span; the score is left out');
    if (spanContext === undefined || record === undefined) return;
    const parent = trace.setSpanContext(inSessionOf(contextApi.active(), ROOT_CONTEXT), spanContext);
    const call = new Call(EVALUATION, {}, settings().content, parent);
    call.record.scores = [record];
    const attributes = {
      [ATTR_GEN_AI_EVALUATION_NAME]: record.name,
      ...(record.value !== undefined && { [ATTR_GEN_AI_EVALUATION_SCORE_VALUE]: record.value }),
      ...(record.label !== undefined && { [ATTR_GEN_AI_EVALUATION_SCORE_LABEL]: record.label }),
    };
    const start = spanStart(`evaluate ${record.name}`, EVALUATION, { attributes }, call.record);
    call.span = startSpan(tracer, start, parent, record.time);
    call.endAt(record.time);
  } catch (failure) {
    reportFailure('a score could not be recorded', failure);
  }
}

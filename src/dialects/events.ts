import { CapturedAttributes, content, type CapturedEvent } from '../core/content.js';
import { filled, finite } from '../core/attribute-values.js';
import type { CallRecord } from '../core/record.js';
import * as core from '../semconv/core.js';
import * as genAi from '../semconv/gen-ai.js';

/** The event of a failed call, as OpenTelemetry names it in every convention; none of any other call. */
export function exceptionEvent({ outcome, error }: CallRecord): CapturedEvent[] {
  if (outcome !== 'error' || error == null) return [];
  const attributes = new CapturedAttributes();
  attributes.set(core.ATTR_EXCEPTION_TYPE, filled(error.name) ?? core.ERROR_TYPE_VALUE_OTHER);
  attributes.set(core.ATTR_EXCEPTION_MESSAGE, content('error', filled(error.message)));
  attributes.set(core.ATTR_EXCEPTION_STACKTRACE, content('error', filled(error.stack)));
  return [{ name: core.EVENT_EXCEPTION, attributes }];
}

/** One event for each evaluation. */
export function scoreEvents({ scores, response }: CallRecord): CapturedEvent[] {
  return (scores ?? []).map(({ name, value, label, explanation, time }) => {
    const attributes = new CapturedAttributes();
    attributes.set(genAi.ATTR_GEN_AI_EVALUATION_NAME, name);
    attributes.set(genAi.ATTR_GEN_AI_EVALUATION_SCORE_VALUE, finite(value));
    attributes.set(genAi.ATTR_GEN_AI_EVALUATION_SCORE_LABEL, filled(label));
    attributes.set(genAi.ATTR_GEN_AI_EVALUATION_EXPLANATION, content('output', filled(explanation)));
    attributes.set(genAi.ATTR_GEN_AI_RESPONSE_ID, filled(response?.id));
    return { name: genAi.EVENT_GEN_AI_EVALUATION_RESULT, attributes, time };
  });
}

import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { asList, asName, asRecord, type Json } from './json.js';
import { itemParts } from './openai-responses-item.js';
import { FINISH_REASON_MISSING } from './part.js';
import type { ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';
import { readUsage, type Count } from './usage.js';

/** What is kept of a response, whether it came whole or in events. */
export interface ResponsesAnswer extends Pick<ResponseReading, 'id' | 'model' | 'usage' | 'error'> {
  finishReason?: string;
  /** Output items, spelt as on the wire. */
  items: readonly unknown[];
}

export function keepResponse(response: Json): ResponsesAnswer {
  return {
    id: asName(response['id']),
    model: asName(response['model']),
    usage: readUsage(response['usage'], COUNTS),
    error: readResponseError(response['error']),
    finishReason: asName(asRecord(response['incomplete_details'])?.['reason']) ?? asName(response['status']),
    items: asList(snapshot(response['output'])),
  };
}

/** However many items it has, a response is one message. */
export function readResponsesAnswer(answer: ResponsesAnswer): ResponseReading {
  const { id, model, usage, error, finishReason, items } = answer;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    id,
    model,
    finishReasons: finishReason === undefined ? undefined : [finishReason],
    usage,
    error,
    output() {
      if (items.length === 0) return undefined;
      const parts = items.flatMap(itemParts);
      return [{ role: 'assistant', parts, finish_reason: finishReason ?? FINISH_REASON_MISSING }];
    },
  };
}

const COUNTS = new Map<string, Count>([
  ['input_tokens', 'inputTokens'],
  ['output_tokens', 'outputTokens'],
  ['input_tokens_details.cached_tokens', 'cacheReadInputTokens'],
  ['input_tokens_details.cache_write_tokens', 'cacheCreationInputTokens'],
  ['output_tokens_details.reasoning_tokens', 'reasoningOutputTokens'],
]);

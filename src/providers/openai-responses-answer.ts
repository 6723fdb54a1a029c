import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { factsOf, readAnswer } from './answer.js';
import { asList, asName, own, type Json } from './json.js';
import type { ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';
import { readUsage, type CountNames } from './usage.js';

/** What is kept of a response, whether it came whole or in events. */
export interface ResponsesAnswer {
  facts: Partial<ResponseReading>;
  finishReason?: string;
  /** Output items, spelt as on the wire. */
  items: readonly unknown[];
}

export function keepResponse(response: Json): ResponsesAnswer {
  return {
    facts: {
      ...factsOf(response),
      usage: readResponsesUsage(response['usage']),
      error: readResponseError(response['error']),
    },
    finishReason: asName(own(response['incomplete_details'], 'reason')) ?? asName(response['status']),
    items: asList(snapshot(response['output'])),
  };
}

/** However many items it has, a response is one message. */
export function readResponsesAnswer({ facts, finishReason, items }: ResponsesAnswer): ResponseReading {
  const reading = readAnswer(facts, [{ message: { content: items }, finishReason }]);
  return items.length > 0 ? reading : { ...reading, output: undefined };
}

export function readResponsesUsage(usage: unknown): Usage | undefined {
  return readUsage(usage, COUNTS);
}

const COUNTS: CountNames = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  input_tokens_details: { cached_tokens: 'cacheReadInputTokens', cache_write_tokens: 'cacheCreationInputTokens' },
  output_tokens_details: { reasoning_tokens: 'reasoningOutputTokens' },
};

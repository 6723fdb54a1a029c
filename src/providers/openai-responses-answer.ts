import { snapshot } from '../core/snapshot.js';
import { factsOf, readAnswer } from './answer.js';
import { asList, asName, own, type Json } from './json.js';
import { readOpenaiUsage } from './openai-chat-answer.js';
import type { ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';

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
      usage: readOpenaiUsage(response['usage']),
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

import type { OutputMessage } from '../core/messages.js';
import type { Usage } from '../core/record.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { asText, type Json } from './json.js';
import { messageParts } from './openai-message.js';
import { FINISH_REASON_MISSING } from './part.js';
import type { ResponseReading } from './provider.js';
import { readUsage, type Count } from './usage.js';

/** What is kept of a completion, whether it came whole or in chunks. */
export interface ChatAnswer extends Pick<ResponseReading, 'id' | 'model' | 'usage' | 'error'> {
  choices: readonly ChatChoice[];
}

export interface ChatChoice {
  /** Spelt as on the wire. */
  message: Json;
  finishReason?: string;
}

/** Written out member by member: a rest and a spread would cost as much as all else that reading does. */
export function readChatAnswer(answer: ChatAnswer): ResponseReading {
  const { id, model, usage, error, choices } = answer;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    id,
    model,
    finishReasons: finishReasonsOf(choices),
    usage,
    error,
    output: () => choices.map(outputMessage),
  };
}

/** One per choice that has one; undefined where none came. */
export function finishReasonsOf(choices: readonly { finishReason?: string }[]): string[] | undefined {
  const reasons: string[] = [];
  for (const { finishReason } of choices) if (finishReason !== undefined) reasons.push(finishReason);
  return reasons.length > 0 ? reasons : undefined;
}

function outputMessage({ message, finishReason }: ChatChoice): OutputMessage {
  return {
    role: asText(message['role']) ?? 'assistant',
    parts: messageParts(message),
    finish_reason: finishReason ?? FINISH_REASON_MISSING,
  };
}

export function readChatUsage(usage: unknown): Usage | undefined {
  return readUsage(usage, COUNTS);
}

const COUNTS = new Map<string, Count>([
  ['prompt_tokens', 'inputTokens'],
  ['completion_tokens', 'outputTokens'],
  ['prompt_tokens_details.cached_tokens', 'cacheReadInputTokens'],
  // DeepSeek's name, and Mistral's.
  ['prompt_cache_hit_tokens', 'cacheReadInputTokens'],
  ['num_cached_tokens', 'cacheReadInputTokens'],
  ['prompt_tokens_details.cache_write_tokens', 'cacheCreationInputTokens'],
  ['completion_tokens_details.reasoning_tokens', 'reasoningOutputTokens'],
]);

import type { OutputMessage, Part } from '../core/messages.js';
import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT, GEN_AI_PROVIDER_NAME_VALUE_GROQ } from '../semconv/gen-ai.js';
import { asList, asName, asRecord, type Json } from './json.js';
import { messageParts } from './openai-message.js';
import { FINISH_REASON_MISSING, serverToolCallResponsePart } from './part.js';
import type { ResponseReading } from './provider.js';
import { readUsage, type Count } from './usage.js';

/** What is kept of a completion, whether it came whole or in chunks. */
export interface ChatAnswer extends Pick<
  ResponseReading,
  'provider' | 'id' | 'model' | 'usage' | 'usageRemedy' | 'error'
> {
  /** What the server searched for its answer, as one part of it. */
  found?: Part;
  choices: readonly ChatChoice[];
}

export interface ChatChoice {
  /** Spelt as on the wire. */
  message: Json;
  finishReason?: string;
}

/** Written out member by member: a rest and a spread would cost as much as all else that reading does. */
export function readChatAnswer(answer: ChatAnswer): ResponseReading {
  const { provider, id, model, usage, usageRemedy, error, choices, found } = answer;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    provider,
    id,
    model,
    finishReasons: finishReasonsOf(choices),
    usage,
    usageRemedy,
    error,
    output() {
      const messages = choices.map(outputMessage);
      if (found !== undefined) messages[0]?.parts.unshift(found);
      return messages;
    },
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
    role: asName(message['role']) ?? 'assistant',
    parts: messageParts(message),
    finish_reason: finishReason ?? FINISH_REASON_MISSING,
  };
}

/** Groq marks its answers; other servers are told by their host. */
export function answeredBy(body: Json): string | undefined {
  return asRecord(body['x_groq']) && GEN_AI_PROVIDER_NAME_VALUE_GROQ;
}

/** What Perplexity and xAI searched before they answered: pages, or only their addresses. */
export function searchedPart({ search_results, citations }: Json): Part | undefined {
  if (asList(search_results).length > 0) return foundPart('search_results', search_results);
  return asList(citations).length > 0 ? foundPart('citations', citations) : undefined;
}

function foundPart(type: string, found: unknown): Part {
  return serverToolCallResponsePart(undefined, { type, [type]: snapshot(found) });
}

/** Streams have no usage unless the request asks for it. */
export const USAGE_REMEDY = 'stream_options.include_usage';

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

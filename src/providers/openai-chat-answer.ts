import type { Part } from '../core/messages.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_PROVIDER_NAME_VALUE_GROQ } from '../semconv/gen-ai.js';
import type { Usage } from '../core/record.js';
import { asList, asRecord, type Json } from './json.js';
import { serverToolCallResponsePart } from './part.js';
import { readUsage, type CountNames } from './usage.js';

/** Groq marks its answers; other servers are told by their host. */
export function answeredBy(body: Json): string | undefined {
  return asRecord(body['x_groq']) && GEN_AI_PROVIDER_NAME_VALUE_GROQ;
}

const SEARCHED = ['search_results', 'citations'];

/** What Perplexity and xAI searched before they answered: pages, or only their addresses. */
export function searchedPart(body: Json): Part | undefined {
  const type = SEARCHED.find((name) => asList(body[name]).length > 0);
  if (type === undefined) return undefined;
  return serverToolCallResponsePart(undefined, { type, [type]: snapshot(body[type]) });
}

/** Streams have no usage unless the request asks for it. */
export const USAGE_REMEDY = 'stream_options.include_usage';

/** Of Chat Completions and of all other APIs of OpenAI. */
export function readOpenaiUsage(usage: unknown): Usage | undefined {
  return readUsage(usage, COUNTS);
}

const INPUT_DETAILS: CountNames = {
  cached_tokens: 'cacheReadInputTokens',
  cache_write_tokens: 'cacheCreationInputTokens',
};
const OUTPUT_DETAILS: CountNames = { reasoning_tokens: 'reasoningOutputTokens' };

const COUNTS: CountNames = {
  prompt_tokens: 'inputTokens',
  input_tokens: 'inputTokens',
  completion_tokens: 'outputTokens',
  output_tokens: 'outputTokens',
  prompt_tokens_details: INPUT_DETAILS,
  input_tokens_details: INPUT_DETAILS,
  completion_tokens_details: OUTPUT_DETAILS,
  output_tokens_details: OUTPUT_DETAILS,
  // DeepSeek's name, and Mistral's.
  prompt_cache_hit_tokens: 'cacheReadInputTokens',
  num_cached_tokens: 'cacheReadInputTokens',
  // Ollama's.
  prompt_eval_count: 'inputTokens',
  eval_count: 'outputTokens',
};

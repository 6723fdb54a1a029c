import type { Usage } from '../core/record.js';
import { readUsage, type CountNames } from './usage.js';

/** Anthropic's own `input_tokens`, which stay among the raw numbers, are those that the cache did not serve. */
export function readAnthropicUsage(usage: unknown): Usage | undefined {
  return readUsage(usage, COUNTS);
}

const COUNTS: CountNames = {
  output_tokens: 'outputTokens',
  cache_read_input_tokens: 'cacheReadInputTokens',
  cache_creation_input_tokens: 'cacheCreationInputTokens',
  output_tokens_details: { thinking_tokens: 'reasoningOutputTokens' },
};

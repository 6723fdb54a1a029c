import type { Usage } from '../core/record.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { blockParts } from './anthropic-block.js';
import { asName } from './json.js';
import { FINISH_REASON_MISSING } from './part.js';
import type { ResponseReading } from './provider.js';
import { readUsage, withCachedInput, type Count } from './usage.js';

/** What is kept of a message, whether it came whole or in events. */
export interface AnthropicAnswer extends Pick<ResponseReading, 'id' | 'model' | 'usage' | 'error'> {
  stopReason?: string;
  role?: unknown;
  /** Content blocks, spelt as on the wire. */
  content: unknown;
}

export function readAnthropicAnswer(answer: AnthropicAnswer): ResponseReading {
  const { id, model, usage, error, stopReason, role, content } = answer;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    id,
    model,
    finishReasons: stopReason === undefined ? undefined : [stopReason],
    usage: withCachedInput(usage, 'input_tokens'),
    error,
    output: () => [
      {
        role: asName(role) ?? 'assistant',
        parts: blockParts(content),
        finish_reason: stopReason ?? FINISH_REASON_MISSING,
      },
    ],
  };
}

/** Anthropic's own `input_tokens`, which stay among the raw numbers, are those that the cache did not serve. */
export function readAnthropicUsage(usage: unknown): Usage | undefined {
  return readUsage(usage, COUNTS);
}

const COUNTS = new Map<string, Count>([
  ['output_tokens', 'outputTokens'],
  ['cache_read_input_tokens', 'cacheReadInputTokens'],
  ['cache_creation_input_tokens', 'cacheCreationInputTokens'],
  ['output_tokens_details.thinking_tokens', 'reasoningOutputTokens'],
]);

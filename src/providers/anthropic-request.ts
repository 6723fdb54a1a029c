import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { asList, asRecord, asText, hasOwn, own, type Json } from './json.js';
import type { RequestReading } from './provider.js';
import { readRequest } from './request.js';

/** Takes any `messages`: Chat Completions, which is asked first, leaves it those that only Anthropic understands. */
export function readAnthropicRequest(value: object): RequestReading | undefined {
  const body = value as Json;
  if (!Array.isArray(own(body, 'messages'))) return undefined;
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, body);
}

/** True for a request with something in it that only Anthropic understands. */
export function isAnthropicRequest(body: Json): boolean {
  if (hasOwn(body, 'max_tokens') && (hasOwn(body, 'system') || hasOwn(body, 'stop_sequences'))) return true;
  return asList(body['tools']).some(isAnthropicTool) || asList(body['messages']).some(hasAnthropicBlock);
}

/** One of the application's, or one of Anthropic's own, whose types are dated: `web_search_20250305`. */
function isAnthropicTool(tool: unknown): boolean {
  if (hasOwn(tool, 'input_schema')) return true;
  return !hasOwn(tool, 'function') && /_20\d{6}$/.test(asText(own(tool, 'type')) ?? '');
}

function hasAnthropicBlock(message: unknown): boolean {
  return asList(own(message, 'content')).some(isAnthropicBlock);
}

function isAnthropicBlock(block: unknown): boolean {
  const type = asText(own(block, 'type')) ?? '';
  if (/^((server_)?tool_use|tool_result|redacted_thinking)$/.test(type)) return true;
  // Mistral's has a list.
  if (type === 'thinking') return typeof own(block, 'thinking') === 'string';
  return /^(image|document)$/.test(type) && asRecord(own(block, 'source')) !== undefined;
}

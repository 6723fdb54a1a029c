import type { Part } from '../core/messages.js';
import { blockParts } from './anthropic-block.js';
import { asList, asName, asRecord, asText, hasOwn, type Json } from './json.js';
import { openaiPart, openaiParts } from './openai-part.js';
import { base64Part, filePart, modalityOf, reasoningPart, urlPart } from './part.js';

/** A message of any of LangChain's classes. */
export function isLangchainMessage(value: unknown): value is Json {
  return hasOwn(value, 'lc_namespace') && hasOwn(value, 'additional_kwargs') && hasOwn(value, 'content');
}

/** A model's: `AIMessage` or `AIMessageChunk`. */
export function isLangchainAnswer(value: unknown): value is Json {
  return isLangchainMessage(value) && hasOwn(value, 'invalid_tool_calls');
}

const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant' };

/** The same message with the names of Chat Completions. Nothing is copied, and its content stays as LangChain spells it. */
export function wireMessage(message: Json): Json {
  const { type, role, name, content, tool_call_id, tool_calls, invalid_tool_calls } = message;
  const kwargs = asRecord(message['additional_kwargs']) ?? {};
  const { __openai_role__, reasoning_content, refusal, audio, tool_outputs, function_call } = kwargs;
  const calls = [...asList(tool_calls), ...asList(invalid_tool_calls)].map(wireCall);
  return {
    role: asName(__openai_role__) ?? asName(role) ?? ROLES[asText(type) ?? ''] ?? type,
    name,
    content,
    tool_call_id,
    reasoning_content,
    refusal,
    audio,
    // Those that OpenAI ran itself.
    executed_tools: tool_outputs,
    tool_calls: calls,
    function_call: calls.length > 0 ? undefined : function_call,
  };
}

/** `{ id, name, args }`, or a piece of one. */
export function wireCall(value: unknown): Json {
  const { index, id, name, args } = asRecord(value) ?? {};
  return { index, id, function: { name, arguments: args } };
}

/** The message has its calls beside its content. */
const CALLS = new Set(['tool_use', 'tool_call', 'tool_call_chunk', 'function_call', 'input_json_delta']);

/**
 * Content as LangChain passes it on: a text, or blocks under its own names (those of two generations), or under those
 * of OpenAI or Anthropic.
 */
export function blockContent(content: unknown): Part[] {
  return Array.isArray(content) ? content.flatMap(readBlock) : openaiParts(content);
}

function readBlock(value: unknown): Part[] {
  const block = asRecord(value);
  const type = asText(block?.['type']) ?? '';
  if (block === undefined) return [openaiPart(value)];
  if (CALLS.has(type)) return [];
  if (type === 'reasoning') return [reasoningPart(block['reasoning'])].filter((part) => part !== undefined);
  const media = MEDIA.has(type) ? readMedia(block, type) : undefined;
  if (media !== undefined) return [media];
  const isAnthropic = hasOwn(block, 'source') || /(_use|_result|^redacted_thinking)$/.test(type);
  return isAnthropic ? blockParts([block]) : [openaiPart(block)];
}

const MEDIA = new Set(['image', 'audio', 'video', 'file']);

function readMedia(block: Json, type: string): Part | undefined {
  const { data, url, source_type, id } = block;
  const mime = asText(block['mimeType'] ?? block['mime_type']);
  const modality = modalityOf(type === 'file' ? mime : type);
  const fileId = block['fileId'] ?? block['file_id'] ?? (source_type === 'id' ? id : undefined);
  return base64Part(data, modality, mime) ?? urlPart(url, modality, mime) ?? filePart(fileId, modality);
}

import type { Message, Part } from '../core/messages.js';
import { asList, asName, asRecord, type Json } from './json.js';
import { openaiParts, openaiToolResult } from './openai-part.js';
import {
  otherMessage,
  otherPart,
  reasoningPart,
  serverToolCallPart,
  serverToolCallResponsePart,
  toolCallPart,
  toolCallResponsePart,
} from './part.js';
import { toolArguments } from './tool-arguments.js';

/** The input of a Responses request as messages: all that the model did between two turns is one of them. */
export function itemMessages(input: unknown): Message[] {
  if (!Array.isArray(input)) return [{ role: 'user', parts: openaiParts(input) }];
  const messages: Message[] = [];
  for (const value of input) {
    const message = itemMessage(value);
    const last = messages.at(-1);
    if (last?.role === 'assistant' && message.role === 'assistant') last.parts.push(...message.parts);
    else if (message.parts.length > 0) messages.push(message);
  }
  return messages;
}

function itemMessage(value: unknown): Message {
  const item = asRecord(value);
  if (item === undefined) return otherMessage(value);
  const role = asName(item['role']) ?? (isToolOutput(asName(item['type'])) ? 'tool' : 'assistant');
  return { role, parts: itemParts(item) };
}

/** What one item of a request's input, or of a response's output, says. */
export function itemParts(value: unknown): Part[] {
  const item = asRecord(value);
  if (item === undefined) return [otherPart(value)];
  const type = asName(item['type']);
  switch (type) {
    case 'reasoning':
      return reasoningParts(item);
    case 'function_call':
      return [toolCallPart(item['call_id'], item['name'], item['arguments'])];
    case 'custom_tool_call':
      return [toolCallPart(item['call_id'], item['name'], item['input'])];
  }
  // A message of a request may leave out its type.
  if (type === 'message' || (type === undefined && 'role' in item)) return openaiParts(item['content']);
  if (isToolOutput(type)) return [toolCallResponsePart(item['call_id'], openaiToolResult(item['output']))];
  if (type?.endsWith('_call')) return serverToolCall(item, type.slice(0, -'_call'.length));
  if (type?.endsWith('_output')) return [serverToolOutput(item, type.slice(0, -'_output'.length))];
  return [otherPart(item)];
}

/** A summary, or (of open models) the reasoning itself. Encrypted reasoning says nothing. */
function reasoningParts(item: Json): Part[] {
  return [...asList(item['summary']), ...asList(item['content'])]
    .map((piece) => reasoningPart(asRecord(piece)?.['text']))
    .filter((part) => part !== undefined);
}

/** Outputs of tools that the application ran; `tool_search_output` and its like come from the provider. */
function isToolOutput(type: string | undefined): boolean {
  return type?.endsWith('_call_output') === true;
}

/** Members of a server tool's call that hold what came out of it. */
const RESULTS = new Set([
  'results',
  'outputs',
  'output',
  'result',
  'error',
  // Groq's.
  'search_results',
  'code_results',
  'browser_results',
]);
/** Members that every item has, and that the part spells itself. */
const ENVELOPE = new Set(['type', 'id', 'call_id', 'status', 'name', 'index']);

/** `web_search_call`, `code_interpreter_call`, `mcp_call`…: the call and its results are one item. */
export function serverToolCall(item: Json, type: string): Part[] {
  const call: Record<string, unknown> = {};
  const response: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(item)) {
    if (ENVELOPE.has(key) || value === null || value === undefined) continue;
    if (RESULTS.has(key)) response[key] = value;
    else call[key] = key === 'arguments' ? toolArguments(value) : value;
  }
  const id = item['call_id'] ?? item['id'];
  const part = serverToolCallPart(id, asName(item['name']) ?? type, { ...call, type });
  if (Object.keys(response).length === 0) return [part];
  return [part, serverToolCallResponsePart(id, { ...response, type })];
}

function serverToolOutput(item: Json, type: string): Part {
  const members = Object.entries(item).filter(([key, value]) => !ENVELOPE.has(key) && value !== null);
  return serverToolCallResponsePart(item['call_id'] ?? item['id'], { ...Object.fromEntries(members), type });
}

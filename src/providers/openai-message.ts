import type { Message, Part, ToolDefinition } from '../core/messages.js';
import { asList, asName, asRecord, asText, hasOwn, type Json } from './json.js';
import { openaiParts, openaiToolResult, refusalPart } from './openai-part.js';
import {
  base64Part,
  filePart,
  otherMessage,
  otherPart,
  reasoningPart,
  toolCallPart,
  toolCallResponsePart,
} from './part.js';

/** One message of a Chat Completions request. */
export function openaiMessage(value: unknown): Message {
  const message = asRecord(value);
  if (message === undefined || !('role' in message || 'content' in message)) return otherMessage(value);
  const name = asName(message['name']);
  const role = asText(message['role']) ?? 'user';
  // `function` is the legacy spelling, which answers by the function's name instead of an id.
  if (role === 'tool' || role === 'function') {
    const response = openaiToolResult(message['content']);
    return { role: 'tool', parts: [toolCallResponsePart(message['tool_call_id'], response)], name };
  }
  return { role, parts: messageParts(message), name };
}

/** What a message says, in the order in which a model comes to it. */
export function messageParts(message: Json): Part[] {
  const reasoning = reasoningPart(message['reasoning_content']) ?? reasoningPart(message['reasoning']);
  const refusal = refusalPart(message['refusal']);
  return [
    ...(reasoning ? [reasoning] : []),
    ...openaiParts(message['content']).filter((part) => !isEmptyText(part)),
    ...(refusal ? [refusal] : []),
    ...audioParts(asRecord(message['audio'])),
    ...asList(message['tool_calls']).map(toolCall),
    ...legacyCall(asRecord(message['function_call'])),
  ];
}

/** Of the functions that a request offers, in today's spelling and in the legacy one. */
export function openaiTools(body: Json): ToolDefinition[] | undefined {
  const tools = [
    ...asList(body['tools']).map(openaiTool),
    ...asList(body['functions']).map((value) => definition('function', asRecord(value))),
  ].filter((tool) => tool !== undefined);
  return tools.length > 0 ? tools : undefined;
}

/** `{ type, function: {…} }` of Chat Completions, or `{ type, name, … }` of Responses. */
function openaiTool(value: unknown): ToolDefinition | undefined {
  const tool = asRecord(value);
  if (tool === undefined) return undefined;
  const type = asName(tool['type']) ?? 'function';
  return definition(type, asRecord(tool[type]) ?? tool);
}

function definition(type: string, tool: Json | undefined): ToolDefinition | undefined {
  if (tool === undefined) return undefined;
  const described: ToolDefinition = { type, name: asName(tool['name']) ?? asName(tool['server_label']) ?? type };
  const description = asText(tool['description']);
  if (description !== undefined) described.description = description;
  if (hasOwn(tool, 'parameters')) described.parameters = tool['parameters'];
  return described;
}

function toolCall(value: unknown): Part {
  const call = asRecord(value);
  const called = asRecord(call?.['function']) ?? asRecord(call?.['custom']);
  if (called === undefined) return otherPart(value);
  return toolCallPart(call?.['id'], called['name'], called['arguments'] ?? called['input']);
}

function legacyCall(call: Json | undefined): Part[] {
  return call === undefined ? [] : [toolCallPart(undefined, call['name'], call['arguments'])];
}

/** In an answer the audio itself and what it says; in a request the id of an earlier answer's. */
function audioParts(audio: Json | undefined): Part[] {
  if (audio === undefined) return [];
  const sound = base64Part(audio['data'], 'audio') ?? filePart(audio['id'], 'audio');
  const transcript = asText(audio['transcript']);
  return [...(transcript ? [{ type: 'text', content: transcript }] : []), ...(sound ? [sound] : [])];
}

/** Many servers send `""` beside tool calls or reasoning. */
function isEmptyText(part: Part): boolean {
  return part.type === 'text' && 'content' in part && part.content === '';
}

import type { Message, Part, ToolDefinition } from '../core/messages.js';
import { asList, asName, asRecord, asText, hasOwn, type Json } from './json.js';
import { openaiParts, openaiToolResult, refusalPart } from './openai-part.js';
import { serverToolCall } from './openai-responses-item.js';
import {
  base64Part,
  filePart,
  otherMessage,
  otherPart,
  reasoningPart,
  toolCallPart,
  toolCallResponsePart,
} from './part.js';

type ReadContent = (content: unknown) => Part[];

/** One message of a Chat Completions request. */
export function openaiMessage(value: unknown): Message {
  return readMessage(value, openaiParts);
}

/** The same of frameworks that took over its names but not how it spells content. */
export function readMessage(value: unknown, readContent: ReadContent): Message {
  const message = asRecord(value);
  if (message === undefined || !('role' in message || 'content' in message)) return otherMessage(value);
  const name = asName(message['name']);
  const role = asName(message['role']) ?? 'user';
  // `function` is the legacy spelling, which answers by the function's name instead of an id.
  if (role === 'tool' || role === 'function') {
    const response = openaiToolResult(message['content']);
    return { role: 'tool', parts: [toolCallResponsePart(message['tool_call_id'], response)], name };
  }
  return { role, parts: messageParts(message, readContent), name };
}

/** What a message says, in the order in which a model comes to it. */
export function messageParts(message: Json, readContent: ReadContent = openaiParts): Part[] {
  const reasoning = reasoningPart(message['reasoning_content']) ?? reasoningPart(message['reasoning']);
  const refusal = refusalPart(message['refusal']);
  return [
    ...planParts(message['tool_plan']),
    ...(reasoning ? [reasoning] : []),
    ...asList(message['executed_tools']).flatMap(executedTool),
    ...readContent(message['content']).filter((part) => !isEmptyText(part)),
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

/** A tool that Groq ran itself. */
function executedTool(value: unknown): Part[] {
  const tool = asRecord(value);
  return tool === undefined ? [otherPart(value)] : serverToolCall(tool, asName(tool['type']) ?? 'tool');
}

/** What Cohere's models say of the tools that they are about to call. */
export function planParts(plan: unknown): Part[] {
  return typeof plan === 'string' && plan !== '' ? [{ type: 'tool_plan', content: plan }] : [];
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

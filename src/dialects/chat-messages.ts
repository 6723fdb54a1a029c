import type { Spread, SpreadEvent } from '../core/content-family.js';
import { messagesIn, textOf, textOrJson, type MessageData, type PartData } from '../core/message-data.js';

/** Messages in the shape of OpenAI's chat completions, which most backends show as a conversation. */
export interface ChatMessage {
  role: string;
  name?: string;
  content?: unknown;
  tool_calls?: ChatToolCall[];
  tool_call_id?: string;
}

export interface ChatToolCall {
  id?: string;
  type: 'function';
  function: { name: string; arguments?: string };
}

/** One message may be several: each result of a tool is one of its own. */
export function chatMessages(messages: readonly MessageData[]): ChatMessage[] {
  return messages.flatMap((message) => {
    const { role, name, parts } = message;
    const responses = parts.filter(({ type }) => type === 'tool_call_response').map(toolResult);
    const rest = parts.filter(({ type }) => type !== 'tool_call_response');
    if (rest.length === 0 && responses.length > 0) return responses;
    const calls = rest.filter(({ type }) => type === 'tool_call').map(toolCall);
    const content = contentOf(
      rest.filter(({ type }) => type !== 'tool_call'),
      message,
    );
    const chat: ChatMessage = { role, ...(name !== undefined && { name }), ...(content !== undefined && { content }) };
    if (calls.length > 0) chat.tool_calls = calls;
    return [...responses, chat];
  });
}

/** A text where there is nothing else, else a list of parts. */
function contentOf(parts: readonly PartData[], message: MessageData): unknown {
  if (parts.length === 0) return undefined;
  if (parts.every(({ type }) => type === 'text')) return textOf(message);
  return parts.map(contentPart);
}

function contentPart(part: PartData): object {
  const { type, content, uri, modality, mime_type } = part;
  if (type === 'text') return { type, text: content };
  if (type === 'uri' && modality === 'image') return { type: 'image_url', image_url: { url: uri } };
  if (type === 'blob') return { type, modality, mime_type, bytes: part['bytes'] };
  return part;
}

export function toolCall({ id, name, arguments: given }: PartData): ChatToolCall {
  const call: ChatToolCall = { type: 'function', function: { name: typeof name === 'string' ? name : '' } };
  const text = textOrJson(given);
  if (text !== undefined) call.function.arguments = text;
  return typeof id === 'string' ? { id, ...call } : call;
}

export function toolResult({ id, response }: PartData): ChatMessage {
  const content = textOrJson(response);
  return {
    role: 'tool',
    ...(typeof id === 'string' && { tool_call_id: id }),
    ...(content !== undefined && { content }),
  };
}

/** Roles that have an event of their own, in the conventions 1.28 to 1.36. */
const EVENTS: Readonly<Record<string, string>> = {
  system: 'gen_ai.system.message',
  developer: 'gen_ai.system.message',
  user: 'gen_ai.user.message',
  assistant: 'gen_ai.assistant.message',
  tool: 'gen_ai.tool.message',
};

/** One event for each message; the role is said where the name does not. */
export function messageEvents(data: unknown): SpreadEvent[] {
  return chatMessages(messagesIn(data)).map((message) => {
    const { role } = message;
    const event = EVENTS[role] ?? 'gen_ai.user.message';
    const isSaid = event === `gen_ai.${role}.message`;
    return [event, [...messageAttributes(message), ['role', isSaid ? undefined : role]]];
  });
}

function messageAttributes({ content, tool_calls, tool_call_id }: ChatMessage): Spread[] {
  return [
    ['content', textOrJson(content)],
    ['tool_calls', textOrJson(tool_calls)],
    ['id', tool_call_id],
  ];
}

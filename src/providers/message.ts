import type { Message, Part } from '../core/messages.js';
import { contentPart, contentParts, readServerCall, toolOutput } from './content-parts.js';
import { asList, asName, asRecord, own, type Json } from './json.js';
import {
  filePart,
  mediaPart,
  otherMessage,
  otherPart,
  reasoningPart,
  saidPart,
  toolCallPart,
  toolCallResponsePart,
} from './part.js';

/** One message of a request, in the names of Chat Completions or of those that are much like them. */
export function readMessage(value: unknown): Message {
  const message = asRecord(value);
  if (message === undefined || !('role' in message || 'content' in message)) return otherMessage(value);
  const name = asName(message['name'] ?? message['tool_name']);
  const role = asName(message['role']) ?? 'user';
  const { content } = message;
  // `function` is the legacy spelling, which answers by the function's name instead of an id. The AI SDK's content
  // tells of its own accord what is answered.
  if ((role === 'tool' && own(asList(content)[0], 'type') !== 'tool-result') || role === 'function') {
    return { role: 'tool', parts: [toolCallResponsePart(message['tool_call_id'], toolOutput(content))], name };
  }
  return { role, parts: messageParts(message), name };
}

/** What a message says, in the order in which a model comes to it. */
export function messageParts(message: Json): Part[] {
  const { content, tool_plan, reasoning_content, reasoning, thinking, executed_tools, refusal, audio } = message;
  const call = asRecord(message['function_call']);
  return [
    // What Cohere's models say of the tools that they are about to call.
    saidPart('tool_plan', tool_plan),
    reasoningPart(reasoning_content || reasoning || thinking),
    // Those that Groq ran itself.
    ...asList(executed_tools).flatMap(executedTool),
    ...contentParts(content).filter((part) => !isEmptyText(part)),
    saidPart('refusal', refusal),
    ...audioParts(asRecord(audio)),
    ...asList(message['tool_calls']).flatMap(toolCall),
    call && toolCallPart(undefined, call['name'], call['arguments']),
    ...imageParts(message['images']),
  ].filter((part) => part !== undefined);
}

function toolCall(value: unknown): Part[] {
  const call = asRecord(value);
  const called = asRecord(call?.['function']) ?? asRecord(call?.['custom']);
  if (called === undefined) return contentPart(value);
  return [toolCallPart(call?.['id'], called['name'], called['arguments'] ?? called['input']) ?? []].flat();
}

function executedTool(value: unknown): Part[] {
  const tool = asRecord(value);
  return tool === undefined ? [otherPart(value)] : readServerCall(tool, asName(tool['type']) ?? 'tool');
}

/** In an answer the audio itself and what it says; in a request the id of an earlier answer's. */
function audioParts({ transcript, data, id }: Json = {}): (Part | undefined)[] {
  return [saidPart('text', transcript), mediaPart(data, 'audio') ?? filePart(id, 'audio')];
}

/** Beside a message or a prompt: Ollama's as base64, OpenRouter's as parts. */
export function imageParts(images: unknown): Part[] {
  return asList(images).flatMap((image) => mediaPart(image, 'image') ?? (image ? contentPart(image) : []));
}

/** Many servers send `""` beside tool calls or reasoning. */
function isEmptyText(part: Part): boolean {
  return part.type === 'text' && 'content' in part && part.content === '';
}

import type { Message, Part } from '../core/messages.js';
import { asName, asRecord, asText, type Json } from './json.js';
import {
  base64Part,
  filePart,
  otherMessage,
  otherPart,
  reasoningPart,
  serverToolCallPart,
  serverToolCallResponsePart,
  textPart,
  toolCallPart,
  toolCallResponsePart,
  urlPart,
  type Modality,
} from './part.js';

/** One message of a Messages request. A tool's result stays with the role that it was sent with: the user's. */
export function anthropicMessage(value: unknown): Message {
  const message = asRecord(value);
  if (message === undefined || !('role' in message || 'content' in message)) return otherMessage(value);
  return { role: asName(message['role']) ?? 'user', parts: blockParts(message['content']) };
}

/** Content as Anthropic spells it: a text, or a list of blocks. Citations are left out. */
export function blockParts(content: unknown): Part[] {
  if (Array.isArray(content)) return content.flatMap(blockPart);
  const part = textPart(content);
  return part === undefined ? [] : [part];
}

function blockPart(value: unknown): Part[] {
  const block = asRecord(value);
  if (block === undefined) return [textPart(value) ?? otherPart(value)];
  const type = asName(block['type']) ?? '';
  switch (type) {
    case 'text':
      return [textPart(block['text']) ?? otherPart(block)];
    case 'thinking':
      return defined(reasoningPart(block['thinking']));
    case 'redacted_thinking':
      // Its data are encrypted: only that it was there says anything.
      return [{ type }];
    case 'tool_use':
      return [toolCallPart(block['id'], block['name'], block['input'])];
    case 'tool_result':
      return [toolResult(block)];
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      return sourceParts(block, type);
    case 'container_upload':
      return defined(filePart(block['file_id'], 'document'));
  }
  if (type.endsWith('_use')) return [serverToolUse(block, type)];
  if (type.endsWith('_tool_result')) return [serverToolResult(block, type)];
  return [otherPart(block)];
}

function toolResult(block: Json): Part {
  const { tool_use_id, content, is_error } = block;
  const response = Array.isArray(content) ? blockParts(content) : content;
  const part = toolCallResponsePart(tool_use_id, response);
  return is_error === true ? { ...part, is_error } : part;
}

/** `server_tool_use` names the tool; `mcp_tool_use` also the server that has it. */
function serverToolUse(block: Json, type: string): Part {
  const { id, input, server_name } = block;
  const name = asName(block['name']) ?? type;
  const call = type === 'mcp_tool_use' ? { type: 'mcp', server_name, input } : { type: name, input };
  return serverToolCallPart(id, name, call);
}

function serverToolResult(block: Json, type: string): Part {
  const { tool_use_id, content } = block;
  return serverToolCallResponsePart(tool_use_id, { type: type.slice(0, -'_tool_result'.length), content });
}

/** `{ source: { type: 'base64' | 'url' | 'file' | 'text' | 'content', … } }` */
function sourceParts(block: Json, modality: Modality): Part[] {
  const source = asRecord(block['source']);
  switch (source?.['type']) {
    case 'base64':
      return defined(base64Part(source['data'], modality, asText(source['media_type'])) ?? otherPart(block));
    case 'url':
      return defined(urlPart(source['url'], modality) ?? otherPart(block));
    case 'file':
      return defined(filePart(source['file_id'], modality) ?? otherPart(block));
    case 'text':
      return defined(textPart(source['data']) ?? otherPart(block));
    case 'content':
      return blockParts(source['content']);
  }
  return [otherPart(block)];
}

function defined(part: Part | undefined): Part[] {
  return part === undefined ? [] : [part];
}

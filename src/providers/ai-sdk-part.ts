import { Media } from '../core/media.js';
import type { Message, Part, ToolDefinition } from '../core/messages.js';
import { asList, asName, asRecord, asText, type Json } from './json.js';
import {
  base64Part,
  filePart,
  modalityOf,
  otherMessage,
  otherPart,
  reasoningPart,
  serverToolCallPart,
  serverToolCallResponsePart,
  textPart,
  toolCallPart,
  toolCallResponsePart,
  urlPart,
} from './part.js';

/** One message of a prompt, as models get it or as the SDK's functions take it. */
export function aiSdkMessage(value: unknown): Message {
  const message = asRecord(value);
  const role = asName(message?.['role']);
  if (message === undefined || role === undefined) return otherMessage(value);
  const { content } = message;
  const text = textPart(content);
  return { role, parts: text ? [text] : asList(content).flatMap(aiSdkPart) };
}

/** One part of a message or of an answer; none for reasoning that its provider keeps to itself. */
export function aiSdkPart(value: unknown): Part[] {
  const part = asRecord(value);
  if (part === undefined) return [textPart(value) ?? otherPart(value)];
  switch (part['type']) {
    case 'text':
      return [textPart(part['text']) ?? otherPart(part)];
    case 'reasoning': {
      const reasoning = reasoningPart(part['text']);
      return reasoning === undefined ? [] : [reasoning];
    }
    case 'file':
    case 'image':
    case 'reasoning-file':
      return [mediaPart(part) ?? otherPart(part)];
    case 'tool-call':
      return [toolCall(part)];
    case 'tool-result':
    case 'tool-error':
      return [toolResult(part)];
    default:
      return [otherPart(part)];
  }
}

function toolCall({ toolCallId, toolName, input, providerExecuted }: Json): Part {
  if (providerExecuted !== true) return toolCallPart(toolCallId, toolName, input);
  const name = asText(toolName) ?? '';
  return serverToolCallPart(toolCallId, name, { type: name, input });
}

/** Of a prompt `{ type, value }`, of a provider's own tool a `result`, of the SDK's functions what the tool returned. */
function toolResult({ toolCallId, toolName, output, result, error, providerExecuted }: Json): Part {
  if (result !== undefined || providerExecuted === true) {
    return serverToolCallResponsePart(toolCallId, { type: asText(toolName) ?? '', result: result ?? output });
  }
  const { type, value } = asRecord(output) ?? {};
  const isTagged = typeof type === 'string' && value !== undefined;
  if (!isTagged) return toolCallResponsePart(toolCallId, output ?? error);
  return toolCallResponsePart(toolCallId, type === 'content' ? asList(value).flatMap(resultPart) : value);
}

/** `file-data`, `file-url`, `image-data`, `image-url` and `media` came before there was one `file`. */
function resultPart(value: unknown): Part[] {
  const part = asRecord(value);
  const type = asName(part?.['type']) ?? '';
  if (part === undefined || !/^(file|image|media)\b/.test(type)) return aiSdkPart(value);
  return [
    mediaPart({ image: type.startsWith('image'), ...part, data: part['data'] ?? part['url'] }) ?? otherPart(part),
  ];
}

/** Bytes, base64 or a URL; since version 7 tagged as what it is. An image of the SDK's functions has no media type. */
function mediaPart({ data, image, file, mediaType, base64Data }: Json): Part | undefined {
  const generated = asRecord(file);
  if (generated !== undefined) return mediaPart(generated);
  const mime = asName(mediaType);
  const modality = image === undefined || image === false ? modalityOf(mime) : 'image';
  const source = data ?? base64Data ?? image;
  const tagged = source instanceof Media ? undefined : asRecord(source);
  if (tagged?.['type'] === 'text') return textPart(tagged['text']);
  if (tagged?.['reference'] !== undefined)
    return filePart(Object.values(asRecord(tagged['reference']) ?? {})[0], modality);
  const content = tagged === undefined ? source : (tagged['data'] ?? tagged['url']);
  const isUrl = typeof content === 'string' && /^[a-z][a-z0-9+.-]*:/i.test(content);
  return isUrl ? urlPart(content, modality, mime) : base64Part(content, modality, mime);
}

export function aiSdkTool(value: unknown): ToolDefinition[] {
  const tool = asRecord(value);
  const name = asName(tool?.['name']);
  if (tool === undefined || name === undefined) return [];
  const definition: ToolDefinition = { type: asName(tool['type']) ?? 'function', name };
  const description = asText(tool['description']);
  if (description !== undefined) definition.description = description;
  const parameters = tool['inputSchema'] ?? tool['args'];
  if (parameters !== undefined) definition.parameters = parameters;
  return [definition];
}

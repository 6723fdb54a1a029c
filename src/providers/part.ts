import { dataUrlMedia, decodedLength, Media } from '../core/media.js';
import type { GenericPart, Message, Part } from '../core/messages.js';
import { asName, asRecord, asText } from './json.js';
import { toolArguments } from './tool-arguments.js';

/** `finish_reason` of a message that never got one. */
export const FINISH_REASON_MISSING = 'error';

export type Modality = 'image' | 'audio' | 'video' | 'document';

/** Text, or the media that a snapshot found in its place: people paste base64 into prompts. */
export function textPart(value: unknown): Part | undefined {
  if (value instanceof Media) return blobPart(value);
  return typeof value === 'string' ? { type: 'text', content: value } : undefined;
}

/** Undefined for empty reasoning: providers that keep theirs secret send it so. */
export function reasoningPart(value: unknown): Part | undefined {
  const part = value === '' ? undefined : textPart(value);
  return part?.type === 'text' ? { ...part, type: 'reasoning' } : part;
}

/** What is said in a member of its own. For a refusal or a plan the conventions have no part; the API's name says most. */
export function saidPart(type: string, text: unknown): Part | undefined {
  const content = asText(text);
  return content ? { type, content } : undefined;
}

/** Undefined where nothing is called: servers send empty lists of calls, and deltas that say no more than an index. */
export function toolCallPart(id: unknown, name: unknown, input: unknown): Part | undefined {
  if ((asName(id) ?? asName(name) ?? (input || undefined)) === undefined) return undefined;
  return { type: 'tool_call', id: asName(id), name: asText(name) ?? '', arguments: toolArguments(input) };
}

/** `response` is a text, a list of parts, or any JSON value. */
export function toolCallResponsePart(id: unknown, response: unknown): Part {
  return { type: 'tool_call_response', id: asName(id), response: response ?? null };
}

export function serverToolCallPart(id: unknown, name: string, call: { type: string; [member: string]: unknown }): Part {
  return { type: 'server_tool_call', id: asName(id), name, server_tool_call: call };
}

export function serverToolCallResponsePart(id: unknown, response: { type: string; [member: string]: unknown }): Part {
  return { type: 'server_tool_call_response', id: asName(id), server_tool_call_response: response };
}

/** Media as a data URL or as bare base64; any other URL, or the path of a file, is only named. */
export function mediaPart(media: unknown, modality?: Modality, mime?: string): Part | undefined {
  if (media instanceof Media) return blobPart(media, modality, mime);
  if (typeof media !== 'string' || media === '') return undefined;
  if (media.startsWith('data:') || !/[^\w+/=\s-]/.test(media)) {
    return blobPart(dataUrlMedia(media) ?? new Media(mime, decodedLength(media)), modality, mime);
  }
  return { type: 'uri', modality: modality ?? modalityOf(mime), mime_type: mime, uri: media };
}

/** Media that the provider already has. */
export function filePart(id: unknown, modality?: Modality, mime?: string): Part | undefined {
  const file = asName(id);
  return file === undefined ? undefined : { type: 'file', modality: modality ?? modalityOf(mime), file_id: file };
}

/** The type's own members make these parts; another piece of that name would pass for a malformed one. */
const CONVENTIONAL = /^(text|reasoning|(server_)?tool_call(_response)?|blob|file|uri)$/;

/** A piece without a convention, under its own type. */
export function otherPart(value: unknown): GenericPart {
  const piece = asRecord(value);
  const type = asName(piece?.['type']);
  if (type === undefined || CONVENTIONAL.test(type)) return { type: 'unknown', content: value ?? null };
  return { ...piece, type };
}

/** What stands in a list of messages that is none: a snapshot of a long list says how many it left out. */
export function otherMessage(value: unknown): Message {
  return { role: 'omitted', parts: [textPart(value) ?? otherPart(value)] };
}

function modalityOf(mime: string | undefined): Modality {
  const kind = mime?.split('/', 1)[0];
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}

function blobPart(media: Media, modality?: Modality, mime?: string): Part {
  const type = media.mime ?? mime;
  return { type: 'blob', modality: modality ?? modalityOf(type), mime_type: type, content: '', bytes: media.bytes };
}

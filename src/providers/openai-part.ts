import type { Part } from '../core/messages.js';
import { asList, asRecord, asText, hasOwn, type Json } from './json.js';
import { base64Part, filePart, modalityOf, otherPart, reasoningPart, textPart, urlPart } from './part.js';

/** Content as OpenAI's APIs, and those that follow them, spell it: a text, or a list of typed parts. */
export function openaiParts(content: unknown): Part[] {
  if (Array.isArray(content)) return content.map(openaiPart);
  const part = textPart(content);
  return part === undefined ? [] : [part];
}

/** A tool's result: text stays text, content becomes parts, and what a shell printed stays as it is. */
export function openaiToolResult(output: unknown): unknown {
  const isContent =
    Array.isArray(output) && output.every((piece) => hasOwn(piece, 'type') || typeof piece === 'string');
  return isContent ? openaiParts(output) : output;
}

export function openaiPart(value: unknown): Part {
  const part = asRecord(value);
  const read = READERS.get(asText(part?.['type']) ?? '');
  return (part && read?.(part)) ?? textPart(value) ?? otherPart(value);
}

const READERS = new Map<string, (part: Json) => Part | undefined>([
  ['text', readText],
  ['input_text', readText],
  ['output_text', readText],
  ['thinking', readThinking],
  ['refusal', (part) => refusalPart(part['refusal'])],
  ['image_url', (part) => urlPart(urlOf(part['image_url']), 'image')],
  ['input_image', (part) => urlPart(urlOf(part['image_url']), 'image') ?? filePart(part['file_id'], 'image')],
  ['document_url', (part) => urlPart(part['document_url'], 'document')],
  ['video_url', (part) => urlPart(urlOf(part['video_url']), 'video')],
  ['input_audio', readAudio],
  ['file', (part) => readFile(asRecord(part['file']) ?? part)],
  ['input_file', readFile],
]);

/** The conventions have no part for a refusal; the API's own name for it says most. */
export function refusalPart(refusal: unknown): Part | undefined {
  const content = asText(refusal);
  return content === undefined || content === '' ? undefined : { type: 'refusal', content };
}

function readText(part: Json): Part | undefined {
  return textPart(part['text']);
}

/** Mistral's models think in a list of text parts. */
function readThinking(part: Json): Part | undefined {
  const { thinking } = part;
  if (!Array.isArray(thinking)) return reasoningPart(thinking);
  return reasoningPart(
    asList(thinking)
      .map((piece) => asText(asRecord(piece)?.['text']) ?? '')
      .join(''),
  );
}

function urlOf(value: unknown): unknown {
  const named = asRecord(value);
  return named !== undefined && 'url' in named ? named['url'] : value;
}

function readAudio(part: Json): Part | undefined {
  const audio = asRecord(part['input_audio']);
  const format = asText(audio?.['format']);
  // Mistral's is the sound itself.
  return base64Part(audio === undefined ? part['input_audio'] : audio['data'], 'audio', format && `audio/${format}`);
}

function readFile(file: Json | undefined): Part | undefined {
  const inline = base64Part(file?.['file_data'], 'document');
  if (inline !== undefined && 'mime_type' in inline) {
    return { ...inline, modality: modalityOf(asText(inline.mime_type)) };
  }
  return inline ?? urlPart(file?.['file_url'], 'document') ?? filePart(file?.['file_id'], 'document');
}

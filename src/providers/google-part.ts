import type { Message, Part } from '../core/messages.js';
import { asName, asRecord, asText, hasOwn, own, type Json } from './json.js';
import {
  base64Part,
  modalityOf,
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
import { wireNames } from './wire-names.js';

/** Contents as Google's SDK takes them: texts and parts are one turn of the user's, and contents a turn each. */
export function googleMessages(contents: unknown): Message[] {
  const isTurns = Array.isArray(contents) && contents.some(isContent);
  return isTurns ? contents.map(googleMessage) : [googleMessage(contents)];
}

export function googleMessage(value: unknown): Message {
  const parts = googleParts(value);
  const role = asName(own(value, 'role')) ?? 'user';
  return { role: role === 'model' ? 'assistant' : role, parts };
}

/** A text, a part, a content, or a list of these. */
export function googleParts(content: unknown): Part[] {
  if (Array.isArray(content)) return content.flatMap(googleParts);
  return isContent(content) ? googleParts(content['parts']) : googlePart(content);
}

/** A turn: `{ role, parts }`. */
export function isContent(value: unknown): value is Json {
  return Array.isArray(own(value, 'parts'));
}

function googlePart(value: unknown): Part[] {
  const text = textPart(value);
  if (text !== undefined) return [text];
  // The REST API takes its names in both cases.
  const part = asRecord(wireNames(value, 2)) ?? {};
  for (const [name, read] of READERS) {
    const member = part[name];
    if (member === undefined || member === null) continue;
    const found = read(asRecord(member) ?? {}, part);
    return found === undefined ? [] : [found];
  }
  // A signature is encrypted.
  return hasOwn(part, 'thought_signature') ? [] : [otherPart(value)];
}

/** By the one member that says what a part is. */
const READERS: readonly (readonly [string, (member: Json, part: Json) => Part | undefined])[] = [
  [
    'text',
    (_, { text, thought }) => (thought === true ? reasoningPart(text) : text === '' ? undefined : textPart(text)),
  ],
  ['function_call', ({ id, name, args }) => toolCallPart(id, name, args)],
  // Gemini's calls need not have an id: the name tells which one is answered.
  ['function_response', ({ id, name, response }) => ({ ...toolCallResponsePart(id, response), name })],
  ['inline_data', (media) => base64Part(media['data'], modality(media), asText(media['mime_type']))],
  ['file_data', (media) => urlPart(media['file_uri'], modality(media), asText(media['mime_type']))],
  ['executable_code', serverCall],
  ['tool_call', serverCall],
  ['code_execution_result', serverResult],
  ['tool_response', serverResult],
];

/** Interactions tell it by the type of a content. */
function modality(media: Json): Modality {
  return (media['modality'] ?? modalityOf(asText(media['mime_type']))) as Modality;
}

const CODE_EXECUTION = 'code_execution';

function serverCall({ id, name, tool_type, ...call }: Json): Part {
  const type = asName(tool_type) ?? CODE_EXECUTION;
  return serverToolCallPart(id, asName(name) ?? type, { ...call, type });
}

function serverResult({ id, tool_type, ...result }: Json): Part {
  return serverToolCallResponsePart(id, { ...result, type: asName(tool_type) ?? CODE_EXECUTION });
}

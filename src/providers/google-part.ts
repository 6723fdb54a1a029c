import type { Message, Part } from '../core/messages.js';
import { contentPart } from './content-parts.js';
import { asName, own, type Json } from './json.js';

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
  // A chunk that only says how the model has ended has an empty text.
  return own(value, 'text') === '' ? [] : contentPart(value);
}

import type { Message, Part } from '../core/messages.js';
import { contentParts } from './content-parts.js';
import { asName, own, type Json } from './json.js';

/** Contents as Google's SDK takes them: texts and parts are one turn of the user's, and contents a turn each. */
export function googleMessages(contents: unknown): Message[] {
  const isTurns = Array.isArray(contents) && contents.some(isContent);
  return isTurns ? contents.map(googleMessage) : [googleMessage(contents)];
}

export function googleMessage(value: unknown): Message {
  const role = asName(own(value, 'role')) ?? 'user';
  return { role: role === 'model' ? 'assistant' : role, parts: googleParts(value) };
}

/** A text, a part, a content, or a list of these. */
function googleParts(content: unknown): Part[] {
  return contentParts(partsIn(content));
}

export function partsIn(content: unknown): unknown[] {
  return (
    [content]
      .flat()
      .flatMap((one) => (isContent(one) ? one['parts'] : one))
      // A chunk that only says how the model has ended has an empty text.
      .filter((part) => own(part, 'text') !== '')
  );
}

/** A turn: `{ role, parts }`. */
export function isContent(value: unknown): value is Json {
  return Array.isArray(own(value, 'parts'));
}

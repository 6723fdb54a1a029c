import type { Message } from '../core/messages.js';
import { contentPart, contentParts } from './content-parts.js';
import { asName, asRecord } from './json.js';
import { otherMessage } from './part.js';

/** The input of a Responses request as messages: all that the model did between two turns is one of them. */
export function itemMessages(input: unknown): Message[] {
  if (!Array.isArray(input)) return [{ role: 'user', parts: contentParts(input) }];
  const messages: Message[] = [];
  for (const value of input) {
    const message = itemMessage(value);
    const last = messages.at(-1);
    if (last?.role === 'assistant' && message.role === 'assistant') last.parts.push(...message.parts);
    else if (message.parts.length > 0) messages.push(message);
  }
  return messages;
}

function itemMessage(value: unknown): Message {
  const item = asRecord(value);
  if (item === undefined) return otherMessage(value);
  const type = asName(item['type']);
  const role = asName(item['role']) ?? (type?.endsWith('_call_output') ? 'tool' : 'assistant');
  // A message of a request may leave out its type.
  return { role, parts: type === undefined && 'role' in item ? contentParts(item['content']) : contentPart(item) };
}

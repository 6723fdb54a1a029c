import type { ValueFormat } from './placeholder.js';

/** What keeps a value from being rendered, as the rest of a sentence about it: `is a promise; await it first`. */
export class Unprintable extends Error {}

/**
 * A variable's value as text. `null` is empty text, a date ISO 8601, an object with a `toString` of its own what that
 * says, any other object or array JSON. `:list` puts each item on a line, `:lists` an empty line between lists.
 */
export function valueText(value: unknown, format: ValueFormat): string {
  switch (format) {
    case 'text':
      return plainText(value);
    case 'list':
      return listText(value);
    case 'lists':
      return itemsOf(value).map(listText).join('\n\n');
    case 'messages':
      return messagesOf(value).map(messageText).join('\n');
    default:
      throw new Unprintable('is no text: use promptMessages(variables, sdk)');
  }
}

/** The messages that a `MESSAGES:` variable holds, as they are. */
export function messagesOf(value: unknown): readonly HistoryMessage[] {
  if (value === null) return [];
  if (!Array.isArray(value) || !value.every(isMessage)) {
    throw new Unprintable('is no list of { role, content }');
  }
  return value;
}

interface HistoryMessage {
  readonly role: string;
  readonly content?: unknown;
}

function isMessage(value: unknown): value is HistoryMessage {
  return typeof value === 'object' && value !== null && typeof (value as { role?: unknown }).role === 'string';
}

function messageText({ role, content }: HistoryMessage): string {
  return `${role}: ${plainText(content ?? null)}`;
}

function listText(value: unknown): string {
  return itemsOf(value).map(plainText).join('\n');
}

export function itemsOf(value: unknown): readonly unknown[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...(value as ReadonlySet<unknown>)];
  throw new Unprintable('is no list');
}

export function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') return objectText(value);
  if (typeof value === 'function') throw new Unprintable('is a function; call it first');
  if (typeof value === 'symbol') throw new Unprintable('is a symbol');
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- it is a string, number, boolean or bigint
  return String(value);
}

function objectText(value: object): string {
  const { then, toString } = value as { then?: unknown; toString?: unknown };
  if (typeof then === 'function') throw new Unprintable('is a promise; await it first');
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  const isPlain = Array.isArray(value) || typeof toString !== 'function' || toString === Object.prototype.toString;
  try {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- it has one of its own
    return isPlain ? JSON.stringify(value) : String(value);
  } catch (failure) {
    throw new Unprintable('cannot be written as text', { cause: failure });
  }
}

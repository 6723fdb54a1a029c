import { settings } from './settings.js';

/** A value that fits, and whether something was cut off to make it fit. */
export interface Bounded {
  value: string;
  cut: boolean;
}

const CUT_MARK = '…[truncated]';
const CUT_MARK_BYTES = Buffer.byteLength(CUT_MARK);
const MIDDLE_MARK = '…[truncated]…';
const MIDDLE_MARK_BYTES = Buffer.byteLength(MIDDLE_MARK);
/** Texts are not cut shorter than this; where that is not enough, items are left out of the middle. */
const SHORTEST_TEXT_BYTES = 64;

/** `text` as well-formed UTF-8 of at most `mostBytes`, cut at a character. */
export function boundedText(text: string, mostBytes: number): Bounded {
  // No character takes more than three bytes of UTF-8 per UTF-16 unit.
  if (text.length * 3 <= mostBytes || Buffer.byteLength(text) <= mostBytes) return { value: text, cut: false };
  return { value: cutTextBytes(text, mostBytes), cut: true };
}

/** A value that is text already: JSON stays valid JSON. */
export function boundedAgain(text: string, mostBytes: number): Bounded {
  if (text.length * 3 <= mostBytes) return { value: text, cut: false };
  if (/^[[{"]/.test(text)) {
    try {
      return boundedJson(JSON.parse(text), mostBytes);
    } catch {
      // A text that only looks like it.
    }
  }
  return boundedText(text, mostBytes);
}

/**
 * `value` as JSON of at most `mostBytes`. Where it is larger, its longest texts are cut first, all to the same length,
 * so that the structure and every short text stay; then items are left out of the middle of its arrays. Of messages, the
 * texts of the oldest are cut first, in their middle, because the last ones say what the call was about.
 */
export function boundedJson(value: unknown, mostBytes: number): Bounded {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) return { value: 'null', cut: false };
  if (json.length * 3 <= mostBytes || Buffer.byteLength(json) <= mostBytes) return { value: json, cut: false };
  const fitted = isMessages(value) ? fittedMessages(value, mostBytes) : undefined;
  return { value: fitted ?? shrunkJson(value, mostBytes), cut: true };
}

/** Of the conventions (`parts`) or of a dialect (`content`). */
function isMessages(value: unknown): value is readonly object[] {
  if (!Array.isArray(value) || value.length < 2) return false;
  return value.every((item: unknown) => typeof item === 'object' && item !== null && 'role' in item);
}

/** Undefined where shorter texts are not enough. What the system says holds for all others, so it is cut last. */
function fittedMessages(messages: readonly object[], mostBytes: number): string | undefined {
  const items = messages.map((message) => JSON.stringify(message));
  let over = items.reduce((sum, item) => sum + Buffer.byteLength(item) + 1, 1) - mostBytes;
  const isSystem = (index: number): boolean => (messages[index] as { role?: unknown }).role === 'system';
  const byAge = [...messages.keys()];
  for (const index of [...byAge.filter((at) => !isSystem(at)), ...byAge.filter(isSystem)]) {
    if (over <= 0) break;
    const size = Buffer.byteLength(items[index] as string);
    const shorter = withShorterTexts(messages[index], size - over, withoutMiddle);
    over -= size - Buffer.byteLength(shorter);
    items[index] = shorter;
  }
  return over <= 0 ? `[${items.join(',')}]` : undefined;
}

function shrunkJson(value: unknown, mostBytes: number): string {
  const shorter = withShorterTexts(value, mostBytes, shorterText);
  return Buffer.byteLength(shorter) <= mostBytes ? shorter : sparseJson(value, mostBytes);
}

/** `value` as JSON of at most `mostBytes`, or as near as shortening its texts comes. */
function withShorterTexts(value: unknown, mostBytes: number, shorten: typeof shorterText): string {
  const sizes: number[] = [];
  const structure = jsonWith(value, (text) => {
    sizes.push(jsonBytes(text));
    return '';
  });
  // The quotes of an empty text are part of both.
  let level = levelFor(sizes, mostBytes - Buffer.byteLength(structure) + 2 * sizes.length);
  for (;;) {
    level = Math.max(level, SHORTEST_TEXT_BYTES);
    const shorter = jsonWith(value, (text) => shorten(text, level));
    if (level === SHORTEST_TEXT_BYTES || Buffer.byteLength(shorter) <= mostBytes) return shorter;
    level = Math.floor(level * 0.8);
  }
}

/** The length to which all longer texts are cut so that together they take `room` bytes. */
function levelFor(sizes: number[], room: number): number {
  const ascending = [...sizes].sort((one, other) => one - other);
  let left = room;
  for (let index = 0; index < ascending.length; index++) {
    const level = Math.floor(left / (ascending.length - index));
    const size = ascending[index] ?? 0;
    if (size > level) return level;
    left -= size;
  }
  return ascending.at(-1) ?? 0;
}

/** With the middle of its lists and the last members of its objects left out. */
function sparseJson(value: unknown, mostBytes: number): string {
  for (let items = 64; items >= 1; items >>= 1) {
    const shorten = (text: string): string => shorterText(text, SHORTEST_TEXT_BYTES);
    const sparse = jsonWith(value, shorten, (container) => thinned(container, items));
    if (Buffer.byteLength(sparse) <= mostBytes) return sparse;
  }
  return JSON.stringify(Array.isArray(value) ? [] : CUT_MARK).slice(0, Math.max(2, mostBytes));
}

function thinned(container: object, most: number): object {
  if (!Array.isArray(container)) return Object.fromEntries(Object.entries(container).slice(0, Math.max(most, 8)));
  const items = container as unknown[];
  return items.length <= most ? items : [...items.slice(0, most >> 1), ...items.slice(-((most + 1) >> 1))];
}

/** `value` as JSON with every text, and every object and array before its members, changed. */
function jsonWith(
  value: unknown,
  changeText: (text: string) => string,
  changeContainer = (container: object): object => container,
): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'string') return changeText(member);
    return typeof member === 'object' && member !== null ? changeContainer(member) : member;
  });
}

function shorterText(text: string, mostBytes: number): string {
  return jsonBytes(text) <= mostBytes ? text : cutTextBytes(text, Math.max(mostBytes - 2, CUT_MARK_BYTES));
}

function withoutMiddle(text: string, mostBytes: number): string {
  // The end of a text that was cut when it was captured is not its end, and may be half a secret.
  const isWhole = text.length <= settings().limits.valueBytes;
  if (!isWhole || jsonBytes(text) <= mostBytes) return shorterText(text, mostBytes);
  const half = (mostBytes - 2 - MIDDLE_MARK_BYTES) >> 1;
  return wholeCharacters(text, half) + MIDDLE_MARK + lastCharacters(text, half);
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function cutTextBytes(text: string, mostBytes: number): string {
  if (mostBytes <= CUT_MARK_BYTES) return wholeCharacters(text, mostBytes);
  return wholeCharacters(text, mostBytes - CUT_MARK_BYTES) + CUT_MARK;
}

function wholeCharacters(text: string, mostBytes: number): string {
  const bytes = Buffer.allocUnsafe(mostBytes);
  // Writes no part of a character.
  return bytes.toString('utf8', 0, bytes.write(text));
}

function lastCharacters(text: string, mostBytes: number): string {
  const bytes = Buffer.from(text.slice(-mostBytes)).subarray(-mostBytes);
  return bytes.toString().replace(/^\ufffd+/, '');
}

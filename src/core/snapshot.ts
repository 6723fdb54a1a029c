import { encodedMedia, Media } from './media.js';
import { settings, type Limits } from './settings.js';

/** Characters kept beyond the byte cap, so that a secret that straddles the cut is still recognised when masked. */
const MARGIN = 4096;
/** A snapshot keeps at most this many times the byte cap of text; what comes later is cut short. */
const TEXT_BUDGET = 8;
/** How far back from a cut the end of a word is looked for. */
const LONGEST_WORD = 256;
/** What is left of a text once the budget is used up. */
const SHORT_TEXT = 256;
/** Most nodes of one snapshot, whatever their depth. */
const MOST_NODES = 20_000;

/**
 * A structural copy of `value`: containers are copied, immutable strings are shared, media are replaced by their type
 * and size, long strings are cut (with a margin, see the gate). Later mutation cannot leak in, and what a cut string
 * was cut from is not retained. Getters on prototypes are not touched; an own getter that throws is named. Never throws.
 */
export function snapshot(value: unknown, limits: Limits = settings().limits): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return value;
  try {
    return copy(value, 0, walkOf(limits, memberOf));
  } catch {
    // A getter, a proxy, a `toJSON`: once more, naming what throws and keeping the rest.
    return carefulCopy(value, 0, walkOf(limits, carefulMember));
  }
}

/**
 * The same of what a method returned: no own getter is run, since the caller has not yet asked for what it may start.
 */
export function snapshotResult(value: unknown, limits: Limits = settings().limits): unknown {
  if (typeof value !== 'object' || value === null) return snapshot(value, limits);
  return carefulCopy(value, 0, walkOf(limits, memberWithoutGetters));
}

/** One string as a snapshot holds it: media replaced, cut with a margin. */
export function snapshotText(text: string, limits: Limits = settings().limits): string | Media {
  const longest = limits.valueBytes + MARGIN;
  return encodedMedia(text) ?? (text.length > longest ? cutText(text, longest) : text);
}

/**
 * Cuts a string without keeping the whole of it in memory, as a slice would. The word at the cut is left out: it may be
 * half a secret, and no margin helps where masking makes everything before it shorter.
 */
export function cutText(text: string, length: number): string {
  const head = text.slice(0, wordEnd(text, length));
  // eslint-disable-next-line no-control-regex -- the range is what fits one byte
  return /[^\x00-\xff]/.test(head)
    ? Buffer.from(head, 'utf16le').toString('utf16le')
    : Buffer.from(head, 'latin1').toString('latin1');
}

/** The end of the last word before `length`, or of anything that no secret holds; never within a character. */
function wordEnd(text: string, length: number): number {
  const first = Math.max(0, length - LONGEST_WORD);
  const tail = text.slice(first, length);
  const whole = /^.*\s/s.exec(tail) ?? /^.*[^\w\ud800-\udbff-]/s.exec(tail);
  return first + (whole?.[0].length ?? 0);
}

type Member = (holder: object, key: PropertyKey, depth: number, walk: Walk) => unknown;

/** One walk over a value: what it has room for yet, and where it is. */
interface Walk {
  readonly limits: Limits;
  /** Copies a member of a container at `depth`. */
  readonly member: Member;
  readonly ancestors: object[];
  textLeft: number;
  nodesLeft: number;
}

function walkOf(limits: Limits, member: Member): Walk {
  return { limits, member, ancestors: [], textLeft: limits.valueBytes * TEXT_BUDGET, nodesLeft: MOST_NODES };
}

function memberOf(holder: object, key: PropertyKey, depth: number, walk: Walk): unknown {
  return copy((holder as Record<PropertyKey, unknown>)[key], depth + 1, walk);
}

function carefulMember(holder: object, key: PropertyKey, depth: number, walk: Walk): unknown {
  try {
    return memberOf(holder, key, depth, walk);
  } catch (failure) {
    return thrown(failure);
  }
}

function memberWithoutGetters(holder: object, key: PropertyKey, depth: number, walk: Walk): unknown {
  try {
    const own = Array.isArray(holder) ? undefined : Object.getOwnPropertyDescriptor(holder, key);
    return own?.get === undefined ? memberOf(holder, key, depth, walk) : '[getter]';
  } catch (failure) {
    return thrown(failure);
  }
}

function carefulCopy(value: unknown, depth: number, walk: Walk): unknown {
  try {
    return copy(value, depth, walk);
  } catch (failure) {
    return thrown(failure);
  }
}

function copy(value: unknown, depth: number, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return copyText(value, walk);
    case 'object':
      return value === null ? null : copyObject(value, depth, walk);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
    case 'symbol':
      return copyText(value.toString(), walk);
    default:
      return `[Function: ${nameOf(value)}]`;
  }
}

function copyText(text: string, walk: Walk): string | Media {
  if (text.length >= SHORT_TEXT) {
    const media = encodedMedia(text);
    if (media !== undefined) return media;
    const longest = walk.textLeft > 0 ? walk.limits.valueBytes + MARGIN : SHORT_TEXT;
    if (text.length > longest) text = cutText(text, longest);
  }
  walk.textLeft -= text.length;
  return text;
}

function copyObject(value: object, depth: number, walk: Walk): unknown {
  const { ancestors } = walk;
  for (let level = 0; level < depth; level++) if (ancestors[level] === value) return '[circular]';
  if (depth >= walk.limits.depth) return Array.isArray(value) ? '[array]' : '[object]';
  if (--walk.nodesLeft < 0) return '[left out]';
  ancestors[depth] = value;
  if (Array.isArray(value)) return copyItems(value as unknown[], depth, walk);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null
    ? copyMembers(value, depth, walk)
    : copyInstance(value, depth, walk);
}

/** The first item, then from the last backwards: where the budget ends, it is the middle that is cut short. */
function copyItems(values: readonly unknown[], depth: number, walk: Walk): unknown[] {
  const total = values.length;
  const most = walk.limits.items;
  if (total > most) {
    const head = Math.max(1, most >> 1);
    const tail = Math.max(0, most - head);
    const first = copyItems(values.slice(0, head), depth, walk);
    const last = tail > 0 ? copyItems(values.slice(-tail), depth, walk) : [];
    return [...first, leftOut(total - head - tail), ...last];
  }
  const copies = new Array<unknown>(total);
  if (total > 0) copies[0] = walk.member(values, 0, depth, walk);
  for (let index = total - 1; index > 0; index--) {
    if (walk.textLeft <= 0 && index > 1) return [copies[0], leftOut(index), ...copies.slice(index + 1)];
    copies[index] = walk.member(values, index, depth, walk);
  }
  return copies;
}

function copyMembers(value: object, depth: number, walk: Walk): Record<string, unknown> {
  const copies: Record<string, unknown> = {};
  let count = 0;
  for (const key in value) {
    if (!Object.prototype.hasOwnProperty.call(value, key)) continue;
    if (++count > walk.limits.keys) {
      copies['…'] = '[more members left out]';
      break;
    }
    setMember(copies, key, walk.member(value, key, depth, walk));
  }
  return copies;
}

/** Adds a member of any name, `__proto__` too. */
export function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true });
  else target[name] = value;
}

function copyInstance(value: object, depth: number, walk: Walk): unknown {
  const { items, keys } = walk.limits;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Media) return value;
  if (value instanceof Map) {
    const entries = [...firstOf(value, keys + 1)];
    return entries.every(([key]) => typeof key === 'string')
      ? copyMembers(Object.fromEntries(entries) as object, depth, walk)
      : copyItems(entries, depth, walk);
  }
  if (value instanceof Set) return copyItems([...firstOf(value, items + 1)], depth, walk);
  if (value instanceof Error) {
    const { name, message, cause } = value;
    return copyMembers({ name, message, ...(cause !== undefined && { cause }) }, depth, walk);
  }
  if (value instanceof RegExp || value instanceof URL) return copyText(String(value), walk);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Media(undefined, value.byteLength);
  }
  if (value instanceof Blob) return new Media(value.type || undefined, value.size);
  // A promise or a stream is consumed by whoever it was made for, never by us.
  if ('then' in value || Symbol.asyncIterator in value || Symbol.iterator in value || 'getReader' in value) {
    return `[${nameOf(value.constructor) || 'Object'}]`;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return copy((value as { toJSON(): unknown }).toJSON(), depth + 1, walk);
  }
  return copyMembers(value, depth, walk);
}

function leftOut(items: number): string {
  return `[${items} items left out]`;
}

function* firstOf<T>(values: Iterable<T>, most: number): Iterable<T> {
  let count = 0;
  for (const value of values) {
    if (++count > most) return;
    yield value;
  }
}

function thrown(failure: unknown): string {
  return `[throws: ${nameOf(failure)}]`;
}

function nameOf(value: unknown): string {
  try {
    const name: unknown = (value as { name?: unknown } | null | undefined)?.name;
    return typeof name === 'string' ? name.slice(0, SHORT_TEXT) : '';
  } catch {
    return '';
  }
}

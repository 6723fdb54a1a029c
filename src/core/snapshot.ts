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
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined || value === null) return value;
  try {
    return new Walk(limits).copy(value, 0);
  } catch {
    return carefulSnapshot(value, limits);
  }
}

/** Something threw (a getter, a proxy, a `toJSON`): once more, naming what throws and keeping the rest. */
function carefulSnapshot(value: unknown, limits: Limits): unknown {
  try {
    return new CarefulWalk(limits).copy(value, 0);
  } catch (failure) {
    return thrown(failure);
  }
}

/**
 * The same of what a method returned: no own getter is run, since the caller has not yet asked for what it may start.
 */
export function snapshotResult(value: unknown, limits: Limits = settings().limits): unknown {
  if (typeof value !== 'object' || value === null) return snapshot(value, limits);
  try {
    return new GetterlessWalk(limits).copy(value, 0);
  } catch (failure) {
    return thrown(failure);
  }
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
  for (const isEnd of [isSpace, isNoWord]) {
    for (let end = length; end > first; end--) if (isEnd(text.charCodeAt(end - 1))) return end;
  }
  return first;
}

function isSpace(code: number): boolean {
  return code <= 0x20;
}

/** Anything but a letter or digit of ASCII, `-`, `_` and the first half of a character. */
function isNoWord(code: number): boolean {
  const isLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  return !isLetter && !(code >= 0x30 && code <= 0x39) && code !== 0x2d && code !== 0x5f && (code & 0xfc00) !== 0xd800;
}

class Walk {
  private readonly ancestors: object[] = [];
  private readonly longestText: number;
  private textLeft: number;
  private nodesLeft = MOST_NODES;

  constructor(private readonly limits: Limits) {
    this.longestText = limits.valueBytes + MARGIN;
    this.textLeft = limits.valueBytes * TEXT_BUDGET;
  }

  copy(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'object') return value === null ? null : this.object(value, depth);
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
      case 'undefined':
        return value;
      case 'bigint':
        return this.text(value.toString());
      case 'symbol':
        return this.text(value.toString());
      default:
        return `[Function: ${nameOf(value)}]`;
    }
  }

  private text(text: string): string | Media {
    if (text.length >= SHORT_TEXT) {
      const media = encodedMedia(text);
      if (media !== undefined) return media;
      const longest = this.textLeft > 0 ? this.longestText : SHORT_TEXT;
      if (text.length > longest) text = cutText(text, longest);
    }
    this.textLeft -= text.length;
    return text;
  }

  private object(value: object, depth: number): unknown {
    const { ancestors } = this;
    for (let level = 0; level < depth; level++) if (ancestors[level] === value) return '[circular]';
    if (depth >= this.limits.depth) return Array.isArray(value) ? '[array]' : '[object]';
    if (--this.nodesLeft < 0) return '[left out]';
    ancestors[depth] = value;
    if (Array.isArray(value)) return this.items(value as unknown[], depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null
      ? this.members(value, depth)
      : this.instance(value, depth);
  }

  /** The first item, then from the last backwards: where the budget ends, it is the middle that is cut short. */
  private items(values: readonly unknown[], depth: number): unknown[] {
    const total = values.length;
    if (total > this.limits.items) return this.manyItems(values, depth);
    const copies = new Array<unknown>(total);
    if (total > 0) copies[0] = this.member(values, 0, depth);
    for (let index = total - 1; index > 0; index--) {
      if (this.textLeft <= 0 && index > 1) return [copies[0], leftOut(index), ...copies.slice(index + 1)];
      copies[index] = this.member(values, index, depth);
    }
    return copies;
  }

  protected member(holder: object, key: PropertyKey, depth: number): unknown {
    return this.copy((holder as Record<PropertyKey, unknown>)[key], depth + 1);
  }

  private manyItems(values: readonly unknown[], depth: number): unknown[] {
    const head = Math.max(1, this.limits.items >> 1);
    const tail = Math.max(0, this.limits.items - head);
    const first = this.items(values.slice(0, head), depth);
    const last = tail > 0 ? this.items(values.slice(-tail), depth) : [];
    return [...first, leftOut(values.length - head - tail), ...last];
  }

  private members(value: object, depth: number): Record<string, unknown> {
    const copies: Record<string, unknown> = {};
    let count = 0;
    for (const key in value) {
      if (!Object.prototype.hasOwnProperty.call(value, key)) continue;
      if (++count > this.limits.keys) {
        copies['…'] = '[more members left out]';
        break;
      }
      const copy = this.member(value, key, depth);
      if (key === '__proto__') Object.defineProperty(copies, key, { value: copy, enumerable: true });
      else copies[key] = copy;
    }
    return copies;
  }

  private instance(value: object, depth: number): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof Media) return value;
    if (value instanceof Map) return this.map(value, depth);
    if (value instanceof Set) return this.items([...firstOf(value, this.limits.items + 1)], depth);
    if (value instanceof Error) return this.error(value, depth);
    if (value instanceof RegExp || value instanceof URL) return this.text(String(value));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || isSharedBuffer(value)) {
      return new Media(undefined, value.byteLength);
    }
    if (typeof Blob === 'function' && value instanceof Blob) return new Media(value.type || undefined, value.size);
    // A promise or a stream is consumed by whoever it was made for, never by us.
    if ('then' in value || Symbol.asyncIterator in value || Symbol.iterator in value || 'getReader' in value) {
      return `[${className(value)}]`;
    }
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.copy((value as { toJSON(): unknown }).toJSON(), depth + 1);
    }
    return this.members(value, depth);
  }

  private map(map: ReadonlyMap<unknown, unknown>, depth: number): unknown {
    const entries = [...firstOf(map, this.limits.keys + 1)];
    if (entries.every(([key]) => typeof key === 'string')) {
      return this.members(Object.fromEntries(entries as [string, unknown][]), depth);
    }
    return this.items(entries, depth);
  }

  private error(error: Error, depth: number): unknown {
    const { name, message, cause } = error;
    const copy: Record<string, unknown> = { name: this.copy(name, depth + 1), message: this.copy(message, depth + 1) };
    if (cause !== undefined) copy['cause'] = this.copy(cause, depth + 1);
    return copy;
  }
}

class CarefulWalk extends Walk {
  protected override member(holder: object, key: PropertyKey, depth: number): unknown {
    try {
      return super.member(holder, key, depth);
    } catch (failure) {
      return thrown(failure);
    }
  }
}

class GetterlessWalk extends CarefulWalk {
  protected override member(holder: object, key: PropertyKey, depth: number): unknown {
    if (Array.isArray(holder)) return super.member(holder, key, depth);
    const own = Object.getOwnPropertyDescriptor(holder, key);
    return own?.get === undefined ? super.member(holder, key, depth) : '[getter]';
  }
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

function isSharedBuffer(value: object): value is SharedArrayBuffer {
  return typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer;
}

function thrown(failure: unknown): string {
  return `[throws: ${nameOf(failure)}]`;
}

function className(value: object): string {
  return nameOf((value as { constructor?: unknown }).constructor) || 'Object';
}

function nameOf(value: unknown): string {
  try {
    const name: unknown = (value as { name?: unknown } | null | undefined)?.name;
    return typeof name === 'string' ? name.slice(0, SHORT_TEXT) : '';
  } catch {
    return '';
  }
}

import { DecotelError } from './decotel-error.js';

/** A misuse: where it is, what was wrong, what to do instead. `where` is ``  `@tool` on `Search.query`  ``. */
export function misuse(where: string, problem: string, remedy: string, cause?: unknown): DecotelError {
  return new DecotelError(`${where}: ${problem}. ${remedy}`, cause === undefined ? undefined : { cause });
}

/** What a message proposes in place of an unknown name. */
export function thereAre(names: readonly string[]): string {
  return `There are ${names.join(', ') || 'none'}.`;
}

/** A value in a message: its kind, or itself where that is short. */
export function described(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) {
    return typeof (value as { then?: unknown }).then === 'function' ? 'a promise' : 'an object';
  }
  if (typeof value === 'function') return isClass(value) ? 'a class' : 'a function';
  return String(value);
}

const LONGEST_QUOTE = 80;

/** A text in a message: on one line, and not longer than one. */
export function quoted(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return JSON.stringify(line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line);
}

/** Only a class, or a native constructor, has a `prototype` that cannot be replaced. */
export function isClass(value: unknown): value is AnyClass {
  return typeof value === 'function' && Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}

/** A class, abstract ones too. Nothing is assumed of its constructor's parameters. */
export type AnyClass = abstract new (...args: never[]) => object;

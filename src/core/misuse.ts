import { DecotelError } from './decotel-error.js';

/** A misuse: where it is, what was wrong, what to do instead. `where` is ``  `@tool` on `Search.query`  ``. */
export function misuse(where: string, problem: string, remedy: string, cause?: unknown): DecotelError {
  return new DecotelError(`${where}: ${problem}. ${remedy}`, cause === undefined ? undefined : { cause });
}

/** What a message proposes in place of an unknown name. */
export function thereAre(names: readonly string[]): string {
  return `There are ${names.join(', ') || 'none'}.`;
}

const LONGEST_VALUE = 40;

/** A value in a message: its kind, and the value itself where it is short and plain. */
export function described(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE - 1)}…` : value);
    case 'number':
    case 'boolean':
    case 'bigint':
      return `the ${typeof value} ${String(value)}`;
    case 'function':
      return isClass(value) ? 'a class' : 'a function';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'an array' : 'an object';
    default:
      return typeof value;
  }
}

/** Only a class, or a native constructor, has a `prototype` that cannot be replaced. */
export function isClass(value: unknown): value is AnyClass {
  return typeof value === 'function' && Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}

/** A class, abstract ones too. Nothing is assumed of its constructor's parameters. */
export type AnyClass = abstract new (...args: never[]) => object;

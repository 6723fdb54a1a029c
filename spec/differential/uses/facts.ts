import { inspect } from 'node:util';
import type { Trace } from '../trace.js';

/** Members by which libraries tell what an object is. */
const TELLING = ['then', 'catch', 'next', 'return', 'throw', 'length', 'size', 'body', 'pipe', 'read', 'getReader'];
const TELLING_TOO = ['tee', 'subscribe', 'on', 'off', 'emit', 'addEventListener', 'controller', 'iterator', 'toJSON'];
const SYMBOLS = [Symbol.iterator, Symbol.asyncIterator, Symbol.asyncDispose, Symbol.toStringTag];

/** What Node 20's async hooks leave on promises is numbered anew for each. */
const HOOK_SYMBOL = /async_id_symbol|kResourceStore|destroyed|trigger_async_id/;

interface Looking {
  /** False where the prints show ids or times, or where the object is another one and still on its way. */
  print?: boolean;
  /** False where the object is another one by design: own properties that nobody lists are its own. */
  hidden?: boolean;
}

/** Notes all that a consumer can learn of a value by looking at it. */
export function look(trace: Trace, value: unknown, { print = true, hidden = true }: Looking = {}): void {
  trace.note('typeof', typeof value);
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    trace.try('JSON', () => JSON.stringify(value));
    return;
  }
  trace.note('class', Object.prototype.toString.call(value), Object.getPrototypeOf(value));
  trace.note('listed:', ...Object.keys(value));
  const forIn = [];
  for (const name in value) forIn.push(name);
  trace.note('for in:', ...forIn);
  if (hidden) trace.lines.push(`hidden: ${hiddenNames(value).join(' ')}`);
  const telling = [...TELLING, ...TELLING_TOO, ...SYMBOLS].filter((name) => name in value);
  trace.lines.push(`has: ${telling.map(String).join(' ').replaceAll('Symbol.', '@')}`);
  trace.note('extensible, frozen', Object.isExtensible(value), Object.isFrozen(value));
  if (!print) return;
  trace.try('JSON', () => JSON.stringify(value));
  trace.try('printed', () => inspect(value, { depth: 0 }));
}

function hiddenNames(value: object): string[] {
  return Reflect.ownKeys(value)
    .filter((key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable === false)
    .map(String)
    .filter((name) => !HOOK_SYMBOL.test(name));
}

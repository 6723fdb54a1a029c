import { methodOf } from './cover.js';
import { Parts } from './parts.js';
import { isReadableStream } from './readable-stream.js';
import type { Sink } from './sink.js';

/** An object with more members is data, not a handful of streams. */
const MOST_MEMBERS = 24;

/**
 * The names of the members of `holder` that are streams: `{ stream, response }` and the like. Only data properties are
 * looked at; a getter may be what starts the work.
 */
export function heldStreams(holder: object): string[] {
  const names: string[] = [];
  let members = 0;
  for (const name in holder) {
    if (++members > MOST_MEMBERS) break;
    const own = Object.getOwnPropertyDescriptor(holder, name);
    const value: unknown = own?.value;
    // A member that cannot be replaced could only be locked.
    const isReplaceable = own?.writable === true || own?.configurable === true;
    if (isReplaceable && typeof value === 'object' && value !== null && isStream(value)) names.push(name);
  }
  return names;
}

function isStream(value: object): boolean {
  if (Array.isArray(value)) return false;
  return isReadableStream(value) || methodOf(value, Symbol.asyncIterator) !== undefined;
}

/** Watches each stream of the holder; only what the caller consumes is consumed. The holder stays the same object. */
export function watchHolder(
  holder: object,
  names: readonly string[],
  sink: Sink,
  watch: (value: unknown, sink: Sink) => unknown,
): object {
  const parts = new Parts(sink, holder);
  for (const name of names) {
    const own = Object.getOwnPropertyDescriptor(holder, name);
    const watched = watch(own?.value, parts.add());
    if (watched !== own?.value) Reflect.defineProperty(holder, name, { ...own, value: watched });
  }
  sink.pending(holder, true);
  return holder;
}

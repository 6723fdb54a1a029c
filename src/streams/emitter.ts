import { outcomeOf } from './abort.js';
import { coverMethod, methodOf } from './cover.js';
import type { Tap } from './sink.js';

/** Names under which emitters and targets say that they are over. */
const ENDINGS = new Set<unknown>(['end', 'close', 'finish', 'done', 'complete', 'loadend']);

export function isEmitter(value: object): boolean {
  return ['emit', 'on', 'off'].every((name) => methodOf(value, name) !== undefined);
}

export function isEventTarget(value: object): value is EventTarget {
  return typeof EventTarget === 'function' && value instanceof EventTarget && !(value instanceof AbortSignal);
}

/**
 * Sees an emitter through the method of its own that emits: a listener of ours would start a flow, count as a handler of
 * `error`, or count towards the warning of too many. `emit` calls all handlers of an event: those of one that the method
 * itself listens to run where the call does.
 */
export function coverEmission(
  emitter: object,
  method: string,
  tap: Tap,
  tell: (event: unknown, detail: unknown, values: readonly unknown[]) => void,
  isOwn?: (event: unknown) => boolean,
): boolean {
  return coverMethod(emitter, method, (emit, self, values) => {
    // Before the object goes on: it may emit an end from within an error.
    if (!tap.ended) tell(values[0], values[1], values);
    return isOwn?.(values[0]) === true ? emit.apply(self, values) : tap.leave(emit, self, values);
  });
}

export function watchEmitter(emitter: object, tap: Tap): boolean {
  tap.noteConsumer();
  const ownEvents = new Set(methodOf(emitter, 'eventNames')?.call(emitter) as unknown[] | undefined);
  const tell = (event: unknown, detail: unknown): void => {
    if (event === 'data') tap.chunk(detail);
    else tellEnd(tap, event, detail);
  };
  return coverEmission(emitter, 'emit', tap, tell, (event) => ownEvents.has(event));
}

export function watchEventTarget(target: object, tap: Tap): boolean {
  tap.noteConsumer();
  return coverEmission(target, 'dispatchEvent', tap, (event) => {
    const { type, error } = (event ?? {}) as { type?: unknown; error?: unknown };
    tellEnd(tap, type, error ?? new Error('error event'));
  });
}

function tellEnd(tap: Tap, event: unknown, detail: unknown): void {
  if (event === 'error') tap.end(outcomeOf(detail), detail);
  else if (event === 'abort') tap.end('aborted');
  else if (ENDINGS.has(event)) tap.end('completed');
}

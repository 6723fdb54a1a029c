import { isAbort } from './abort.js';
import { cover, isCoverable, methodOf } from './cover.js';
import { tapOn, type Sink, type Tap } from './sink.js';

/** Names under which emitters and targets say that they are over. */
const ENDINGS = new Set<unknown>(['end', 'close', 'finish', 'done', 'complete', 'loadend']);

export function isEmitter(value: object): boolean {
  return (
    methodOf(value, 'emit') !== undefined && methodOf(value, 'on') !== undefined && methodOf(value, 'off') !== undefined
  );
}

/** The same emitter, seen through its own `emit`: a listener of ours would count as a handler of `error`. */
export function watchEmitter(emitter: object, sink: Sink): object {
  const emit = methodOf(emitter, 'emit');
  if (emit === undefined || !isCoverable(emitter)) {
    sink.unobserved();
    return emitter;
  }
  const tap = tapOn(emitter, sink);
  tap.noteConsumer();
  // `emit` calls all handlers of an event: those of one that the method itself listens to run where the call does.
  const ownEvents = new Set(methodOf(emitter, 'eventNames')?.call(emitter) as unknown[] | undefined);
  cover(emitter, 'emit', function (this: unknown, ...values) {
    const [event, detail] = values;
    if (event === 'data') tap.chunk(detail);
    try {
      return ownEvents.has(event) ? emit.apply(this, values) : tap.leave(emit, this, values);
    } finally {
      endOn(tap, event, detail);
    }
  });
  sink.pending(emitter, true);
  return emitter;
}

export function isEventTarget(value: object): value is EventTarget {
  return typeof EventTarget === 'function' && value instanceof EventTarget && !(value instanceof AbortSignal);
}

/** The same target, seen through its own `dispatchEvent`: a listener of ours would count towards the warning of too many. */
export function watchEventTarget(target: EventTarget, sink: Sink): EventTarget {
  const dispatch = methodOf(target, 'dispatchEvent');
  if (dispatch === undefined || !isCoverable(target)) {
    sink.unobserved();
    return target;
  }
  const tap = tapOn(target, sink);
  tap.noteConsumer();
  cover(target, 'dispatchEvent', function (this: unknown, ...values) {
    const { type, error } = (values[0] ?? {}) as { type?: unknown; error?: unknown };
    try {
      return tap.leave(dispatch, this, values);
    } finally {
      endOn(tap, type, type === 'error' ? (error ?? new Error('error event')) : undefined);
    }
  });
  sink.pending(target, true);
  return target;
}

function endOn(tap: Tap, event: unknown, detail: unknown): void {
  if (event === 'error') tap.end(isAbort(detail) ? 'aborted' : 'error', detail);
  else if (event === 'abort') tap.end('aborted');
  else if (ENDINGS.has(event)) tap.end('completed');
}

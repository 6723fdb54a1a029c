import { isAbort } from './abort.js';
import { cover, isCoverable, methodOf } from './cover.js';
import { tapOn, type Sink, type Tap } from './sink.js';

/** Names under which emitters say that they are over. */
const ENDINGS = new Set<unknown>(['end', 'close', 'finish', 'done', 'complete']);

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
  cover(emitter, 'emit', function (this: unknown, ...values) {
    const [event, detail] = values;
    if (event === 'data') tap.chunk(detail);
    try {
      return emit.apply(this, values);
    } finally {
      endOn(tap, event, detail);
    }
  });
  sink.pending(emitter, true);
  return emitter;
}

/** The events by which a web `EventTarget` says that it is over; a listener changes nothing for anyone else. */
const TARGET_EVENTS = ['end', 'close', 'error', 'abort', 'complete', 'loadend'];

export function isEventTarget(value: object): value is EventTarget {
  return typeof EventTarget === 'function' && value instanceof EventTarget && !(value instanceof AbortSignal);
}

export function watchEventTarget(target: EventTarget, sink: Sink): EventTarget {
  const tap = tapOn(target, sink);
  const stop = new AbortController();
  const listen = (event: Event): void => {
    const { type } = event;
    if (type === 'error') tap.end('error', (event as ErrorEvent).error ?? new Error('error event'));
    else tap.end(type === 'abort' ? 'aborted' : 'completed');
    stop.abort();
  };
  for (const type of TARGET_EVENTS) target.addEventListener(type, listen, { signal: stop.signal });
  sink.pending(target, true);
  return target;
}

function endOn(tap: Tap, event: unknown, detail: unknown): void {
  if (event === 'error') tap.end(isAbort(detail) ? 'aborted' : 'error', detail);
  else if (event === 'abort') tap.end('aborted');
  else if (ENDINGS.has(event)) tap.end('completed');
}

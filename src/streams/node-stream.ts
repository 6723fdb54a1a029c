import { isEarlyStop, outcomeOf } from './abort.js';
import { coverMethod, methodOf } from './cover.js';
import { coverEmission } from './emitter.js';
import type { Tap } from './sink.js';

interface NodeReadable {
  readonly readableEnded?: boolean;
  readonly destroyed?: boolean;
  readonly errored?: unknown;
  listenerCount(event: string): number;
}

/** A Node stream with a readable side, of any copy of `readable-stream`. */
export function isNodeReadable(value: object): boolean {
  return (
    methodOf(value, 'pipe') !== undefined &&
    methodOf(value, 'on') !== undefined &&
    methodOf(value, 'read') !== undefined &&
    '_readableState' in value
  );
}

/** Node emits `data` for every chunk that anyone takes, whether by listening, piping, reading or iterating. */
export function watchNodeReadable(stream: object, tap: Tap): boolean {
  const { readableEnded, destroyed, errored } = stream as NodeReadable;
  const fail = (error: unknown): void => tap.end(isEarlyStop(error) ? 'cancelled' : outcomeOf(error), error);
  if (readableEnded === true || destroyed === true) {
    if (errored instanceof Error) fail(errored);
    else tap.end(readableEnded === true ? 'completed' : 'cancelled');
    return true;
  }
  tap.noteConsumer();
  // Of its endings, Node's own plumbing is told as well.
  const hasOwnListeners = (stream as NodeReadable).listenerCount('data') > 0;
  const tell = (event: unknown, detail: unknown): void => {
    if (event === 'data') tap.chunk(detail);
    else if (event === 'end') tap.end('completed');
    else if (event === 'error') fail(detail);
    else if (event === 'close') tap.end('cancelled');
  };
  // What the source does when it is asked for more is the method's work.
  coverMethod(stream, '_read', (read, self, values) => {
    if (tap.ended) return read.apply(self, values);
    tap.noteConsumer();
    return tap.enter(read, self, values);
  });
  return coverEmission(stream, 'emit', tap, tell, (event) => hasOwnListeners && event === 'data');
}

import type { Outcome } from '../core/record.js';
import { isAbort, isEarlyStop } from './abort.js';
import { cover, isCoverable, methodOf } from './cover.js';
import { tapOn, type Sink } from './sink.js';

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

/**
 * The same stream, seen through its own `emit`: a listener of ours would start the flow, or count as a handler of
 * `error`. Node emits `data` for every chunk that anyone takes, whether by listening, piping, reading or iterating.
 */
export function watchNodeReadable(stream: object, sink: Sink): object {
  const emit = methodOf(stream, 'emit');
  const { readableEnded, destroyed, errored } = stream as NodeReadable;
  if (emit === undefined || !isCoverable(stream)) {
    sink.unobserved();
    return stream;
  }
  const tap = tapOn(stream, sink);
  if (readableEnded === true || destroyed === true) {
    if (errored instanceof Error) tap.end(outcomeOf(errored), errored);
    else tap.end(readableEnded === true ? 'completed' : 'cancelled');
    return stream;
  }
  tap.noteConsumer();
  // `emit` calls all handlers of an event. Of its endings, Node's own plumbing is told as well.
  const ownEvent = (stream as NodeReadable).listenerCount('data') > 0 ? 'data' : undefined;
  cover(stream, 'emit', function (this: unknown, ...values) {
    const [event, detail] = values;
    if (event === 'data') tap.chunk(detail);
    try {
      return event === ownEvent ? emit.apply(this, values) : tap.leave(emit, this, values);
    } finally {
      if (event === 'end') tap.end('completed');
      else if (event === 'error') tap.end(outcomeOf(detail), detail);
      else if (event === 'close') tap.end('cancelled');
    }
  });
  // What the source does when it is asked for more is the method's work.
  const read = methodOf(stream, '_read');
  if (read !== undefined) {
    cover(stream, '_read', function (this: unknown, ...values) {
      if (tap.ended) return read.apply(this, values);
      tap.noteConsumer();
      return tap.enter(read, this, values);
    });
  }
  sink.pending(stream, true);
  return stream;
}

function outcomeOf(error: unknown): Outcome {
  if (!isAbort(error)) return 'error';
  return isEarlyStop(error) ? 'cancelled' : 'aborted';
}

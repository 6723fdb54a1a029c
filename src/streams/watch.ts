import { reportFailure } from '../core/report.js';
import type { Seam } from '../core/seam.js';
import { isCoverable, methodOf, uncover } from './cover.js';
import { isEmitter, isEventTarget, watchEmitter, watchEventTarget } from './emitter.js';
import { heldStreams, watchHolder } from './holder.js';
import { watchIterable, watchIterator } from './iterator.js';
import { isNodeReadable, watchNodeReadable } from './node-stream.js';
import { isObservable, watchObservable } from './observable.js';
import { isNativePromise, watchPromise, watchThenable } from './promise.js';
import { isReadableStream, watchReadableStream } from './readable-stream.js';
import { hasBody, watchBody } from './body.js';
import { watchSeam } from './seam.js';
import { tapOf, tapOn, type Sink, type Tap } from './sink.js';

/** Tells where an SDK's object delivers its result; undefined for anything else. */
export type FindSeam = (value: object) => Seam | undefined;

/**
 * Watches what a method returned, without changing it, until it is over. Returns the same object; of a native promise,
 * another one that settles alike. Never throws.
 */
export function watch(value: unknown, sink: Sink, findSeam: FindSeam): unknown {
  if (typeof value !== 'object' || value === null) {
    sink.resolved(value);
    return value;
  }
  const again = (inner: unknown, innerSink: Sink): unknown => watch(inner, innerSink, findSeam);
  try {
    if (sink.takes(value)) return value;
    if (isNativePromise(value)) return watchPromise(value, sink, again);
    const tap = tapOf(value);
    if (tap?.ended === false) {
      tap.add(sink);
      return value;
    }
    if (tap !== undefined) uncover(value);
    return watchObject(value, sink, findSeam, again);
  } catch (failure) {
    reportFailure('a returned value could not be watched', failure);
    sink.unobserved();
    return value;
  }
}

function watchObject(
  value: object,
  sink: Sink,
  findSeam: FindSeam,
  again: (value: unknown, sink: Sink) => unknown,
): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null || Array.isArray(value);
  const seam = isPlain ? undefined : findSeam(value);
  if (seam !== undefined) return listen(value, sink, (_, tap) => watchSeam(value, seam, tap, again));
  if (isPlain && Array.isArray(value)) {
    sink.resolved(value);
    return value;
  }
  if (!isPlain) {
    if (hasBody(value)) return watchBody(value, sink);
    if (isReadableStream(value)) return watchReadableStream(value, sink);
    if (isNodeReadable(value)) return listen(value, sink, watchNodeReadable);
  }
  if (methodOf(value, 'then') !== undefined) return listen(value, sink, (_, tap) => watchThenable(value, tap, again));
  if (isAsyncIterable(value) || isLazyIterable(value)) {
    const watchIteration = methodOf(value, 'next') === undefined ? watchIterable : watchIterator;
    return listen(value, sink, watchIteration);
  }
  if (isObservable(value)) return watchObservable(value, sink);
  if (isEmitter(value)) return listen(value, sink, watchEmitter);
  if (isEventTarget(value)) return listen(value, sink, watchEventTarget);
  const names = heldStreams(value);
  if (names.length > 0) return watchHolder(value, names, sink, again);
  sink.resolved(value);
  return value;
}

/** The same object, whose `tap` hears what goes on in it; `start` says whether it could be covered. */
function listen(value: object, sink: Sink, start: (value: object, tap: Tap) => boolean): object {
  const tap = tapOn(value, sink);
  if (isCoverable(value) && start(value, tap)) {
    if (!tap.ended) sink.pending(value, tap.idles);
  } else {
    tap.ended = true;
    sink.unobserved();
  }
  return value;
}

function isAsyncIterable(value: object): boolean {
  return methodOf(value, Symbol.asyncIterator) !== undefined;
}

/** A collection that is simply there (an array, a map, anything with a length or a size) is a value, not a stream. */
function isLazyIterable(value: object): boolean {
  if (Array.isArray(value) || methodOf(value, Symbol.iterator) === undefined) return false;
  const { length, size } = value as { length?: unknown; size?: unknown };
  return typeof length !== 'number' && typeof size !== 'number';
}

import type { Outcome } from '../core/record.js';
import { isAbort } from './abort.js';
import { cover, isCoverable, methodOf, uncover, type Method } from './cover.js';
import { isGenerator } from './keep-context.js';
import { isNativePromise, nativeThen } from './promise.js';
import { tapOf, tapOn, type Sink, type Tap } from './sink.js';

type Result = IteratorResult<unknown> | undefined;

/**
 * An iterator stays the same object; its `next`, `return` and `throw` are covered. Each calls the source's once and
 * returns what came back, or the one promise derived from it: a second handler on the side would swallow an unhandled
 * rejection.
 */
export function watchIterator(iterator: object, sink: Sink): object {
  if (!isCoverable(iterator)) {
    sink.unobserved();
    return iterator;
  }
  const tap = tapOn(iterator, sink);
  if (coverSteps(iterator, tap, undefined)) {
    coverIterations(iterator, tap, undefined);
    // A generator that its caller still holds is never ended for idleness: its body may be waiting on purpose.
    tap.idles = !isGenerator(iterator);
    sink.pending(iterator, tap.idles);
  } else sink.unobserved();
  return iterator;
}

/** An iterable that makes its iterators on demand. */
export function watchIterable(iterable: object, sink: Sink): object {
  if (!isCoverable(iterable)) {
    sink.unobserved();
    return iterable;
  }
  const tap = tapOn(iterable, sink);
  if (coverIterations(iterable, tap, undefined)) sink.pending(iterable, true);
  else sink.unobserved();
  return iterable;
}

/** Covers a method that returns an iterator; `signal` tells an abort that ends the iteration without an error. */
export function coverIteration(target: object, name: PropertyKey, tap: Tap, signal?: AbortSignal): boolean {
  const original = methodOf(target, name);
  if (original === undefined) return false;
  return cover(target, name, function (this: unknown, ...values) {
    const iterator = original.apply(this, values);
    if (tap.ended || typeof iterator !== 'object' || iterator === null || iterator === this) return iterator;
    if (tapOf(iterator) === undefined && isCoverable(iterator)) {
      uncover(iterator);
      coverSteps(iterator, tap, signal);
    }
    return iterator;
  });
}

function coverIterations(target: object, tap: Tap, signal: AbortSignal | undefined): boolean {
  const async = coverIteration(target, Symbol.asyncIterator, tap, signal);
  const sync = coverIteration(target, Symbol.iterator, tap, signal);
  return async || sync;
}

function coverSteps(iterator: object, tap: Tap, signal: AbortSignal | undefined): boolean {
  const next = methodOf(iterator, 'next');
  if (next === undefined) return false;
  const steps = new Steps(tap, signal);
  if (
    !cover(iterator, 'next', function (this: unknown, ...values) {
      return tap.ended ? next.apply(this, values) : steps.take(next, this, values, steps.onNext);
    })
  )
    return false;
  const stop = methodOf(iterator, 'return');
  if (stop !== undefined) {
    cover(iterator, 'return', function (this: unknown, ...values) {
      return tap.ended ? stop.apply(this, values) : steps.take(stop, this, values, steps.onReturn);
    });
  } else coverMissingReturn(iterator, tap);
  const fail = methodOf(iterator, 'throw');
  if (fail !== undefined) {
    cover(iterator, 'throw', function (this: unknown, ...values) {
      if (tap.ended) return fail.apply(this, values);
      steps.thrownIn = values[0];
      return steps.take(fail, this, values, steps.onNext);
    });
  }
  return true;
}

/** Without a `return` nobody would tell us of a `break`. The iterator itself stays open, as it would have. */
function coverMissingReturn(iterator: object, tap: Tap): void {
  const isAsync = methodOf(iterator, Symbol.asyncIterator) !== undefined;
  cover(iterator, 'return', function (value) {
    tap.end('cancelled');
    const result = { done: true, value };
    return isAsync ? Promise.resolve(result) : result;
  });
}

/** One set of handlers per iterator, not per step: a stream has many steps. */
class Steps {
  thrownIn: unknown = undefined;
  /** The consumer asked it to stop; its `finally` may still yield. */
  private isStopped = false;

  constructor(
    private readonly tap: Tap,
    private readonly signal: AbortSignal | undefined,
  ) {}

  take(step: Method, self: unknown, values: unknown[], onResult: (result: unknown) => unknown): unknown {
    let result: unknown;
    try {
      result = this.tap.enter(step, self, values);
    } catch (error) {
      return this.onError(error);
    }
    if (typeof result === 'object' && result !== null) {
      if (isNativePromise(result)) return nativeThen(result, onResult, this.onError);
      const then = methodOf(result, 'then');
      if (then !== undefined) return then.call(result, onResult, this.onError);
    }
    return onResult(result);
  }

  readonly onNext = (result: unknown): unknown => {
    const { tap } = this;
    if (tap.ended) return result;
    if ((result as Result)?.done === true) tap.end(this.outcome());
    else tap.chunk((result as Result)?.value);
    return result;
  };

  private outcome(): Outcome {
    if (this.isStopped) return 'cancelled';
    return this.signal?.aborted === true ? 'aborted' : 'completed';
  }

  /** A generator may go on yielding from a `finally`. */
  readonly onReturn = (result: unknown): unknown => {
    this.isStopped = true;
    if ((result as Result)?.done === true) this.tap.end('cancelled');
    else if (!this.tap.ended) this.tap.chunk((result as Result)?.value);
    return result;
  };

  readonly onError = (error: unknown): never => {
    if (isAbort(error)) this.tap.end('aborted', error);
    else if (this.thrownIn !== undefined && error === this.thrownIn) this.tap.end('cancelled');
    else this.tap.end('error', error);
    throw error;
  };
}

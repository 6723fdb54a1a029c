import type { Outcome } from '../core/record.js';
import { isAbort, isEarlyStop } from './abort.js';
import { cover, coverMethod, isCoverable, methodOf, uncover, type Method } from './cover.js';
import { isGenerator } from './keep-context.js';
import { coverThen, isNativePromise, nativeThen } from './promise.js';
import { tapOf, type Tap } from './sink.js';

type Result = IteratorResult<unknown> | undefined;

/**
 * An iterator stays the same object; its `next`, `return` and `throw` are covered. Each calls the source's once and
 * returns what came back, or the one promise derived from it: a second handler on the side would swallow an unhandled
 * rejection.
 */
export function watchIterator(iterator: object, tap: Tap): boolean {
  if (!coverSteps(iterator, tap, undefined)) return false;
  watchIterable(iterator, tap);
  // A generator that its caller still holds is never ended for idleness: its body may be waiting on purpose.
  tap.idles = !isGenerator(iterator);
  return true;
}

/** An iterable that makes its iterators on demand. */
export function watchIterable(iterable: object, tap: Tap): boolean {
  const async = coverIteration(iterable, Symbol.asyncIterator, tap);
  const sync = coverIteration(iterable, Symbol.iterator, tap);
  return async || sync;
}

/** Covers a method that returns an iterator; `signal` tells an abort that ends the iteration without an error. */
export function coverIteration(target: object, name: PropertyKey, tap: Tap, signal?: AbortSignal): boolean {
  return coverMethod(target, name, (iterate, self, values) => {
    const iterator = iterate.apply(self, values);
    if (tap.ended || typeof iterator !== 'object' || iterator === null || iterator === self) return iterator;
    if (tapOf(iterator) === undefined && isCoverable(iterator)) {
      uncover(iterator);
      coverSteps(iterator, tap, signal);
    }
    return iterator;
  });
}

function coverSteps(iterator: object, tap: Tap, signal: AbortSignal | undefined): boolean {
  const steps = new Steps(tap, signal);
  const isCovered = coverMethod(iterator, 'next', (next, self, values) => steps.take(next, self, values, steps.onNext));
  if (!isCovered) return false;
  const stops = coverMethod(iterator, 'return', (stop, self, values) => steps.take(stop, self, values, steps.onReturn));
  if (!stops) coverMissingReturn(iterator, steps);
  coverMethod(iterator, 'throw', (fail, self, values) => {
    steps.noteThrownIn(values[0]);
    return steps.take(fail, self, values, steps.onNext);
  });
  return true;
}

/** Without a `return` nobody would tell us of a `break`. The iterator itself stays open, as it would have. */
function coverMissingReturn(iterator: object, steps: Steps): void {
  const isAsync = methodOf(iterator, Symbol.asyncIterator) !== undefined;
  cover(iterator, 'return', function (value) {
    const result = steps.onReturn({ done: true, value });
    return isAsync ? Promise.resolve(result) : result;
  });
}

/** One set of handlers per iterator, not per step: a stream has many steps. */
class Steps {
  /** What the consumer threw in: it may come out again, now or later. */
  #thrownIn: unknown[] | undefined = undefined;
  /** The consumer asked it to stop; its `finally` may still yield. */
  #isStopped = false;

  constructor(
    private readonly tap: Tap,
    private readonly signal: AbortSignal | undefined,
  ) {}

  noteThrownIn(error: unknown): void {
    (this.#thrownIn ??= []).push(error);
  }

  take(step: Method, self: unknown, values: unknown[], onResult: (result: unknown) => unknown): unknown {
    let result: unknown;
    try {
      result = this.tap.ended ? step.apply(self, values) : this.tap.enter(step, self, values);
    } catch (error) {
      return this.onError(error);
    }
    if (typeof result === 'object' && result !== null) {
      // After the end too: a result that is asked for then must not overtake those that are still on their way.
      if (isNativePromise(result)) return nativeThen(result, onResult, this.onError);
      // A lazy one starts when the caller asks, and its `then` may give nothing back.
      if (methodOf(result, 'then') !== undefined) {
        coverThen(result, onResult, this.#fail);
        return result;
      }
    }
    return onResult(result);
  }

  readonly onNext = (result: unknown): unknown => {
    this.#see(result);
    return result;
  };

  /** A generator may go on yielding from a `finally`. */
  readonly onReturn = (result: unknown): unknown => {
    this.#isStopped = true;
    this.#see(result);
    return result;
  };

  #see(result: unknown): void {
    const { tap } = this;
    if (tap.ended || !tap.follows(this)) return;
    try {
      // Like the language: any value that is true in a condition.
      if ((result as Result)?.done) tap.end(this.#outcome());
      else tap.chunk((result as Result)?.value);
    } catch {
      // A result whose getters throw: its consumer will meet them.
    }
  }

  #outcome(): Outcome {
    if (this.#isStopped) return 'cancelled';
    return this.signal?.aborted === true ? 'aborted' : 'completed';
  }

  readonly #fail = (error: unknown): void => {
    if (!this.tap.follows(this)) return;
    const isThrownIn = this.#thrownIn?.includes(error) === true;
    if (isAbort(error) && !(isThrownIn && isEarlyStop(error))) this.tap.end('aborted', error);
    else if (isThrownIn) this.tap.end('cancelled');
    else this.tap.end('error', error);
  };

  readonly onError = (error: unknown): never => {
    this.#fail(error);
    throw error;
  };
}

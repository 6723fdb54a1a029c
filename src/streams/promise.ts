import { coverMethod, type Method } from './cover.js';
import { outcomeOf } from './abort.js';
import { carryOver } from './carry-over.js';
import type { Sink, Tap } from './sink.js';

export type Watch = (value: unknown, sink: Sink) => unknown;

/** Prototypes whose `then` is a native one; a promise of another realm counts (a vm, a test runner's sandbox). */
const nativePrototypes = new WeakMap<object, boolean>([[Promise.prototype, true]]);

/** A promise that `await` does not ask for its `then`: not a subclass, nor anything else with one. Never throws. */
export function isNativePromise(value: object): value is Promise<unknown> {
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Promise.prototype) return true;
    if (typeof prototype !== 'object' || prototype === null) return false;
    let isNative = nativePrototypes.get(prototype);
    if (isNative === undefined) {
      isNative = isForeignPromisePrototype(prototype);
      nativePrototypes.set(prototype, isNative);
    }
    return isNative;
  } catch {
    // A proxy's trap.
    return false;
  }
}

function isForeignPromisePrototype(prototype: object): boolean {
  const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
  return (
    typeof constructor === 'function' &&
    constructor.name === 'Promise' &&
    Function.prototype.toString.call(constructor).includes('[native code]')
  );
}

/**
 * A native promise comes back as another one that settles alike: an own `then` on it would be ignored by `await`. It is
 * the only handler we add, so an unhandled rejection stays one, and is reported once.
 */
export function watchPromise(promise: Promise<unknown>, sink: Sink, watch: Watch): Promise<unknown> {
  const derived = nativeThen(
    promise,
    (value) => watch(value, sink),
    (error) => {
      sink.end(outcomeOf(error), error);
      if (sink.instead !== undefined) return sink.instead(error);
      throw error;
    },
  );
  carryOver(promise, derived);
  return derived;
}

/** `promise.then` past any own or inherited override. */
export function nativeThen(
  promise: Promise<unknown>,
  onFulfilled?: (value: unknown) => unknown,
  onRejected?: (error: unknown) => unknown,
): Promise<unknown> {
  return Promise.prototype.then.call<Promise<unknown>, [typeof onFulfilled, typeof onRejected], Promise<unknown>>(
    promise,
    onFulfilled,
    onRejected,
  );
}

/**
 * A thenable, or a subclass of Promise, stays the same object: its `then` is covered, and called only when the caller
 * calls it (for a query builder that is what sends the query).
 */
export function watchThenable(thenable: object, tap: Tap, watch: Watch): boolean {
  return coverThen(
    thenable,
    (value) => tap.deliver(value, watch),
    (error) => tap.end(outcomeOf(error), error),
  );
}

/** Covers `then`: the first result that is delivered passes through `see`, or its error is told to `fail`. */
export function coverThen(thenable: object, see: (value: unknown) => unknown, fail: (error: unknown) => void): boolean {
  let isOver = false;
  const fulfilling =
    (onFulfilled: unknown): Method =>
    (value) => {
      const delivered = isOver ? value : see(value);
      isOver = true;
      return typeof onFulfilled === 'function' ? (onFulfilled as Method)(delivered) : delivered;
    };
  const rejecting =
    (onRejected: unknown): Method =>
    (error) => {
      if (!isOver) fail(error);
      isOver = true;
      if (typeof onRejected === 'function') return (onRejected as Method)(error);
      throw error;
    };
  return coverMethod(thenable, 'then', (original, self, [onFulfilled, onRejected, ...rest]) => {
    if (isOver) return original.call(self, onFulfilled, onRejected, ...rest);
    // Only a promise passes on what nobody handles; anything else would hear of a handler that is none.
    const isPromise = thenable instanceof Promise;
    const isHandled = isPromise || typeof onRejected === 'function';
    let result: unknown;
    try {
      result = original.call(
        self,
        isPromise || typeof onFulfilled === 'function' ? fulfilling(onFulfilled) : onFulfilled,
        isHandled ? rejecting(onRejected) : onRejected,
        ...rest,
      );
    } catch (error) {
      // `await` makes a rejection of it.
      return rejecting(undefined)(error);
    }
    // Then the failure shows in nothing but the promise that comes back.
    const isShown = !isHandled && typeof result === 'object' && result !== null && isNativePromise(result);
    return isShown ? nativeThen(result as Promise<unknown>, undefined, rejecting(undefined)) : result;
  });
}

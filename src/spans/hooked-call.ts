import { context as contextApi, trace, type Context } from '@opentelemetry/api';
import type { CallRecord, Outcome } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { shared } from '../core/shared.js';
import { cover, methodOf, type Method } from '../streams/cover.js';
import { isNativePromise } from '../streams/promise.js';
import { DecoratedCall } from './decorated-call.js';
import type { CallDefinition } from './definition.js';
import { traceparentOf } from './traceparent.js';

/** What a hook is told of the call that it is called for: the same object for all hooks of one decorator. */
export interface HookContext<Options = object, State = Record<string, unknown>> {
  readonly methodName: string;
  /** `Librarian.recommendBook`. */
  readonly functionName: string;
  /** What the decorator was given where it stands on this method. */
  readonly options: Options;
  /**
   * What the method was called with, and on what: the program's own objects. While a promise or a stream is open they
   * are not kept for hooks: one that nobody else holds is undefined then; `call.arguments` has copies.
   */
  readonly args: readonly unknown[];
  readonly this: unknown;
  /** What is known so far; in `onEnd`, everything. Content that is switched off is not in it; nothing is masked. */
  readonly call: CallRecord;
  /** Of this decorator and this call alone; empty at first. */
  readonly state: Partial<State>;
  /** As W3C writes it, of the call's span; without one, of the span that is active around it. */
  readonly traceparent: string | undefined;
}

/** In an object, so that `undefined` can be one. */
export interface Replacement {
  value: unknown;
}

/** What a decorator of the application's own does around a call. */
export interface Hooks<Context = HookContext> {
  onStart?(context: Context): unknown;
  onValue?(context: Context, value: unknown): unknown;
  onChunk?(context: Context, chunk: unknown): unknown;
  onError?(context: Context, error: unknown): unknown;
  onEnd?(context: Context): unknown;
}

/** One such decorator on one method. */
export interface Middleware {
  /** As people write it: `@saved`. */
  readonly decorator: string;
  readonly hooks: Hooks;
  readonly options: object;
}

/** All that stand on one method, the nearest to it first. */
export interface MethodMiddleware {
  readonly list: readonly Middleware[];
  /** How the call is recorded where no other decorator says it. */
  readonly alone: CallDefinition;
}

interface Run extends Middleware {
  readonly context: HookContext;
}

const running = shared('hooks', () => new Set<Promise<unknown>>());

/** Resolves when no hook of any call is at work. */
export async function hooksSettled(): Promise<void> {
  // What has just ended tells its hooks in a microtask.
  await Promise.resolve();
  while (running.size > 0) await Promise.all(running);
}

/** A decorated call with hooks. It listens on where it reports a call inside, which then listens for it. */
export class HookedCall extends DecoratedCall {
  #runs: readonly Run[] = [];
  #isFollowing = false;
  #isOver = false;
  #replacement: unknown = undefined;
  /** `this` and the arguments: held loosely once they may hold what was returned, which is collected if nobody reads it. */
  #given: readonly unknown[] = [];
  #isLoose = false;

  /** The method is about to run. */
  hook(list: readonly Middleware[], methodName: string, self: unknown, args: readonly unknown[]): void {
    const { record } = this;
    const { functionName = methodName } = record;
    const traceparent = traceparentOf(trace.getSpanContext(this.context));
    this.#given = [self, ...args];
    const given = (): unknown[] =>
      this.#given.map((value) => (this.#isLoose && value instanceof WeakRef ? (value.deref() as unknown) : value));
    this.#runs = list.map((one) => ({
      ...one,
      context: {
        ...{ methodName, functionName, traceparent, options: one.options, call: record, state: {} },
        get args() {
          return given().slice(1);
        },
        get this() {
          return given()[0];
        },
      },
    }));
    for (const run of [...this.#runs].reverse()) this.#runHook('onStart', run);
  }

  protected override restart(parent: Context, known: Partial<CallRecord>): DecoratedCall | undefined {
    const call = super.restart(parent, known) as HookedCall | undefined;
    const { methodName = '', this: self, args = [] } = this.#runs[0]?.context ?? {};
    call?.hook(this.#runs, methodName, self, args);
    return call;
  }

  /** Tells a hook of each decorator, the nearest to the method first: of several replacements, the first counts. */
  tell(name: keyof Hooks, value?: unknown): void {
    for (const run of this.#runs) this.#runHook(name, run, value);
  }

  override watch(value: unknown): unknown {
    return this.#coverThenable(super.watch(value));
  }

  override takes(value: object): boolean {
    if (this.#isFollowing) return false;
    // Its end may come before its value has been told.
    this.#isFollowing = true;
    this.#isFollowing = super.takes(value);
    if (!this.#isFollowing || !this.ended) return false;
    this.resolved(value);
    return true;
  }

  override resolved(value: unknown): void {
    this.tell('onValue', value);
    if (this.#isFollowing) this.#finish();
    else super.resolved(value);
  }

  override chunk(value: unknown): void {
    if (!this.#isFollowing) super.chunk(value);
    this.tell('onChunk', value);
  }

  override pending(target: object, idles: boolean): void {
    if (!this.#isLoose) {
      this.#isLoose = true;
      this.#given = this.#given.map(loosely);
    }
    if (!this.#isFollowing) super.pending(target, idles);
  }

  override end(outcome: Outcome, error?: unknown): void {
    const isFirst = !this.ended;
    if (isFirst) {
      if (outcome === 'error' || (outcome === 'aborted' && error !== undefined)) this.tell('onError', error);
      super.end(outcome, error);
    }
    if (isFirst && this.#isFollowing) queueMicrotask(() => this.#finish());
    else this.#finish();
  }

  /** What the caller gets in place of `error`; throws it where no hook gave anything. */
  instead(error: unknown, isAsync = true): unknown {
    const replacement = this.#replacement;
    if (!isThenable(replacement)) return valueOr(replacement, error);
    if (isAsync) {
      return Promise.resolve(replacement).then(
        (given) => valueOr(given, error),
        () => valueOr(undefined, error),
      );
    }
    reportFailure('an async onError cannot replace what a sync method throws', error);
    throw error;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.completeRecord();
    this.tell('onEnd');
  }

  #runHook(name: keyof Hooks, { decorator, hooks, context }: Run, value?: unknown): void {
    if (hooks[name] === undefined) return;
    const fails = (failure: unknown): void => {
      // A hook may throw on what it was given.
      if (name !== 'onError' || failure !== value)
        reportFailure(`${name} of ${decorator} failed on ${context.functionName}`, failure);
    };
    try {
      const given = contextApi.with(this.context, () => hooks[name]?.(context, value));
      if (isThenable(given)) waitFor(given, fails);
      if (name === 'onError') this.#replacement ??= given;
    } catch (failure) {
      fails(failure);
    }
  }

  /** Of a native promise the engine makes another one anyway; any other thenable stays the same object. */
  #coverThenable(value: unknown): unknown {
    const mayReplace = this.#runs.some(({ hooks }) => hooks.onError !== undefined);
    if (!mayReplace || !isThenable(value) || isNativePromise(value)) return value;
    const then = methodOf(value, 'then') as Method;
    const replacing =
      (onFulfilled: unknown, onRejected: unknown): Method =>
      (error) => {
        let given: unknown;
        try {
          given = this.instead(error);
        } catch {
          if (typeof onRejected === 'function') return (onRejected as Method)(error);
          throw error;
        }
        if (isThenable(given)) return given.then(onFulfilled as Method, onRejected as Method);
        return typeof onFulfilled === 'function' ? (onFulfilled as Method)(given) : given;
      };
    cover(value, 'then', function (this: unknown, onFulfilled, onRejected, ...rest) {
      // Anything else would hear of a handler that is none.
      const isHandled = typeof onRejected === 'function' || value instanceof Promise;
      return then.call(this, onFulfilled, isHandled ? replacing(onFulfilled, onRejected) : onRejected, ...rest);
    });
    return value;
  }
}

function loosely(value: unknown): unknown {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject ? new WeakRef(value) : value;
}

function valueOr(replacement: unknown, error: unknown): unknown {
  try {
    if (typeof replacement === 'object' && replacement !== null && 'value' in replacement) return replacement.value;
  } catch (failure) {
    reportFailure('what onError returned could not be read', failure);
  }
  throw error;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && methodOf(value, 'then') !== undefined;
}

function waitFor(given: PromiseLike<unknown>, fails: (failure: unknown) => void): void {
  const settled = Promise.resolve(given).then(undefined, fails);
  running.add(settled);
  void settled.then(() => running.delete(settled));
}

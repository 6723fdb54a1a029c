import { isIterable, type Act, type Plan, type Stopping } from './plan.js';
import { turn, type Trace } from './trace.js';
import { named } from './values.js';

/** One run of a plan: what it tells, and the signal that it listens to. */
export interface Run {
  readonly trace: Trace;
  readonly signal: AbortSignal;
}

/**
 * How a list of acts was left: undefined at its end, or by the act that returned. The act itself, since a `return` of the
 * consumer's may bring it out.
 */
type Left = Extract<Act, { does: 'return' }> | undefined;

export function makeSource(plan: Plan, run: Run, isAsync: boolean): object {
  const source = isIterable(plan) ? new Iterable(plan, run, isAsync) : makeIterator(plan, run, isAsync);
  return plan.isFrozen ? Object.freeze(source) : source;
}

class Iterable {
  [Symbol.iterator]?: () => object;
  [Symbol.asyncIterator]?: () => object;

  constructor(plan: Plan, run: Run, isAsync: boolean) {
    this[isAsync ? Symbol.asyncIterator : Symbol.iterator] = () => {
      run.trace.source.push(['iterated']);
      return makeIterator(plan, run, isAsync);
    };
  }
}

function makeIterator(plan: Plan, run: Run, isAsync: boolean): object {
  if (plan.kind.includes('generator')) return isAsync ? generatedLater(plan, run) : generated(plan, run);
  return isAsync ? asyncIterator(plan, run) : syncIterator(plan, run);
}

export function* generated(plan: Plan, run: Run): Generator {
  run.trace.source.push(['entered']);
  return valueOf(yield* doAll(plan.acts, run));
}

export async function* generatedLater(plan: Plan, run: Run): AsyncGenerator {
  run.trace.source.push(['entered']);
  return valueOf(yield* doAllLater(plan.acts, run));
}

function valueOf(left: Left): unknown {
  return left === undefined ? undefined : named(left.value);
}

function* doAll(acts: readonly Act[], run: Run): Generator<unknown, Left> {
  const { source } = run.trace;
  for (const act of acts) {
    source.push([act.does]);
    if (act.does === 'yield') source.push(['sent', yield named(act.value)]);
    else if (act.does === 'return') return act;
    else if (act.does === 'try') {
      let left: Left;
      try {
        left = yield* doAll(act.body, run);
      } catch (error) {
        source.push(['caught', error]);
        if (act.caught === undefined) throw error;
        left = yield* doAll(act.caught, run);
      } finally {
        source.push(['afterwards']);
        if (act.afterwards !== undefined) yield* doAll(act.afterwards, run);
      }
      if (left !== undefined) return left;
    } else doAtOnce(act, run);
  }
  return undefined;
}

async function* doAllLater(acts: readonly Act[], run: Run): AsyncGenerator<unknown, Left> {
  const { source } = run.trace;
  for (const act of acts) {
    source.push([act.does]);
    if (act.does === 'yield') source.push(['sent', yield named(act.value)]);
    else if (act.does === 'return') {
      await named(act.value);
      return act;
    } else if (act.does === 'try') {
      let left: Left;
      try {
        left = yield* doAllLater(act.body, run);
      } catch (error) {
        source.push(['caught', error]);
        if (act.caught === undefined) throw error;
        left = yield* doAllLater(act.caught, run);
      } finally {
        source.push(['afterwards']);
        if (act.afterwards !== undefined) yield* doAllLater(act.afterwards, run);
      }
      if (left !== undefined) return left;
    } else {
      await waitFor(act, run);
      doAtOnce(act, run);
    }
  }
  return undefined;
}

/** What takes no time: to fail, perhaps. */
export function doAtOnce(act: Act, { signal }: Run): void {
  if (act.does === 'throw') throw named(act.error);
  if (act.does === 'throw if aborted') signal.throwIfAborted();
}

export async function waitFor(act: Act, { signal, trace }: Run): Promise<void> {
  if (act.does === 'wait') for (let count = act.microtasks; count > 0; count--) await Promise.resolve();
  else if (act.does === 'wait a turn') {
    await turn();
    trace.source.push(['a turn has come']);
  } else if (act.does === 'wait for an abort' && !signal.aborted) {
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
}

/** The acts of a plan, one result at a time. Overlapping calls share it. */
class Results {
  private index = 0;

  constructor(
    private readonly acts: readonly Act[],
    private readonly run: Run,
  ) {}

  /** Undefined for an act without a result. */
  private resultOf(act: Act | undefined): { result: unknown } | undefined {
    if (act === undefined) return { result: { value: undefined, done: true } };
    switch (act.does) {
      case 'yield':
        return { result: { value: named(act.value), done: false } };
      case 'give':
        return { result: named(act.result) };
      case 'return':
        this.index = Infinity;
        return { result: { value: named(act.value), done: true } };
      default:
        doAtOnce(act, this.run);
        return undefined;
    }
  }

  next(): unknown {
    for (;;) {
      const found = this.resultOf(this.acts[this.index++]);
      if (found !== undefined) return found.result;
    }
  }

  async nextLater(): Promise<unknown> {
    for (;;) {
      const act = this.acts[this.index++];
      if (act !== undefined) await waitFor(act, this.run);
      const found = this.resultOf(act);
      // A result is no thenable, but a hostile one throws when it is asked.
      if (found !== undefined) return found.result;
    }
  }

  stop(stopping: Stopping, value: unknown, failure: unknown): unknown {
    if (stopping === 'throws') throw failure;
    if (stopping === 'ends') this.index = Infinity;
    return { value, done: stopping === 'ends' };
  }
}

const stopFailure = new Error('the source could not be stopped');

function syncIterator(plan: Plan, run: Run): object {
  const { source } = run.trace;
  const results = new Results(plan.acts, run);
  const iterator: Record<PropertyKey, unknown> = {
    next: (...values: unknown[]) => (source.push(['next', ...values]), results.next()),
    [Symbol.iterator]: () => iterator,
  };
  if (plan.onReturn !== 'none')
    iterator['return'] = (value: unknown) => (
      source.push(['return', value]),
      results.stop(plan.onReturn, value, stopFailure)
    );
  if (plan.onThrow !== 'none')
    iterator['throw'] = (error: unknown) => (
      source.push(['throw', error]),
      results.stop(plan.onThrow, 'caught', error)
    );
  return iterator;
}

class Later<T> extends Promise<T> {}

function asyncIterator(plan: Plan, run: Run): object {
  const { source } = run.trace;
  const results = new Results(plan.acts, run);
  const deliver = (make: () => Promise<unknown>, makeAtOnce: () => unknown): unknown => {
    if (plan.delivery === 'promise') return make();
    if (plan.delivery === 'subclass') return new Later((resolve, reject) => void make().then(resolve, reject));
    if (plan.delivery === 'value') return makeAtOnce();
    return {
      then(onFulfilled: (value: unknown) => void, onRejected: (error: unknown) => void) {
        source.push(['asked for its result']);
        void make().then(onFulfilled, onRejected);
      },
    };
  };
  const stop = (stopping: Stopping, value: unknown, failure: unknown): unknown => {
    const makeAtOnce = (): unknown => results.stop(stopping, value, failure);
    return deliver(async () => makeAtOnce(), makeAtOnce);
  };
  const iterator: Record<PropertyKey, unknown> = {
    next(...values: unknown[]) {
      source.push(['next', ...values]);
      return deliver(
        () => results.nextLater(),
        () => results.next(),
      );
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  if (plan.onReturn !== 'none')
    iterator['return'] = (value: unknown) => (source.push(['return', value]), stop(plan.onReturn, value, stopFailure));
  if (plan.onThrow !== 'none')
    iterator['throw'] = (error: unknown) => (source.push(['throw', error]), stop(plan.onThrow, 'caught', error));
  return iterator;
}

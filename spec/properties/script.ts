import fc from 'fast-check';
import { endOpenCalls } from '../../src/spans/open-calls.js';
import { hasMethod, isIterable, type Plan } from './plan.js';
import { quiet, turn, type Trace } from './trace.js';
import { errors, isOddResult, named, values, type Name } from './values.js';

/** One step of a consumer. It does not wait for a result unless it says so. */
export type Step =
  | { does: 'next' | 'return' | 'throw'; values: Name[] }
  | { does: 'iterate anew' }
  | { does: 'abort'; reason: Name }
  | { does: 'shut down' }
  | { does: 'wait'; microtasks: number }
  | { does: 'wait a turn' }
  | { does: 'wait until quiet' };

const calls: fc.WeightedArbitrary<Step>[] = [
  { weight: 8, arbitrary: fc.array(values, { maxLength: 1 }).map((sent): Step => ({ does: 'next', values: sent })) },
  { weight: 1, arbitrary: fc.array(values, { maxLength: 1 }).map((sent): Step => ({ does: 'return', values: sent })) },
  { weight: 1, arbitrary: errors.map((error): Step => ({ does: 'throw', values: [error] })) },
];
// Without a reason each signal makes its own.
const aborts = errors.filter((name) => named(name) !== undefined).map((reason): Step => ({ does: 'abort', reason }));
const atOnce: fc.WeightedArbitrary<Step>[] = [
  ...calls,
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'iterate anew' }) },
  { weight: 1, arbitrary: aborts },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'shut down' }) },
];
const waits: fc.WeightedArbitrary<Step>[] = [
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 5 }).map((microtasks): Step => ({ does: 'wait', microtasks })) },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'wait a turn' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ does: 'wait until quiet' }) },
];

const MOST_STEPS = { maxLength: 10 };
export const callScripts = fc.array(fc.oneof(...calls), MOST_STEPS);
export const syncScripts = fc.array(fc.oneof(...atOnce), MOST_STEPS);
export const asyncScripts = fc.array(fc.oneof(...atOnce, ...waits), MOST_STEPS);

/**
 * One consumer of one source. Its steps come at moments of their own, never at one that depends on a result, so that
 * the source of a decorated method sees each at exactly the same microtask.
 */
export class Consumer {
  private iterators = 0;
  private calls = 0;
  private iterator: object | undefined = undefined;

  constructor(
    private readonly source: object,
    private readonly plan: Plan,
    private readonly trace: Trace,
    private readonly controller: AbortController,
  ) {}

  private iterate(): object {
    if (!isIterable(this.plan)) return this.source;
    this.iterators++;
    const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: later } = this.source as Record<symbol, () => object>;
    return Reflect.apply(sync ?? (later as () => object), this.source, []);
  }

  take(step: Step): void {
    this.iterator ??= this.iterate();
    if (step.does === 'iterate anew') this.iterator = this.iterate();
    else if (step.does === 'abort') this.controller.abort(named(step.reason));
    else if (step.does === 'shut down') {
      this.trace.did('shutdown');
      endOpenCalls('shutdown');
    } else if (step.does === 'next' || step.does === 'return' || step.does === 'throw') {
      // A watched iterator has a `return` even where its source has none.
      if (hasMethod(this.plan, step.does)) this.call(this.iterator, step.does, step.values.map(named));
    }
  }

  async takeAll(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.does === 'wait') for (let count = step.microtasks; count > 0; count--) await Promise.resolve();
      else if (step.does === 'wait a turn') await turn();
      else if (step.does === 'wait until quiet') await quiet(this.trace);
      else this.take(step);
    }
    await quiet(this.trace);
  }

  private call(iterator: object, name: 'next' | 'return' | 'throw', sent: unknown[]): void {
    const { trace, iterators } = this;
    const about = [iterators, this.calls++, name];
    trace.did('called', ...about, ...sent);
    try {
      const given = (iterator as Record<string, (...values: unknown[]) => unknown>)[name]?.(...sent);
      if (!isThenable(given)) {
        trace.did('result', ...about, ...parts(given));
        return;
      }
      trace.did('promised', ...about, given.constructor.name);
      // Not chained: what a lazy thenable's own `then` returns is its own affair.
      given.then(
        (result) => trace.saw(iterators, 'result', ...about, ...parts(result)),
        (error: unknown) => trace.saw(iterators, 'failed', ...about, error),
      );
    } catch (error) {
      trace.did('failed', ...about, error);
    }
  }
}

function isThenable(given: unknown): given is Promise<unknown> {
  if (isOddResult(given)) return false;
  return typeof given === 'object' && given !== null && 'then' in given;
}

/** Of a result, `done` and `value`; what is no result stands for itself. */
function parts(result: unknown): unknown[] {
  if (isOddResult(result) || typeof result !== 'object' || result === null) return ['odd', result];
  const { done, value } = result as IteratorResult<unknown>;
  return [done, value];
}

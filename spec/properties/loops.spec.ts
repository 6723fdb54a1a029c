import fc from 'fast-check';
import { isAbort } from '../../src/streams/abort.js';
import { propertyMs, propertyRuns } from '../support/property-runs.js';
import { asyncWays, give, giveLater, planFor, syncWays, type Given } from './given.js';
import { plans, type Plan } from './plan.js';
import { callScripts, Consumer, type Step } from './script.js';
import { Bare, Decorated, Observation, type SubjectClass, type Way } from './subject.js';
import { expectSame, quiet, type Trace } from './trace.js';
import { errors, named } from './values.js';

let observation: Observation;
beforeAll(() => {
  observation = new Observation();
});
afterAll(() => observation.stop());

/** How the body of a loop leaves it, and after how many values; and when it aborts what the source listens to. */
interface Leaving {
  after: number;
  how: 'break' | 'throw';
  abortAfter: number;
  reason: string;
}

const leavings: fc.Arbitrary<Leaving> = fc.record({
  after: fc.integer({ min: 1, max: 8 }),
  how: fc.constantFrom('break', 'throw'),
  abortAfter: fc.integer({ min: 1, max: 8 }),
  reason: errors.filter((name) => named(name) !== undefined),
});

const leavingError = new Error('the consumer failed');

/** One turn of a loop's body; true where it breaks. */
function body(value: unknown, seen: number, { trace, controller }: Given, leaving: Leaving): boolean {
  trace.did('value', value);
  if (seen === leaving.abortAfter) controller.abort(named(leaving.reason));
  if (seen !== leaving.after) return false;
  trace.did('leaves');
  if (leaving.how === 'throw') throw leavingError;
  return true;
}

function loop(Subject: SubjectClass, plan: Plan, way: Way, leaving: Leaving): Trace {
  const given = give(Subject, plan, way);
  const { source, trace } = given;
  if (source === undefined) return trace;
  let seen = 0;
  try {
    for (const value of source as Iterable<unknown>) if (body(value, ++seen, given, leaving)) break;
    trace.did('over');
  } catch (error) {
    trace.did('failed', error);
  }
  return trace;
}

async function loopLater(given: Given, leaving: Leaving): Promise<void> {
  const { source, trace } = given;
  let seen = 0;
  try {
    for await (const value of source as AsyncIterable<unknown>) if (body(value, ++seen, given, leaving)) break;
    trace.did('over');
  } catch (error) {
    trace.did('failed', error);
  }
}

const OUTCOMES = ['completed', 'error', 'cancelled', 'aborted', 'shutdown'];

/** How a call may end whose consumer looped. */
function outcomesOf({ consumer }: Trace, plan: Plan): string[] {
  const [[label, error] = []] = consumer.slice(-1);
  if (label === 'refused') return [isAbort(error) ? 'aborted' : 'error'];
  if (plan.isFrozen) return ['completed'];
  if (consumer.some(([step]) => step === 'leaves')) {
    const canRefuse = plan.kind.includes('generator')
      ? plan.acts.some(({ does }) => does === 'try')
      : plan.onReturn === 'goes on' || plan.onReturn === 'throws';
    return canRefuse ? ['cancelled', 'error', 'aborted', 'shutdown'] : ['cancelled'];
  }
  if (label === 'over') return ['completed'];
  // Of a result that is none, the loop complains, and leaves the source as it is.
  if (label === 'failed') return isAbort(error) ? ['aborted'] : ['error', 'shutdown'];
  return ['shutdown'];
}

function expectOutcomes(way: Way, possible: readonly string[]): void {
  for (const { outcome } of observation.endings(way)) expect(possible).toContain(outcome);
}

describe('a loop over what a decorated method gives', () => {
  it(
    'sees what it would see of a bare one, however it is left, and ends one span',
    () => {
      fc.assert(
        fc.property(plans, syncWays, leavings, (anyPlan, way, leaving) => {
          const plan = planFor(anyPlan, way);
          const bare = loop(Bare, plan, way, leaving);
          observation.begin();
          expectSame(bare, loop(Decorated, plan, way, leaving));
          expectOutcomes(way, outcomesOf(bare, plan));
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );

  const follow = async (Subject: SubjectClass, plan: Plan, way: Way, leaving: Leaving): Promise<Given> => {
    const given = await giveLater(Subject, plan, way);
    if (given.source === undefined) return given;
    void loopLater(given, leaving);
    await quiet(given.trace);
    // It may hang, waiting for this.
    given.controller.abort(named(leaving.reason));
    await quiet(given.trace);
    return given;
  };

  it(
    'sees what it would see of a bare one, where each value is awaited',
    async () => {
      await fc.assert(
        fc.asyncProperty(plans, asyncWays, leavings, async (anyPlan, way, leaving) => {
          const plan = planFor(anyPlan, way);
          const bare = await follow(Bare, plan, way, leaving);
          observation.begin();
          const decorated = await follow(Decorated, plan, way, leaving);
          expectSame(bare.trace, decorated.trace);
          expectOutcomes(way, outcomesOf(bare.trace, plan));
          expect(decorated.source === undefined).toBe(bare.source === undefined);
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );
});

describe('a generator that delegates to what a decorated method gives', () => {
  /** To the consumer it is a generator, whatever it delegates to. */
  const asGenerator = (plan: Plan): Plan => ({ ...plan, kind: 'generator' });

  function* delegating(source: object): Generator {
    return yield* source as Iterable<unknown>;
  }
  async function* delegatingLater(source: object): AsyncGenerator {
    return yield* source as AsyncIterable<unknown>;
  }

  const follow = (Subject: SubjectClass, plan: Plan, way: Way, script: readonly Step[]): Trace => {
    const { source, trace, controller } = give(Subject, plan, way);
    if (source === undefined) return trace;
    const consumer = new Consumer(delegating(source), asGenerator(plan), trace, controller);
    for (const step of script) consumer.take(step);
    return trace;
  };

  it(
    'does the same as over a bare one, and ends one span',
    () => {
      fc.assert(
        fc.property(plans, syncWays, callScripts, (anyPlan, way, script) => {
          const plan = planFor(anyPlan, way);
          const bare = follow(Bare, plan, way, script);
          observation.begin();
          expectSame(bare, follow(Decorated, plan, way, script));
          expectOutcomes(way, OUTCOMES);
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );

  const followLater = async (Subject: SubjectClass, plan: Plan, way: Way, script: readonly Step[]): Promise<Given> => {
    const given = await giveLater(Subject, plan, way);
    if (given.source === undefined) return given;
    const outer = delegatingLater(given.source);
    await new Consumer(outer, asGenerator(plan), given.trace, given.controller).takeAll(script);
    return given;
  };

  it(
    'does the same as over a bare one, where each result is awaited',
    async () => {
      await fc.assert(
        fc.asyncProperty(plans, asyncWays, callScripts, async (anyPlan, way, script) => {
          const plan = planFor(anyPlan, way);
          const bare = await followLater(Bare, plan, way, script);
          observation.begin();
          const decorated = await followLater(Decorated, plan, way, script);
          expectSame(bare.trace, decorated.trace);
          expectOutcomes(way, OUTCOMES);
          expect(decorated.source === undefined).toBe(bare.source === undefined);
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );
});

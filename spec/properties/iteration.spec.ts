import fc from 'fast-check';
import { isAbort, isEarlyStop } from '../../src/streams/abort.js';
import { propertyMs, propertyRuns } from '../support/property-runs.js';
import { asyncWays, give, giveLater, planFor, syncWays, type Given } from './given.js';
import { plans, type Plan } from './plan.js';
import { asyncScripts, Consumer, syncScripts, type Step } from './script.js';
import { Bare, Decorated, Observation, type Ending, type SubjectClass, type Way } from './subject.js';
import { expectSame, type Trace } from './trace.js';

let observation: Observation;
beforeAll(() => {
  observation = new Observation();
});
afterAll(() => observation.stop());

/** How the call of a decorated method ends whose consumer saw what the bare one's did. */
function endingOf({ consumer }: Trace, { isFrozen }: Plan): Ending {
  if (isFrozen && consumer[0]?.[0] !== 'refused') return { outcome: 'completed', chunks: undefined };
  const stopped = new Set<unknown>();
  const thrownIn = new Set<unknown>();
  let seen = 0;
  let counting: unknown;
  const ending = (outcome: string): Ending => ({ outcome, chunks: seen > 0 ? seen : undefined });
  for (const [label, iterator, , name, ...rest] of consumer) {
    if (label === 'shutdown') return ending('shutdown');
    if (label === 'refused') return ending(isAbort(iterator) ? 'aborted' : 'error');
    if (label === 'called' && name === 'throw') thrownIn.add(rest[0]);
    if (label !== 'failed' && label !== 'result') continue;
    // Of several iterations at once, the first to give something is the one that counts.
    counting ??= iterator;
    if (iterator !== counting) continue;
    if (label === 'failed') {
      const isThrownIn = thrownIn.has(rest[0]);
      if (isAbort(rest[0]) && !(isThrownIn && isEarlyStop(rest[0]))) return ending('aborted');
      return ending(isThrownIn ? 'cancelled' : 'error');
    }
    if (name === 'return') stopped.add(iterator);
    const isDone = rest[0] === 'odd' ? isDoneOf(rest[1]) : Boolean(rest[0]);
    if (isDone === true) return ending(stopped.has(iterator) ? 'cancelled' : 'completed');
    if (isDone === false) seen++;
  }
  return ending('shutdown');
}

/** Undefined where the result cannot be read. */
function isDoneOf(result: unknown): boolean | undefined {
  try {
    const { done, value: _ } = (result ?? {}) as { done?: unknown; value?: unknown };
    return Boolean(done);
  } catch {
    return undefined;
  }
}

function expectEndings(way: Way, plan: Plan, bare: Trace): void {
  for (const ending of observation.endings(way)) expect(ending).toEqual(endingOf(bare, plan));
}

describe('a source that a decorated method gives', () => {
  const follow = (Subject: SubjectClass, plan: Plan, way: Way, script: readonly Step[]): Trace => {
    const { source, trace, controller } = give(Subject, plan, way);
    if (source === undefined) return trace;
    const consumer = new Consumer(source, plan, trace, controller);
    for (const step of script) consumer.take(step);
    return trace;
  };

  it(
    'does the same as a bare one, step by step, and ends one span',
    () => {
      fc.assert(
        fc.property(plans, syncWays, syncScripts, (anyPlan, way, script) => {
          const plan = planFor(anyPlan, way);
          const bare = follow(Bare, plan, way, script);
          observation.begin();
          expectSame(bare, follow(Decorated, plan, way, script));
          expectEndings(way, plan, bare);
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );

  const followLater = async (Subject: SubjectClass, plan: Plan, way: Way, script: readonly Step[]): Promise<Given> => {
    const given = await giveLater(Subject, plan, way);
    if (given.source !== undefined) {
      await new Consumer(given.source, plan, given.trace, given.controller).takeAll(script);
    }
    return given;
  };

  it(
    'does the same as a bare one when it is asynchronous and its consumer does not wait',
    async () => {
      await fc.assert(
        fc.asyncProperty(plans, asyncWays, asyncScripts, async (anyPlan, way, script) => {
          const plan = planFor(anyPlan, way);
          const bare = await followLater(Bare, plan, way, script);
          observation.begin();
          const decorated = await followLater(Decorated, plan, way, script);
          expectSame(bare.trace, decorated.trace);
          expectEndings(way, plan, bare.trace);
          // Held until here: what is collected earlier ends as abandoned.
          expect(decorated.source === undefined).toBe(bare.source === undefined);
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );
});

import fc from 'fast-check';
import type { Plan } from './plan.js';
import { generated, generatedLater, makeSource } from './sources.js';
import type { SubjectClass, Way } from './subject.js';
import { Trace } from './trace.js';
import { named } from './values.js';

/** A source that a method gave; undefined where it threw instead. */
export interface Given {
  source: object | undefined;
  trace: Trace;
  controller: AbortController;
}

export const syncWays = fc.constantFrom<Way>('generate', 'give', 'give through');
export const asyncWays = fc.constantFrom<Way>('generate', 'give', 'give later', 'give through');

export function give(Subject: SubjectClass, plan: Plan, way: Way, isAsync = false): Given {
  const trace = new Trace();
  const controller = new AbortController();
  const run = { trace, signal: controller.signal };
  const subject = new Subject({
    generate: () => generated(plan, run),
    generateLater: () => generatedLater(plan, run),
    give() {
      if (plan.refusal !== undefined) throw named(plan.refusal.error);
      return makeSource(plan, run, isAsync);
    },
  });
  const methods = {
    generate: () => (isAsync ? subject.generateLater() : subject.generate()),
    give: () => subject.give(),
    'give later': () => subject.giveLater(),
    'give through': () => subject.giveThrough(),
  };
  try {
    return { source: methods[way](), trace, controller };
  } catch (error) {
    trace.did('refused', error);
    return { source: undefined, trace, controller };
  }
}

export async function giveLater(Subject: SubjectClass, plan: Plan, way: Way): Promise<Given> {
  const given = give(Subject, plan, way, true);
  if (way !== 'give later') return given;
  try {
    return { ...given, source: await (given.source as Promise<object>) };
  } catch (error) {
    given.trace.did('refused', error);
    return { ...given, source: undefined };
  }
}

/** A method that is a generator itself has the acts of the plan, and nothing else of it. */
export function planFor(plan: Plan, way: Way): Plan {
  return way === 'generate' ? { ...plan, kind: 'generator', isFrozen: false, refusal: undefined } : plan;
}

import type { Outcome } from '../../src/core/record.js';
import type { AllowedDifference } from './allowed-differences.js';
import type { Consumer } from './consumer.js';
import type { Trace } from './trace.js';

/** The columns of the matrix. */
export const USES = {
  inspect: 'look at it: members, class, prototype, JSON',
  await: 'await it',
  read: 'use it to its end',
  stop: 'stop after the first',
  fail: 'fail while using it',
  twice: 'use it twice, or from two places',
  step: 'go step by step, by hand, several steps at once',
  pass: 'hand it on: pipe, tee, then chain, yield*',
  cancel: 'cancel it from outside: cancel, destroy, return, throw, a signal',
  handle: 'handle its failure: catch, finally, error event',
  leave: 'begin, and leave it until shutdown',
  drop: 'drop it unused until it is collected',
  unhandled: 'handle no failure, in a process of its own',
} as const;

export type Use = keyof typeof USES;
export const useNames = Object.keys(USES) as Use[];

/** How a call ends; `ends` is the row's own way to end when it is used up. */
export type Expected = Outcome | 'ends';

/** How consumers of one kind of value put a use into practice. */
export interface Idiom<V> {
  /** One for each span. */
  readonly expected: readonly Expected[];
  readonly script: (consumer: Consumer<V>) => unknown;
}

/** A text is the reason why a use cannot apply. */
export type Cell<V> = Idiom<V> | string;
export type Uses<V> = Readonly<Record<Use, Cell<V>>>;

/** A return value. */
export interface Row<V = unknown> {
  readonly title: string;
  /** Makes the value anew; notes what its source does. */
  readonly make: (trace: Trace, self: object) => unknown;
  readonly uses: Uses<V>;
  /** The outcome of a call whose value is used to its end. Default `completed`. */
  readonly ends?: Outcome;
  /** `error.type` of its failure. */
  readonly errorType?: string;
  /** The method returns a promise of the value that the uses are about. */
  readonly isPromised?: true;
  /** What its cells may do differently, each at most one of these. */
  readonly allowed?: readonly AllowedDifference[];
}

/** A script with the outcome of each call that it makes. */
export function idiom<V>(expected: Expected | readonly Expected[], script: Idiom<V>['script']): Idiom<V> {
  return { expected: typeof expected === 'string' ? [expected] : expected, script };
}

/** A row of any kind, as the runner sees it. */
export function row<V>(title: string, uses: Uses<V>, make: Row['make'], rest: Partial<Row> = {}): Row {
  return { title, uses: uses as Uses<unknown>, make, ...rest };
}

import fc from 'fast-check';
import { errors, results, values, type Name } from './values.js';

/** One thing that a source does. A synchronous source does not wait. */
export type Act =
  | { does: 'yield'; value: Name }
  | { does: 'throw'; error: Name }
  | { does: 'return'; value: Name }
  | { does: 'wait'; microtasks: number }
  | { does: 'wait a turn' }
  | { does: 'throw if aborted' }
  | { does: 'wait for an abort' }
  | { does: 'try'; body: Act[]; caught: Act[] | undefined; afterwards: Act[] | undefined }
  /** Only of iterators written by hand: `next` gives something that is no iterator result. */
  | { does: 'give'; result: Name };

/** What an iterator written by hand does when it is asked to stop. */
export type Stopping = 'none' | 'ends' | 'goes on' | 'throws';

export interface Plan {
  acts: Act[];
  kind: 'generator' | 'iterator' | 'iterable of generators' | 'iterable of iterators';
  onReturn: Stopping;
  onThrow: Stopping;
  /** How an asynchronous iterator written by hand gives its results. */
  delivery: 'promise' | 'subclass' | 'thenable' | 'value';
  isFrozen: boolean;
  /** The method throws this instead of giving a source. */
  refusal: { error: Name } | undefined;
}

const simpleActs: fc.WeightedArbitrary<Act>[] = [
  { weight: 8, arbitrary: values.map((value): Act => ({ does: 'yield', value })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }).map((microtasks): Act => ({ does: 'wait', microtasks })) },
  { weight: 1, arbitrary: fc.constant<Act>({ does: 'wait a turn' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ does: 'throw if aborted' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ does: 'wait for an abort' }) },
  { weight: 1, arbitrary: errors.map((error): Act => ({ does: 'throw', error })) },
  { weight: 1, arbitrary: values.map((value): Act => ({ does: 'return', value })) },
];

const actLists = (depth: number): fc.Arbitrary<Act[]> => {
  if (depth === 0) return fc.array(fc.oneof(...simpleActs), { maxLength: 4 });
  const inner = actLists(depth - 1);
  const attempts = fc.record({
    does: fc.constant('try' as const),
    body: inner,
    caught: fc.option(inner, { nil: undefined }),
    afterwards: fc.option(inner, { nil: undefined }),
  });
  return fc.array(fc.oneof(...simpleActs, { weight: 3, arbitrary: attempts }), { maxLength: 6 });
};

/** Without `try`. */
export const streamActs = actLists(0);
const generatorActs = actLists(2);
const iteratorActs = fc.array(
  fc.oneof(...simpleActs, {
    weight: 1,
    arbitrary: results.map((result): Act => ({ does: 'give', result })),
  }),
  { maxLength: 6 },
);

const stopping = fc.constantFrom<Stopping>('none', 'ends', 'ends', 'goes on', 'throws');
const seldom = fc.integer({ min: 0, max: 19 }).map((number) => number === 0);

const planOf = (kinds: readonly Plan['kind'][], acts: fc.Arbitrary<Act[]>): fc.Arbitrary<Plan> =>
  fc.record({
    acts,
    kind: fc.constantFrom(...kinds),
    onReturn: stopping,
    onThrow: stopping,
    delivery: fc.constantFrom<Plan['delivery']>('promise', 'promise', 'subclass', 'thenable', 'value'),
    isFrozen: seldom,
    refusal: fc.option(fc.record({ error: errors }), { nil: undefined, freq: 19 }),
  });

export const plans: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 3, arbitrary: planOf(['generator', 'generator', 'iterable of generators'], generatorActs) },
  { weight: 2, arbitrary: planOf(['iterator', 'iterator', 'iterable of iterators'], iteratorActs) },
);

/** Whether the source is an object that makes its iterators on demand. */
export function isIterable({ kind }: Plan): boolean {
  return kind.startsWith('iterable');
}

/** Whether the source's iterators have the method. */
export function hasMethod({ kind, onReturn, onThrow }: Plan, name: 'next' | 'return' | 'throw'): boolean {
  if (name === 'next' || kind.endsWith('generator') || kind.endsWith('generators')) return true;
  return (name === 'return' ? onReturn : onThrow) !== 'none';
}

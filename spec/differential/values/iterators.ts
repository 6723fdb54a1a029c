import { ANOTHER_PROMISE, FROZEN, HIDDEN_PROPERTIES } from '../allowed-differences.js';
import type { Trace } from '../trace.js';
import { idiom, row, type Row, type Uses } from '../table.js';
import { asyncGeneratorUses, asyncIterableUses } from '../uses/async-iterators.js';
import { noteMicrotasks } from '../uses/moments.js';
import { promised } from '../uses/promised.js';
import { syncIterableUses } from '../uses/sync-iterators.js';
import { LibraryError } from './plain.js';

interface Course {
  /** The index at which the body throws. */
  failsAt?: number;
  /** Yields from its `finally` when it is stopped. */
  lingers?: boolean;
  count?: number;
}

export async function* numbers(trace: Trace, { failsAt, lingers, count = 3 }: Course = {}): AsyncGenerator {
  trace.note('body starts');
  try {
    for (let index = 0; index < count; index++) {
      if (index === failsAt) throw new LibraryError(`failed at ${index}`);
      trace.note('body gives', index);
      trace.note('body is given', yield index);
    }
    return 'returned';
  } finally {
    trace.note('body cleans up');
    if (lingers === true) yield 'last words';
    trace.note('body is over');
  }
}

async function* delegating(trace: Trace): AsyncGenerator {
  trace.note('inner gave', yield* numbers(trace));
  return 'outer';
}

function* syncNumbers(trace: Trace, failsAt = -1): Generator {
  trace.note('body starts');
  try {
    for (let index = 0; index < 3; index++) {
      if (index === failsAt) throw new LibraryError(`failed at ${index}`);
      trace.note('body is given', yield index);
    }
    return 'returned';
  } finally {
    trace.note('body is over');
  }
}

/** An iterator by hand, which cannot be told to stop. */
function countdown(trace: Trace): { next(): IteratorResult<number> } {
  let left = 3;
  return {
    next() {
      trace.note('next is called', left);
      return left > 0 ? { done: false, value: left-- } : { done: true, value: undefined };
    },
  };
}

function asyncCountdown(trace: Trace): AsyncIterableIterator<number> {
  const inner = countdown(trace);
  return {
    next: () => Promise.resolve(inner.next()),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function syncCountdown(trace: Trace): IterableIterator<number> {
  return Object.assign(countdown(trace), {
    [Symbol.iterator]() {
      return this as IterableIterator<number>;
    },
  });
}

/** Iterables that are no iterators: each iteration starts anew. */
class Shelf {
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  *[Symbol.iterator](): Generator {
    yield* syncNumbers(this.#trace);
  }
}

class Feed {
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator {
    yield* numbers(this.#trace);
  }
}

const NO_RETURN = 'it has neither return nor throw';

/** `break` leaves such an iterator open, and its consumer may go on. */
const unstoppableSyncUses: Uses<Iterable<unknown>> = {
  ...syncIterableUses,
  stop: idiom('cancelled', (consumer) => {
    const iterator = consumer.call();
    for (const value of iterator) {
      consumer.trace.note('reads', value);
      break;
    }
    consumer.trace.note('the rest', [...iterator]);
  }),
  step: idiom('ends', (consumer) => {
    const iterator = consumer.call()[Symbol.iterator]();
    for (let count = 0; count < 5; count++) consumer.trace.try('next', () => iterator.next(count));
  }),
  cancel: NO_RETURN,
};

const unstoppableUses: Uses<AsyncIterable<unknown>> = {
  ...asyncIterableUses,
  stop: idiom('cancelled', async (consumer) => {
    const iterator = await consumer.open();
    for await (const value of iterator) {
      consumer.trace.note('reads', value);
      break;
    }
    for await (const value of iterator) consumer.trace.note('reads on', value);
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const iterator = (await consumer.open())[Symbol.asyncIterator]();
    const first = iterator.next();
    await noteMicrotasks(trace, first);
    trace.note('next', await first);
    await trace.attempt('at once', () => Promise.all([1, 2, 3].map((value) => iterator.next(value))));
  }),
  cancel: NO_RETURN,
};

const failed = { ends: 'error', errorType: 'LibraryError' } as const;
const allowed = [HIDDEN_PROPERTIES, ANOTHER_PROMISE];
const hidden = [HIDDEN_PROPERTIES];

/** `break` leaves such a generator in its `finally`, where it may go on: it is over when its consumer lets go of it. */
const lingeringUses: Uses<AsyncGenerator> = {
  ...asyncGeneratorUses,
  ...Object.fromEntries(
    (['stop', 'fail'] as const).map((use) => {
      const cell = asyncGeneratorUses[use];
      return [use, typeof cell === 'string' ? cell : idiom('shutdown', cell.script)];
    }),
  ),
  step: idiom('cancelled', async (consumer) => {
    const { trace } = consumer;
    const generator = await consumer.open();
    trace.note('next', await generator.next());
    trace.note('return', await generator.return('stopped'));
    consumer.midway();
    trace.note('next', await generator.next());
    trace.note('next', await generator.next());
  }),
};

export const iteratorRows: readonly Row[] = [
  row('a sync iterable that is no iterator', syncIterableUses, (trace) => new Shelf(trace), { allowed: hidden }),
  row('a sync iterator without return', unstoppableSyncUses, syncCountdown, { allowed: hidden }),
  row('a sync generator', syncIterableUses, (trace) => syncNumbers(trace), { allowed: hidden }),
  row('a sync generator that throws midway', syncIterableUses, (trace) => syncNumbers(trace, 2), {
    ...failed,
    allowed: hidden,
  }),
  row('an async iterable that is no iterator', asyncIterableUses, (trace) => new Feed(trace), { allowed }),
  row('an async iterator without return', unstoppableUses, asyncCountdown, { allowed }),
  row('an async generator', asyncGeneratorUses, (trace) => numbers(trace), { allowed }),
  row('an async generator that throws midway', asyncGeneratorUses, (trace) => numbers(trace, { failsAt: 2 }), {
    ...failed,
    allowed,
  }),
  row('an async generator whose finally yields', lingeringUses, (trace) => numbers(trace, { lingers: true }), {
    allowed: hidden,
  }),
  row('an async generator that delegates', asyncGeneratorUses, delegating, { allowed }),
  row('an endless async generator', asyncGeneratorUses, (trace) => numbers(trace, { count: Infinity }), {
    ends: 'cancelled',
    allowed,
  }),
  row('a frozen async generator', asyncGeneratorUses, (trace) => Object.freeze(numbers(trace)), { allowed: [FROZEN] }),
  row('a promise of an async generator', promised(asyncGeneratorUses), async (trace) => trace.made(numbers(trace)), {
    isPromised: true,
    allowed: [ANOTHER_PROMISE],
  }),
];

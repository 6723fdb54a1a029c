import { Readable } from 'node:stream';
import type { Consumer } from '../consumer.js';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, MOST, noteMicrotasks, turn } from './moments.js';

type Source = AsyncIterable<unknown>;

async function readAll(consumer: Consumer<Source>, source: Source, reader = ''): Promise<void> {
  await consumer.trace.attempt(`reading${reader}`, async () => {
    let count = 0;
    for await (const value of source) {
      consumer.trace.note(`reads${reader}`, value);
      if (++count === 1 && reader === '') consumer.midway();
      if (count === MOST) break;
      // Which of two readers gets on first is no matter of microtasks.
      await turn();
    }
    return count;
  });
}

const iterate = (source: Source): AsyncIterator<unknown> => source[Symbol.asyncIterator]();

/** Anything for `for await`: iterators, and iterables that make them. */
export const asyncIterableUses: Uses<Source> = {
  inspect: idiom('shutdown', async (consumer) => look(consumer.trace, await consumer.open())),
  await: idiom('ends', async (consumer) => {
    const source = await consumer.open();
    await consumer.trace.attempt('awaited', () => source);
    await readAll(consumer, source);
  }),
  read: idiom('ends', async (consumer) => readAll(consumer, await consumer.open())),
  stop: idiom('cancelled', async (consumer) => {
    for await (const value of await consumer.open()) {
      consumer.trace.note('reads', value);
      break;
    }
  }),
  fail: idiom('cancelled', async (consumer) => {
    const source = await consumer.open();
    await consumer.trace.attempt('reading', async () => {
      for await (const value of source) throw new ConsumerError(String(value));
    });
  }),
  twice: idiom('ends', async (consumer) => {
    const source = await consumer.open();
    await readAll(consumer, source, ' first');
    await readAll(consumer, source, ' second');
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const iterator = iterate(await consumer.open());
    const first = iterator.next('given');
    await noteMicrotasks(trace, first);
    trace.note('next', await first);
    consumer.midway();
    await trace.attempt('at once', () => Promise.allSettled([1, 2, 3].map((value) => iterator.next(value))));
    await trace.attempt('after all', () => iterator.next());
    await trace.attempt('return', () => iterator.return?.('returned'));
  }),
  pass: idiom('ends', async (consumer) => {
    const source = await consumer.open();
    async function* outer(): AsyncGenerator<unknown, void> {
      consumer.trace.note('delegate gives', yield* source as AsyncGenerator);
    }
    await consumer.trace.attempt('passed on', async () => {
      const seen = [];
      for await (const value of Readable.from(outer(), { highWaterMark: 1 })) {
        seen.push(value);
        if (seen.length === MOST) break;
      }
      return seen;
    });
  }),
  cancel: idiom(['cancelled', 'cancelled'], async (consumer) => {
    const { trace } = consumer;
    const unread = iterate(await consumer.open());
    await trace.attempt('return', () => unread.return?.('early'));
    await trace.attempt('next', () => unread.next());
    const begun = iterate(await consumer.open());
    trace.note('next', await begun.next());
    await trace.attempt('throw', () => begun.throw?.(new ConsumerError('thrown in')) ?? begun.return?.());
    await trace.attempt('next', () => begun.next());
  }),
  handle: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    try {
      await readAll(consumer, await consumer.open());
    } finally {
      trace.note('finally');
    }
  }),
  leave: idiom('shutdown', async (consumer) => {
    const iterator = iterate(await consumer.open());
    consumer.trace.note('next', await iterator.next());
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', async (consumer) => {
    const source = await consumer.open();
    let count = 0;
    for await (const value of source) {
      consumer.trace.note('reads', value);
      if (++count === MOST) break;
    }
  }),
};

/** A generator is one iterator: who shares it shares its steps. */
export const asyncGeneratorUses: Uses<AsyncGenerator> = {
  ...(asyncIterableUses as Uses<AsyncGenerator>),
  twice: idiom('ends', async (consumer) => {
    const source = await consumer.open();
    consumer.trace.note('iterates over', source[Symbol.asyncIterator]());
    await Promise.all([readAll(consumer, source, ' here'), readAll(consumer, source, ' there')]);
  }),
};

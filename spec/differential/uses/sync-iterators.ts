import type { Consumer } from '../consumer.js';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError } from './moments.js';

type Source = Iterable<unknown>;

function readAll(consumer: Consumer<Source>, source: Source, reader = ''): void {
  consumer.trace.try(`reading${reader}`, () => {
    for (const value of source) {
      consumer.trace.note(`reads${reader}`, value);
      consumer.midway();
    }
  });
}

/** Anything for `for of` that is not simply there: iterators, and iterables that make them. */
export const syncIterableUses: Uses<Source> = {
  inspect: idiom('shutdown', (consumer) => look(consumer.trace, consumer.call())),
  await: idiom('ends', async (consumer) => {
    const source = consumer.call();
    await consumer.trace.attempt('awaited', () => source);
    await consumer.trace.attempt('reading', async () => {
      // eslint-disable-next-line @typescript-eslint/await-thenable -- it takes what `for of` takes
      for await (const value of source) consumer.trace.note('reads', value);
    });
  }),
  read: idiom('ends', (consumer) => readAll(consumer, consumer.call())),
  stop: idiom(['cancelled', 'cancelled'], (consumer) => {
    for (const value of consumer.call()) {
      consumer.trace.note('reads', value);
      break;
    }
    const [first] = consumer.call();
    consumer.trace.note('takes', first);
  }),
  fail: idiom('cancelled', (consumer) => {
    const source = consumer.call();
    consumer.trace.try('reading', () => {
      for (const value of source) throw new ConsumerError(String(value));
    });
  }),
  twice: idiom('ends', (consumer) => {
    const source = consumer.call();
    readAll(consumer, source, ' first');
    consumer.trace.try('again', () => [...source]);
  }),
  step: idiom('ends', (consumer) => {
    const { trace } = consumer;
    const iterator = consumer.call()[Symbol.iterator]();
    trace.note('next', iterator.next('given'));
    consumer.midway();
    for (let count = 0; count < 4; count++) trace.try('next', () => iterator.next(count));
    trace.try('return', () => iterator.return?.('returned'));
  }),
  pass: idiom('ends', (consumer) => {
    const source = consumer.call();
    function* outer(): Generator {
      consumer.trace.note('delegate gives', yield* source as Generator);
    }
    consumer.trace.try('passed on', () => Array.from(outer()));
  }),
  cancel: idiom(['cancelled', 'cancelled'], (consumer) => {
    const { trace } = consumer;
    const unread = consumer.call()[Symbol.iterator]();
    trace.try('return', () => unread.return?.('early'));
    trace.try('next', () => unread.next());
    const begun = consumer.call()[Symbol.iterator]();
    trace.note('next', begun.next());
    trace.try('throw', () => begun.throw?.(new ConsumerError('thrown in')) ?? begun.return?.());
    trace.try('next', () => begun.next());
  }),
  handle: idiom('ends', (consumer) => {
    try {
      readAll(consumer, consumer.call());
    } finally {
      consumer.trace.note('finally');
    }
  }),
  leave: idiom('shutdown', (consumer) => {
    const iterator = consumer.call()[Symbol.iterator]();
    consumer.trace.note('next', iterator.next());
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', (consumer) => consumer.trace.note('all of it', [...consumer.call()])),
};

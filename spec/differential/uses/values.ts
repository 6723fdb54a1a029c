import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError } from './moments.js';

const OVER = 'a value is over when it comes';
const NO_PARTS = 'it has no parts';

/** A plain value: its call is over when it returns. */
export const valueUses: Uses<unknown> = {
  inspect: idiom('completed', (consumer) => look(consumer.trace, consumer.call())),
  await: idiom('completed', async (consumer) => {
    const value = consumer.call();
    consumer.trace.note('awaited', await value, await Promise.all([value, value]));
  }),
  read: idiom('completed', (consumer) => {
    const value = consumer.call();
    consumer.trace.note('read', value, typeof value);
    if (typeof value === 'function') consumer.trace.try('called', () => (value as () => unknown)());
  }),
  stop: NO_PARTS,
  fail: idiom('completed', (consumer) =>
    consumer.trace.try('using', () => {
      throw new ConsumerError(typeof consumer.call());
    }),
  ),
  twice: idiom(['completed', 'completed'], (consumer) => {
    consumer.call();
    consumer.call();
  }),
  step: NO_PARTS,
  pass: idiom('completed', async (consumer) => {
    const outer = async (): Promise<unknown> => consumer.call();
    await consumer.trace.attempt('passed on', () => outer().then((value) => [value]));
  }),
  cancel: OVER,
  handle: idiom('completed', (consumer) => {
    try {
      consumer.call();
    } catch (error) {
      consumer.trace.note('caught', error);
    } finally {
      consumer.trace.note('finally');
    }
  }),
  leave: idiom('completed', (consumer) => void consumer.call()),
  drop: idiom('completed', (consumer) => void consumer.start()),
  unhandled: idiom('completed', (consumer) => void consumer.call()),
};

/** A value that is itself a collection. */
export const collectionUses: Uses<Iterable<unknown>> = {
  ...valueUses,
  read: idiom('completed', (consumer) => consumer.trace.note('all of it', [...consumer.call()])),
  stop: idiom('completed', (consumer) => {
    for (const item of consumer.call()) {
      consumer.trace.note('reads', item);
      break;
    }
  }),
  step: idiom('completed', (consumer) => {
    const iterator = consumer.call()[Symbol.iterator]();
    for (let count = 0; count < 4; count++) consumer.trace.note('next', iterator.next());
  }),
};

const NOTHING = 'nothing comes back';

/** A method that throws. */
export const thrownUses: Uses<never> = {
  inspect: idiom('ends', (consumer) => {
    try {
      consumer.start();
    } catch (error) {
      consumer.trace.arrives(error);
      look(consumer.trace, error, { print: false });
    }
  }),
  await: idiom('ends', (consumer) => consumer.trace.attempt('awaiting', async () => consumer.call() as unknown)),
  read: idiom('ends', (consumer) => consumer.trace.try('using', () => consumer.call())),
  stop: NOTHING,
  fail: idiom('ends', (consumer) =>
    consumer.trace.try('using', () => {
      try {
        consumer.call();
      } catch (cause) {
        throw new ConsumerError('while handling', { cause });
      }
    }),
  ),
  twice: idiom(['ends', 'ends'], (consumer) => {
    consumer.trace.try('first', () => consumer.call());
    consumer.trace.try('second', () => consumer.call());
  }),
  step: NOTHING,
  pass: idiom('ends', (consumer) =>
    consumer.trace.attempt('passed on', () => Promise.resolve().then(() => consumer.call())),
  ),
  cancel: NOTHING,
  handle: idiom('ends', (consumer) => {
    try {
      consumer.call();
    } catch (error) {
      consumer.trace.note('caught', error);
    } finally {
      consumer.trace.note('finally');
    }
  }),
  leave: idiom('ends', (consumer) => {
    try {
      consumer.start();
    } catch (error) {
      consumer.trace.note('left', error);
    }
  }),
  drop: idiom('ends', (consumer) => {
    try {
      consumer.start();
    } catch {
      consumer.trace.note('dropped');
    }
  }),
  unhandled: idiom('ends', (consumer) => consumer.call()),
};

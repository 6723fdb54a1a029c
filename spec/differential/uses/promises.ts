import { idiom, type Cell, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, noteMicrotasks, turn } from './moments.js';

const UNHANDLED = 'a rejection that nobody handles is the last column';

/** Uses of a promise; `leave` and `drop` tell what becomes of one that nobody asks for its result. */
function promiseUses(leave: Cell<Promise<unknown>>, drop: Cell<Promise<unknown>>): Uses<Promise<unknown>> {
  return {
    inspect: idiom('ends', async (consumer) => {
      const promise = consumer.call();
      await consumer.trace.attempt('awaiting', () => promise);
      await turn();
      look(consumer.trace, promise, { print: false });
    }),
    await: idiom('ends', (consumer) => consumer.trace.attempt('awaiting', async () => await consumer.call())),
    read: idiom('ends', async (consumer) => {
      const { trace } = consumer;
      await consumer.call().then(
        (value) => trace.note('fulfilled', value),
        (error: unknown) => trace.note('rejected', error),
      );
    }),
    stop: idiom('ends', async (consumer) => {
      const promise = consumer.call();
      await consumer.trace.attempt('first of two', () => Promise.race([promise, turn().then(turn)]));
      await consumer.trace.attempt('any', () => Promise.any([Promise.resolve('the other'), promise]));
      await turn();
    }),
    fail: idiom('ends', async (consumer) => {
      const promise = consumer.call();
      const fails = (cause: unknown): never => {
        throw new ConsumerError('consumer', { cause });
      };
      await consumer.trace.attempt('then', () => promise.then(fails, fails));
    }),
    twice: idiom('ends', async (consumer) => {
      const { trace } = consumer;
      const promise = consumer.call();
      await trace.attempt('first', () => promise);
      await trace.attempt('second', () => promise);
      await trace.attempt('both', () => Promise.allSettled([promise, promise]));
      await trace.attempt('all', () => Promise.all([promise, promise]));
    }),
    step: idiom('ends', async (consumer) => {
      await noteMicrotasks(consumer.trace, consumer.call());
    }),
    pass: idiom('ends', async (consumer) => {
      const { trace } = consumer;
      const promise = consumer.call();
      const resolved = Promise.resolve(promise);
      trace.note('still itself', resolved === promise);
      const outer = async (): Promise<unknown> => promise;
      await trace.attempt('passed on', () => outer().then((value) => [value]));
      await trace.attempt('finally', () => promise.finally(() => trace.note('in between')));
      await trace.attempt('resolved', () => resolved);
    }),
    cancel: 'nothing can cancel it',
    handle: idiom('ends', async (consumer) => {
      const { trace } = consumer;
      await trace.attempt('handled', () =>
        consumer
          .call()
          .catch((error: unknown) => (trace.note('caught', error), 'instead'))
          .finally(() => trace.note('finally')),
      );
    }),
    leave,
    drop,
    unhandled: idiom('ends', (consumer) => void consumer.call().then(() => consumer.trace.note('fulfilled'))),
  };
}

const left = idiom<Promise<unknown>>('completed', (consumer) => {
  void consumer.call();
  return turn();
});
const dropped = idiom<Promise<unknown>>('completed', (consumer) => void consumer.start());

export const resolvedUses = promiseUses(left, dropped);
export const rejectedUses = promiseUses(UNHANDLED, UNHANDLED);

/** A subclass is the same object, which nobody but its consumer asks for its result. */
export const subclassUses = promiseUses(
  idiom('shutdown', (consumer) => void consumer.call()),
  idiom('abandoned', (consumer) => void consumer.start()),
);
export const rejectedSubclassUses = promiseUses(UNHANDLED, UNHANDLED);

/** A builder whose `then` sends the query. */
export interface Query extends PromiseLike<unknown> {
  where(condition: string): Query;
}

const UNSENT = 'shutdown';

export const queryUses: Uses<Query> = {
  inspect: idiom(UNSENT, async (consumer) => {
    const query = consumer.call();
    look(consumer.trace, query);
    await turn();
    consumer.trace.note('looked');
  }),
  await: idiom('ends', (consumer) => consumer.trace.attempt('awaiting', async () => await consumer.call().where('a'))),
  read: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const query = consumer.call();
    const returned = query.then(
      (value) => (trace.note('fulfilled', value), 'mapped'),
      (error: unknown) => (trace.note('rejected', error), 'mended'),
    );
    trace.note('then gives', returned);
    await trace.attempt('mapped', () => returned);
  }),
  stop: idiom('ends', (consumer) =>
    consumer.trace.attempt('first of two', () => Promise.race([consumer.call(), turn().then(() => 'the other')])),
  ),
  fail: idiom('ends', (consumer) => {
    const fails = (cause: unknown): never => {
      throw new ConsumerError('consumer', { cause });
    };
    return consumer.trace.attempt('then', () => Promise.resolve(consumer.call()).then(fails, fails));
  }),
  twice: idiom('ends', async (consumer) => {
    const query = consumer.call();
    await consumer.trace.attempt('first', () => query);
    await consumer.trace.attempt('both', () => Promise.allSettled([query, query]));
  }),
  step: idiom('ends', (consumer) => noteMicrotasks(consumer.trace, consumer.call())),
  pass: idiom('ends', async (consumer) => {
    const query = consumer.call();
    const outer = async (): Promise<unknown> => query;
    await consumer.trace.attempt('passed on', () => outer().then((value) => [value]));
  }),
  cancel: 'nothing can cancel it',
  handle: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const query = consumer.call();
    await trace.attempt('handled', () =>
      Promise.resolve(query)
        .catch((error: unknown) => (trace.note('caught', error), 'instead'))
        .finally(() => trace.note('finally')),
    );
  }),
  leave: idiom(UNSENT, async (consumer) => {
    consumer.call().where('a');
    await turn();
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', (consumer) => void consumer.call().then(() => consumer.trace.note('fulfilled'))),
};

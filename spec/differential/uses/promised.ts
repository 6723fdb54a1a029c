import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { noteMicrotasks, turn } from './moments.js';

/** Uses of a promise of something: what is promised has its own, the promise those of any promise. */
export function promised<V>(uses: Uses<V>): Uses<V> {
  return {
    ...uses,
    inspect: idiom('shutdown', async (consumer) => {
      const promise = consumer.call();
      await turn();
      look(consumer.trace, promise, { print: false });
    }),
    await: idiom('shutdown', (consumer) => noteMicrotasks(consumer.trace, consumer.call() as Promise<V>)),
  };
}

import { config, firstValueFrom, lastValueFrom, map, take, type Observable } from 'rxjs';
import type { Consumer } from '../consumer.js';
import type { Trace } from '../trace.js';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, turn } from './moments.js';

function observer(trace: Trace, name = ''): object {
  return {
    next: (value: unknown) => trace.note(`next${name}`, value),
    error: (error: unknown) => trace.note(`error${name}`, error),
    complete: () => trace.note(`complete${name}`),
  };
}

/** Waits for the values, which come on later turns. */
async function settled(): Promise<void> {
  for (let count = 0; count < 8; count++) await turn();
}

/** RxJS throws what nobody handles from a timer of its own; here it is noted, in the end. */
async function notingUnhandled(consumer: Consumer<unknown>, work: () => unknown): Promise<void> {
  const before = config.onUnhandledError;
  const unhandled: unknown[] = [];
  config.onUnhandledError = (error) => unhandled.push(error);
  work();
  await settled();
  await new Promise((resolve) => setTimeout(resolve, 5));
  config.onUnhandledError = before;
  consumer.trace.note('unhandled', unhandled);
}

/** One span for each subscription; without any, one that ends with the process. */
export const observableUses: Uses<Observable<unknown>> = {
  inspect: idiom('shutdown', (consumer) => {
    look(consumer.trace, consumer.call());
  }),
  await: idiom('ends', async (consumer) => {
    const observable = consumer.call();
    await consumer.trace.attempt('awaited', () => observable);
    await consumer.trace.attempt('last', () => lastValueFrom(observable));
  }),
  read: idiom('ends', async (consumer) => {
    const observable = consumer.call();
    const subscription = observable.subscribe(observer(consumer.trace));
    consumer.trace.note('closed', subscription.closed);
    consumer.midway();
    await settled();
    consumer.trace.note('closed', subscription.closed);
  }),
  stop: idiom('cancelled', async (consumer) => {
    const observable = consumer.call();
    await consumer.trace.attempt('first', () => firstValueFrom(observable));
    await settled();
  }),
  fail: idiom('ends', (consumer) =>
    notingUnhandled(consumer, () =>
      consumer.call().subscribe({
        next: (value) => {
          throw new ConsumerError(String(value));
        },
        error: (error) => consumer.trace.note('error', error),
      }),
    ),
  ),
  twice: idiom(['ends', 'ends'], async (consumer) => {
    const observable = consumer.call();
    observable.subscribe(observer(consumer.trace, ' left'));
    observable.subscribe(observer(consumer.trace, ' right'));
    await settled();
  }),
  step: idiom('cancelled', async (consumer) => {
    const observable = consumer.call();
    observable.pipe(take(1)).subscribe(observer(consumer.trace));
    await settled();
  }),
  pass: idiom('ends', async (consumer) => {
    const observable = consumer.call();
    observable.pipe(map((value) => [value])).subscribe(observer(consumer.trace));
    await settled();
  }),
  cancel: idiom('cancelled', async (consumer) => {
    const subscription = consumer.call().subscribe(observer(consumer.trace));
    await turn();
    await turn();
    subscription.unsubscribe();
    consumer.trace.note('closed', subscription.closed);
    await settled();
  }),
  handle: idiom('ends', async (consumer) => {
    const observable = consumer.call();
    const promise = observable.forEach((value) => consumer.trace.note('next', value));
    await consumer.trace.attempt('for each', () => promise);
  }),
  leave: idiom('shutdown', async (consumer) => {
    const subscription = consumer.call().subscribe(observer(consumer.trace));
    await turn();
    consumer.trace.note('closed', subscription.closed);
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', (consumer) => {
    consumer.call().subscribe((value) => consumer.trace.note('next', value));
  }),
};

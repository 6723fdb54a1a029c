/* eslint-disable @typescript-eslint/no-unused-vars -- only their types matter */
/** Checked by `tsc` in both decorator modes, never run. Each expected error is the one that the line above names. */
import { carry, consumer, createRuntimeTracing, producer } from '../../src/messaging.js';
import type { Equal, Expect } from './equal.js';

interface Job {
  data: { title: string };
}

export class Accepted {
  @producer({ destination: 'orders' }) order<T extends string>(title: T): { title: T } {
    return carry({ title });
  }
  @producer({ destination: (topic: string) => topic, system: 'nats' }) static publish(topic: string): void {
    carry(new Headers());
  }
  @consumer({ destination: 'orders', from: (job: Job) => job.data, as: 'link' }) async fetch(
    job: Job,
  ): Promise<string> {
    return Promise.resolve(job.data.title);
  }
  @consumer({ destination: 'orders' }) async *all(job: Job): AsyncGenerator<string> {
    yield Promise.resolve(job.data.title);
  }
}

export type Kept = [
  Expect<Equal<ReturnType<typeof wrapped>, Promise<number>>>,
  Expect<Equal<typeof ran, number>>,
  Expect<Equal<typeof traced, Promise<string>>>,
];
const wrapped = consumer({ destination: 'orders' })(async (job: Job) => Promise.resolve(job.data.title.length));
const ran = consumer.run({ destination: 'orders', from: {} }, () => 7);
const traced = createRuntimeTracing({ prefix: 'a' }).trace('send', 'b', {}, () => Promise.resolve('c'));

export class Refused {
  // @ts-expect-error -- the options say where to
  @producer bare(): void {}
  // @ts-expect-error -- a destination is needed
  @producer({ system: 'nats' }) nowhere(): void {}
  // @ts-expect-error -- parent or link
  @consumer({ destination: 'orders', as: 'child' }) related(): void {}
  // @ts-expect-error -- no such option
  @consumer({ destination: 'orders', queue: 'a' }) unknown(): void {}
  // @ts-expect-error -- a field is no method
  @consumer({ destination: 'orders' }) field = 1;
}

// @ts-expect-error -- a message is an object
carry('text');
// @ts-expect-error -- `from` of a run is the message itself, and needed
consumer.run({ destination: 'orders' }, () => 1);
// @ts-expect-error -- the names are AutoGen's or the conventions'
createRuntimeTracing({ prefix: 'a', names: 'old' });

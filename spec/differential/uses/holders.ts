import type { Consumer } from '../consumer.js';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, noteMicrotasks, turn } from './moments.js';
import { valueUses } from './values.js';

/** What the AI SDK's results look like: several streams over one answer. */
export interface Holder {
  readonly textStream: AsyncGenerator<string>;
  readonly fullStream: AsyncGenerator<object>;
}

async function readAll(consumer: Consumer<Holder>, name: keyof Holder, holder: Holder): Promise<void> {
  await consumer.trace.attempt(`reading ${name}`, async () => {
    for await (const value of holder[name]) {
      consumer.trace.note(`${name} gives`, value);
      consumer.midway();
      await turn();
    }
  });
}

/** The call is over when no stream that somebody began to read is open. */
export const holderUses: Uses<Holder> = {
  inspect: idiom('shutdown', (consumer) => {
    const holder = consumer.call();
    look(consumer.trace, holder);
    look(consumer.trace, holder.textStream, { hidden: false, print: false });
  }),
  await: idiom('ends', async (consumer) => {
    const holder = consumer.call();
    await consumer.trace.attempt('awaited', () => holder);
    await readAll(consumer, 'textStream', holder);
  }),
  read: idiom('ends', async (consumer) => readAll(consumer, 'fullStream', consumer.call())),
  stop: idiom('cancelled', async (consumer) => {
    for await (const value of consumer.call().textStream) {
      consumer.trace.note('reads', value);
      break;
    }
  }),
  fail: idiom('cancelled', async (consumer) => {
    const holder = consumer.call();
    await consumer.trace.attempt('reading', async () => {
      for await (const value of holder.textStream) throw new ConsumerError(value);
    });
  }),
  twice: idiom('ends', async (consumer) => {
    const holder = consumer.call();
    await Promise.all([readAll(consumer, 'textStream', holder), readAll(consumer, 'fullStream', holder)]);
  }),
  step: idiom('ends', async (consumer) => {
    const { textStream } = consumer.call();
    const first = textStream.next();
    await noteMicrotasks(consumer.trace, first);
    consumer.trace.note('next', await first);
    consumer.midway();
    await consumer.trace.attempt('at once', () => Promise.all([1, 2, 3].map(() => textStream.next())));
  }),
  pass: idiom('ends', async (consumer) => {
    const copy = { ...consumer.call() };
    consumer.trace.note('copy', copy);
    await readAll(consumer, 'textStream', copy);
  }),
  cancel: idiom('cancelled', async (consumer) => {
    const { textStream } = consumer.call();
    consumer.trace.note('next', await textStream.next());
    await consumer.trace.attempt('throw', () => textStream.throw(new ConsumerError('thrown in')));
  }),
  handle: idiom('ends', async (consumer) => {
    try {
      await readAll(consumer, 'textStream', consumer.call());
    } finally {
      consumer.trace.note('finally');
    }
  }),
  leave: idiom('shutdown', async (consumer) => {
    consumer.trace.note('next', await consumer.call().textStream.next());
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', async (consumer) => {
    for await (const value of consumer.call().textStream) consumer.trace.note('reads', value);
  }),
};

export interface Lazy {
  readonly text: string;
}

/** An object whose getter starts the work: nobody but the consumer may touch it. */
export const lazyUses: Uses<Lazy> = {
  ...(valueUses as Uses<Lazy>),
  inspect: idiom('completed', (consumer) => look(consumer.trace, consumer.call(), { print: false })),
  read: idiom('completed', (consumer) => {
    const lazy = consumer.call();
    consumer.trace.note('not yet');
    consumer.trace.note('text', lazy.text);
  }),
  step: idiom('completed', (consumer) => {
    const lazy = consumer.call();
    consumer.trace.note('first', lazy.text);
    consumer.trace.note('second', lazy.text);
  }),
};

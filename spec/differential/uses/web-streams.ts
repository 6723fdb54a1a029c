import type { Consumer } from '../consumer.js';
import type { Trace } from '../trace.js';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, MOST, turn } from './moments.js';

type Source = ReadableStream<unknown>;

async function readAll(consumer: Consumer<Source>, source: Source, reader = ''): Promise<void> {
  await consumer.trace.attempt(`reading${reader}`, async () => {
    let count = 0;
    for await (const value of source) {
      consumer.trace.note(`reads${reader}`, value);
      if (++count === 1) consumer.midway();
      if (count === MOST) break;
      // Which of two readers gets on first is no matter of microtasks.
      await turn();
    }
    return count;
  });
}

/**
 * A sink that takes a turn for each chunk and notes it then: newer Nodes write a chunk that is there before they ask for
 * the next, and one that comes afterwards.
 */
export function notingSink(trace: Trace): WritableStream<unknown> {
  return new WritableStream({
    async write(chunk) {
      await turn();
      trace.note('sink has', chunk);
    },
    close: () => trace.note('sink closes'),
    abort: (reason) => trace.note('sink aborts', reason),
  });
}

export const webStreamUses: Uses<Source> = {
  inspect: idiom('shutdown', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    look(trace, stream, { hidden: false, print: false });
    trace.note('locked', stream.locked, stream instanceof ReadableStream);
    trace.try('byob', () => stream.getReader({ mode: 'byob' }).releaseLock());
  }),
  await: idiom('ends', async (consumer) => {
    const stream = await consumer.open();
    await consumer.trace.attempt('awaited', () => stream);
    await readAll(consumer, stream);
  }),
  read: idiom('ends', async (consumer) => readAll(consumer, await consumer.open())),
  stop: idiom('cancelled', async (consumer) => {
    for await (const value of await consumer.open()) {
      consumer.trace.note('reads', value);
      break;
    }
  }),
  fail: idiom('cancelled', async (consumer) => {
    const stream = await consumer.open();
    await consumer.trace.attempt('reading', async () => {
      for await (const value of stream) throw new ConsumerError(String(value));
    });
  }),
  twice: idiom('ends', async (consumer) => {
    const stream = await consumer.open();
    const [left, right] = stream.tee();
    consumer.trace.try('another reader', () => stream.getReader());
    await Promise.all([readAll(consumer, left, ' left'), readAll(consumer, right, ' right')]);
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    const reader = stream.getReader();
    await trace.attempt('read', () => reader.read());
    consumer.midway();
    reader.releaseLock();
    const again = stream.getReader();
    await trace.attempt('at once', () => Promise.allSettled([again.read(), again.read()]));
    await trace.attempt('read', () => again.read());
    await trace.attempt('closed', () => again.closed);
  }),
  pass: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    const through = new TransformStream<unknown, unknown>({
      transform: (chunk, controller) => controller.enqueue([chunk]),
    });
    await trace.attempt('piped', () => stream.pipeThrough(through).pipeTo(notingSink(trace)));
  }),
  cancel: idiom(['cancelled', 'cancelled', 'aborted'], async (consumer) => {
    const { trace } = consumer;
    const unread = await consumer.open();
    await trace.attempt('cancel', () => unread.cancel('early'));
    const reader = (await consumer.open()).getReader();
    trace.note('read', await reader.read());
    await trace.attempt('cancel', () => reader.cancel(new ConsumerError('enough')));
    await trace.attempt('read', () => reader.read());
    const controller = new AbortController();
    const slow = new WritableStream({ write: () => turn() }, { highWaterMark: 0 });
    const piped = (await consumer.open()).pipeTo(slow, { signal: controller.signal });
    controller.abort();
    await trace.attempt('piped', () => piped);
  }),
  handle: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const reader = (await consumer.open()).getReader();
    for (let count = 0; count < MOST; count++) {
      const { done } = await reader.read().catch((error: unknown) => (trace.note('caught', error), { done: true }));
      if (done) break;
    }
    await reader.closed.catch((error: unknown) => trace.note('closed with', error));
  }),
  leave: idiom('shutdown', async (consumer) => {
    const reader = (await consumer.open()).getReader();
    consumer.trace.note('read', await reader.read());
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', async (consumer) => {
    for await (const value of await consumer.open()) consumer.trace.note('reads', value);
  }),
};

/** A byte stream: the consumer's own buffer travels to the source and back. */
export const byteStreamUses: Uses<Source> = {
  ...webStreamUses,
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const reader = ((await consumer.open()) as ReadableStream<Uint8Array>).getReader({ mode: 'byob' });
    await trace.attempt('read', () => reader.read(new Uint8Array(1)));
    consumer.midway();
    await trace.attempt('at once', () =>
      Promise.all([reader.read(new Uint8Array(8)), reader.read(new Uint16Array(4))]),
    );
    for (let count = 0; count < 4; count++) await trace.attempt('read', () => reader.read(new Uint8Array(8)));
  }),
  handle: idiom('ends', async (consumer) => {
    const stream = (await consumer.open()) as ReadableStream<Uint8Array<ArrayBuffer>>;
    await consumer.trace.attempt('as text', () => new Response(stream).text());
  }),
};

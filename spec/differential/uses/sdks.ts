import type { Consumer } from '../consumer.js';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, noteMicrotasks, turn } from './moments.js';
import { rejectedSubclassUses } from './promises.js';

/** What `APIPromise` of OpenAI's and Anthropic's SDK have in common. */
export interface ApiPromise extends Promise<unknown> {
  asResponse(): Promise<Response>;
  withResponse(): Promise<{ data: unknown; response: Response }>;
}

export const apiPromiseUses: Uses<ApiPromise> = {
  inspect: idiom('ends', async (consumer) => {
    const promise = consumer.call();
    look(consumer.trace, promise, { print: false });
    await consumer.trace.attempt('awaiting', () => promise);
  }),
  await: idiom('ends', (consumer) => consumer.trace.attempt('awaiting', async () => await consumer.call())),
  read: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const promise = consumer.call();
    consumer.midway();
    await promise.then(
      (value) => trace.note('fulfilled', value),
      (error: unknown) => trace.note('rejected', error),
    );
  }),
  stop: idiom('ends', async (consumer) => {
    await consumer.trace.attempt('first of two', () =>
      Promise.race([
        consumer.call(),
        turn()
          .then(turn)
          .then(turn)
          .then(() => 'the other'),
      ]),
    );
  }),
  fail: idiom('ends', async (consumer) => {
    const fails = (cause: unknown): never => {
      throw new ConsumerError('consumer', { cause });
    };
    await consumer.trace.attempt('then', () => consumer.call().then(fails, fails));
  }),
  twice: idiom('ends', async (consumer) => {
    const promise = consumer.call();
    await consumer.trace.attempt('both', () => Promise.allSettled([promise, promise]));
    await consumer.trace.attempt('again', () => promise);
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    await trace.attempt('raw', async () => {
      const response = await consumer.call().asResponse();
      trace.note('status', response.status, response.bodyUsed);
      return await response.json();
    });
  }),
  pass: idiom('ends', async (consumer) => {
    await consumer.trace.attempt('with response', async () => {
      const { data, response } = await consumer.call().withResponse();
      return [data, response.status, response.bodyUsed];
    });
  }),
  cancel: idiom('cancelled', async (consumer) => {
    const response = await consumer.call().asResponse();
    await consumer.trace.attempt('cancel', () => response.body?.cancel('enough'));
  }),
  handle: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    await trace.attempt('handled', () =>
      consumer
        .call()
        .catch((error: unknown) => (trace.note('caught', error), 'instead'))
        .finally(() => trace.note('finally')),
    );
  }),
  leave: idiom('shutdown', async (consumer) => {
    void consumer.call();
    await turn();
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', (consumer) => void consumer.call().then(() => consumer.trace.note('fulfilled'))),
};

/** An `APIPromise` that rejects has no response to be asked for. */
export const rejectedApiPromiseUses: Uses<ApiPromise> = {
  ...apiPromiseUses,
  cancel: 'no response comes that could be cancelled',
  leave: rejectedSubclassUses.leave as string,
  drop: rejectedSubclassUses.drop as string,
};

/** `Stream` of both SDKs. */
export interface SdkStream extends AsyncIterable<unknown> {
  readonly controller: AbortController;
  tee(): [SdkStream, SdkStream];
  toReadableStream(): ReadableStream<Uint8Array>;
}

async function readAll(consumer: Consumer<unknown>, source: AsyncIterable<unknown>, reader = ''): Promise<void> {
  await consumer.trace.attempt(`reading${reader}`, async () => {
    let count = 0;
    for await (const chunk of source) {
      consumer.trace.note(`reads${reader}`, chunk);
      if (++count === 1) consumer.midway();
    }
    return count;
  });
}

export const sdkStreamUses: Uses<SdkStream> = {
  inspect: idiom('shutdown', async (consumer) => {
    const stream = await consumer.open();
    look(consumer.trace, stream, { print: false });
    consumer.trace.note('signal', stream.controller.signal.aborted, stream.controller === stream.controller);
  }),
  await: idiom('ends', async (consumer) => {
    const stream = await consumer.open();
    await consumer.trace.attempt('awaited', () => stream);
    await readAll(consumer, stream);
  }),
  read: idiom('ends', async (consumer) => readAll(consumer, await consumer.open())),
  stop: idiom('cancelled', async (consumer) => {
    const stream = await consumer.open();
    for await (const chunk of stream) {
      consumer.trace.note('reads', chunk);
      break;
    }
    consumer.trace.note('aborted', stream.controller.signal.aborted);
  }),
  fail: idiom('cancelled', async (consumer) => {
    const stream = await consumer.open();
    await consumer.trace.attempt('reading', async () => {
      for await (const chunk of stream) throw new ConsumerError(typeof chunk);
    });
  }),
  twice: idiom('ends', async (consumer) => {
    const stream = await consumer.open();
    const [left, right] = stream.tee();
    await Promise.all([readAll(consumer, left, ' left'), readAll(consumer, right, ' right')]);
    await readAll(consumer, stream, ' again');
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const iterator = (await consumer.open())[Symbol.asyncIterator]();
    await trace.attempt('next', () => iterator.next());
    consumer.midway();
    await trace.attempt('at once', () => Promise.allSettled(Array.from({ length: 8 }, () => iterator.next())));
    await trace.attempt('return', () => iterator.return?.('returned'));
  }),
  pass: idiom('ends', async (consumer) => {
    const readable = (await consumer.open()).toReadableStream();
    await consumer.trace.attempt('as text', () =>
      new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).text(),
    );
  }),
  cancel: idiom('aborted', async (consumer) => {
    const stream = await consumer.open();
    await consumer.trace.attempt('reading', async () => {
      for await (const chunk of stream) {
        consumer.trace.note('reads', chunk);
        stream.controller.abort();
      }
      return 'the end';
    });
  }),
  handle: idiom('ends', async (consumer) => {
    try {
      await readAll(consumer, await consumer.open());
    } finally {
      consumer.trace.note('finally');
    }
  }),
  leave: idiom('shutdown', async (consumer) => {
    const iterator = (await consumer.open())[Symbol.asyncIterator]();
    await consumer.trace.attempt('next', () => iterator.next());
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', async (consumer) => {
    for await (const chunk of await consumer.open()) consumer.trace.note('reads', chunk);
  }),
};

/** `MessageStream` and `ChatCompletionStream`: emitters that run by themselves. */
export interface EventStream extends AsyncIterable<unknown> {
  readonly controller: AbortController;
  readonly ended: boolean;
  readonly errored: boolean;
  readonly aborted: boolean;
  on(event: string, listener: (...details: unknown[]) => void): this;
  once(event: string, listener: (...details: unknown[]) => void): this;
  off(event: string, listener: (...details: unknown[]) => void): this;
  emitted(event: string): Promise<unknown>;
  abort(): void;
  done(): Promise<void>;
  toReadableStream(): ReadableStream<Uint8Array>;
}

export interface EventStreamNames<V> {
  readonly text: string;
  readonly events: readonly string[];
  readonly final: (stream: V) => Promise<unknown>;
}

/** A stream that fails before its first event: whatever its consumer is about to do, it ends like that. */
export function failingFirst<V extends EventStream>(uses: Uses<V>): Uses<V> {
  const ending = (cell: Uses<V>['stop']): Uses<V>['stop'] =>
    typeof cell === 'string' ? cell : idiom('ends', cell.script);
  const { stop, fail, cancel } = uses;
  return {
    ...uses,
    stop: ending(stop),
    fail: ending(fail),
    cancel: ending(cancel),
    leave: 'a failure that nobody handles is the last column',
  };
}

export function eventStreamUses<V extends EventStream>({ text, events, final }: EventStreamNames<V>): Uses<V> {
  const settle = (consumer: Consumer<V>, stream: V): Promise<void> =>
    consumer.trace.attempt('done', () => stream.done());
  return {
    inspect: idiom('ends', async (consumer) => {
      const stream = consumer.call();
      look(consumer.trace, stream, { print: false });
      consumer.trace.note('state', stream.ended, stream.errored, stream.aborted);
      await settle(consumer, stream);
      consumer.trace.note('state', stream.ended, stream.errored, stream.aborted);
    }),
    await: idiom('ends', async (consumer) => {
      const stream = consumer.call();
      await consumer.trace.attempt('awaited', () => stream);
      await consumer.trace.attempt('final', () => final(stream));
    }),
    read: idiom('ends', async (consumer) => {
      const stream = consumer.call();
      for (const event of events) stream.on(event, (...details) => consumer.trace.note(event, ...details));
      stream.once(text, () => consumer.midway());
      await settle(consumer, stream);
    }),
    stop: idiom('cancelled', async (consumer) => {
      const stream = consumer.call();
      await consumer.trace.attempt('reading', async () => {
        for await (const chunk of stream) {
          consumer.trace.note('reads', chunk);
          break;
        }
      });
      consumer.trace.note('aborted', stream.controller.signal.aborted);
    }),
    fail: idiom('cancelled', async (consumer) => {
      const stream = consumer.call();
      await consumer.trace.attempt('reading', async () => {
        for await (const chunk of stream) throw new ConsumerError(typeof chunk);
      });
    }),
    twice: idiom('ends', async (consumer) => {
      const stream = consumer.call();
      const both = Promise.allSettled([final(stream), final(stream)]);
      await consumer.trace.attempt('both', () => both);
      await consumer.trace.attempt('again', () => final(stream));
    }),
    step: idiom('ends', async (consumer) => {
      const iterator = consumer.call()[Symbol.asyncIterator]();
      const first = iterator.next();
      await consumer.trace.attempt('next', () => first);
      const rest = Array.from({ length: 8 }, () => iterator.next());
      await consumer.trace.attempt('at once', () => Promise.allSettled(rest));
      await noteMicrotasks(consumer.trace, iterator.next());
    }),
    pass: idiom('ends', async (consumer) => {
      const readable = consumer.call().toReadableStream();
      await consumer.trace.attempt('as text', () =>
        new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).text(),
      );
    }),
    cancel: idiom('aborted', async (consumer) => {
      const stream = consumer.call();
      stream.on('abort', (error) => consumer.trace.note('abort', error));
      stream.once(text, () => stream.abort());
      await settle(consumer, stream);
    }),
    handle: idiom('ends', async (consumer) => {
      const { trace } = consumer;
      const stream = consumer.call();
      stream.on('error', (error) => trace.note('error', error)).on('end', () => trace.note('end'));
      await trace.attempt('emitted', () => stream.emitted('end'));
      await final(stream).catch((error: unknown) => trace.note('caught', error));
    }),
    leave: idiom('ends', async (consumer) => {
      const stream = consumer.call();
      await new Promise<void>((resolve) => stream.on('end', () => resolve()));
    }),
    drop: 'it goes on by itself until it is over, whoever listens',
    unhandled: idiom('ends', (consumer) => {
      consumer.call().on(text, (piece) => consumer.trace.note(text, piece));
    }),
  };
}

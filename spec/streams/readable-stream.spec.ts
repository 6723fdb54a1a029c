import { watch } from '../../src/streams/watch.js';
import { RecordingSink } from '../support/recording-sink.js';

function watched<T>(value: T): { value: T; sink: RecordingSink } {
  const sink = new RecordingSink();
  return { value: watch(value, sink, () => undefined) as T, sink };
}

interface Source {
  stream: ReadableStream<unknown>;
  pulls: number;
  cancelled: unknown[];
}

function source(chunks: unknown[], options: { type?: 'bytes'; failAt?: number } = {}): Source {
  const state: Source = { stream: undefined as never, pulls: 0, cancelled: [] };
  let index = 0;
  state.stream = new ReadableStream({
    type: options.type as undefined,
    pull(controller: ReadableStreamDefaultController) {
      state.pulls++;
      if (index === options.failAt) {
        controller.error(new Error('source'));
        return;
      }
      if (index === chunks.length) {
        controller.close();
        (controller as unknown as ReadableByteStreamController).byobRequest?.respond(0);
        return;
      }
      controller.enqueue(chunks[index++]);
    },
    cancel(reason) {
      state.cancelled.push(reason);
    },
  });
  return state;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function readAll(stream: ReadableStream<unknown>): Promise<unknown[]> {
  const seen = [];
  for await (const chunk of stream as unknown as AsyncIterable<unknown>) seen.push(chunk);
  return seen;
}

describe('watching a web ReadableStream', () => {
  it('gives the same chunks, as many pulls, and ends when it is closed', async () => {
    const chunks = [{ a: 1 }, { a: 2 }, { a: 3 }];
    const bare = source(chunks);
    expect(await readAll(bare.stream)).toEqual(chunks);
    const seen = source(chunks);
    const { value, sink } = watched(seen.stream);
    const read = await readAll(value);
    expect(read.every((chunk, index) => chunk === chunks[index])).toBe(true);
    expect(sink.chunks).toEqual(chunks);
    expect(sink.outcomes).toEqual(['completed']);
    expect(seen.pulls).toBe(bare.pulls);
  });

  it('asks the source only for what the consumer asks for', async () => {
    const bare = source([1, 2, 3, 4, 5]);
    const seen = source([1, 2, 3, 4, 5]);
    const { value } = watched(seen.stream);
    await turn();
    expect(seen.pulls).toBe(bare.pulls);
    const readers = [bare.stream.getReader(), value.getReader()];
    for (const reader of readers) await reader.read();
    await turn();
    expect(seen.pulls).toBe(bare.pulls);
  });

  it('passes a cancel on with its reason, and a break', async () => {
    const cancelled = source([1, 2, 3]);
    const first = watched(cancelled.stream);
    await first.value.cancel('enough');
    expect(cancelled.cancelled).toEqual(['enough']);
    expect(first.sink.outcomes).toEqual(['cancelled']);

    const broken = source([1, 2, 3]);
    const second = watched(broken.stream);
    for await (const chunk of second.value as unknown as AsyncIterable<unknown>) {
      expect(chunk).toBe(1);
      break;
    }
    expect(broken.cancelled).toHaveLength(1);
    expect(second.sink.outcomes).toEqual(['cancelled']);
  });

  it('fails with the error of the source', async () => {
    const { value, sink } = watched(source([1, 2], { failAt: 1 }).stream);
    await expect(readAll(value)).rejects.toThrow('source');
    expect(sink.outcomes).toEqual(['error']);
    expect(sink.chunks).toEqual([1]);
  });

  it('is of the class that the source is of', async () => {
    class Lines extends ReadableStream<string> {
      async first(): Promise<string | undefined> {
        const { value } = await this.getReader().read();
        return value;
      }
    }
    const lines = new Lines({ start: (controller) => controller.enqueue('one') });
    const { value, sink } = watched(lines);
    expect(value).toBeInstanceOf(Lines);
    expect(await value.first()).toBe('one');
    expect(sink.chunks).toEqual(['one']);
  });

  it('tees, pipes, and is the body of a response', async () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const teed = watched(source(['a', 'b']).stream);
    const branches = teed.value.tee();
    expect(await Promise.all(branches.map(readAll))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(teed.sink.outcomes).toEqual(['completed']);

    const piped = watched(source(['a', 'b']).stream);
    const upper = new TransformStream<string, string>({
      transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()),
    });
    expect(await readAll(piped.value.pipeThrough(upper as never))).toEqual(['A', 'B']);
    expect(piped.sink.outcomes).toEqual(['completed']);

    const body = watched(source([bytes('Hel'), bytes('lo')]).stream);
    expect(await new Response(body.value as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe('Hello');
    expect(body.sink.outcomes).toEqual(['completed']);
  });

  it('shows at once that a stream of bytes is over, also to a reader whose buffer still waits', async () => {
    const { value, sink } = watched(source([], { type: 'bytes' }).stream);
    const closing = watched(new ReadableStream({ type: 'bytes', start: (controller) => controller.close() }));
    await closing.value.getReader().closed;
    expect(closing.sink.outcomes).toEqual(['completed']);
    const reader = (value as ReadableStream<Uint8Array<ArrayBuffer>>).getReader({ mode: 'byob' });
    const results = await Promise.all([reader.read(new Uint8Array(1)), reader.read(new Uint8Array(1))]);
    expect(results.map(({ done }) => done)).toEqual([true, true]);
    await reader.closed;
    expect(sink.outcomes).toEqual(['completed']);
  });

  it('keeps bytes bytes, for a reader with its own buffer too', async () => {
    const { value, sink } = watched(source([new Uint8Array([1, 2, 3, 4])], { type: 'bytes' }).stream);
    const reader = (value as ReadableStream<Uint8Array<ArrayBuffer>>).getReader({ mode: 'byob' });
    const first = await reader.read(new Uint8Array(2));
    expect([...(first.value ?? [])]).toEqual([1, 2]);
    const second = await reader.read(new Uint8Array(8));
    expect([...(second.value ?? [])]).toEqual([3, 4]);
    expect((await reader.read(new Uint8Array(1))).done).toBe(true);
    expect(sink.outcomes).toEqual(['completed']);
  });
});

import { EventEmitter } from 'node:events';
import { Duplex, PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { watch } from '../../src/streams/watch.js';
import { RecordingSink } from '../support/recording-sink.js';

function watched<T>(value: T): { value: T; sink: RecordingSink } {
  const sink = new RecordingSink();
  return { value: watch(value, sink, () => undefined) as T, sink };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function counting(chunks: string[]): { stream: Readable; reads: () => number } {
  let reads = 0;
  const left = [...chunks];
  const stream = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      reads++;
      this.push(left.shift() ?? null);
    },
  });
  return { stream, reads: () => reads };
}

describe('watching a Node stream', () => {
  it('is the same object, and is not read before anyone reads it', async () => {
    const { stream, reads } = counting(['a', 'b']);
    const { value, sink } = watched(stream);
    await turn();
    expect(value).toBe(stream);
    expect(reads()).toBe(0);
    expect(value.listenerCount('data') + value.listenerCount('error') + value.listenerCount('end')).toBe(0);
    expect(sink.ends).toEqual([]);
  });

  it('sees each chunk once, whether iterated, listened to, piped or read', async () => {
    const ways: ((stream: Readable) => Promise<unknown>)[] = [
      async (stream) => {
        for await (const chunk of stream) expect(chunk).toMatch(/[abc]/);
      },
      (stream) => new Promise((resolve) => stream.on('data', () => undefined).on('end', resolve)),
      (stream) => pipeline(stream, new PassThrough({ objectMode: true }).resume()),
      (stream) =>
        new Promise((resolve) => {
          stream.on('readable', () => {
            while (stream.read() !== null) continue;
          });
          stream.on('end', resolve);
        }),
    ];
    for (const way of ways) {
      const { value, sink } = watched(counting(['a', 'b', 'c']).stream);
      await way(value);
      await turn();
      expect(sink.chunks).toEqual(['a', 'b', 'c']);
      expect(sink.outcomes).toEqual(['completed']);
    }
  });

  it('ends when it is destroyed, with or without an error, and when its consumer breaks', async () => {
    const destroyed = watched(counting(['a']).stream);
    destroyed.value.destroy();
    await turn();
    expect(destroyed.sink.outcomes).toEqual(['cancelled']);

    const failed = watched(counting(['a']).stream);
    const error = new Error('disk');
    failed.value.on('error', () => undefined).destroy(error);
    await turn();
    expect(failed.sink.ends).toEqual([['error', error]]);

    const broken = watched(counting(['a', 'b', 'c']).stream);
    for await (const chunk of broken.value) if (chunk === 'a') break;
    await turn();
    expect(broken.sink.outcomes).toEqual(['cancelled']);
  });

  it('runs the source where the call runs, and watches transforms and duplexes', async () => {
    const { value, sink } = watched(counting(['a']).stream);
    await value.toArray();
    expect(sink.entered).toBeGreaterThan(0);
    const upper = new Transform({
      objectMode: true,
      transform: (chunk: string, _encoding, done) => done(null, chunk.toUpperCase()),
    });
    const transform = watched(upper);
    transform.value.end('x');
    expect(await transform.value.toArray()).toEqual(['X']);
    expect(transform.sink.outcomes).toEqual(['completed']);
    expect(watched(Duplex.from(['x'])).value).toBeInstanceOf(Duplex);
  });

  it('ends at once where it was over already', async () => {
    const { stream } = counting(['a']);
    await stream.toArray();
    expect(watched(stream).sink.outcomes).toEqual(['completed']);
  });
});

describe('watching an emitter', () => {
  it('is the same object and ends at its end, its error or its close', () => {
    for (const [event, outcome] of [
      ['end', 'completed'],
      ['close', 'completed'],
      ['abort', 'aborted'],
    ] as const) {
      const emitter = new EventEmitter();
      const { value, sink } = watched(emitter);
      expect(value).toBe(emitter);
      value.emit('data', 'a');
      value.emit(event);
      expect(sink.chunks).toEqual(['a']);
      expect(sink.outcomes).toEqual([outcome]);
    }
  });

  it('leaves an unhandled error unhandled, and a handled one handled', () => {
    const unheard = watched(new EventEmitter());
    const error = new Error('nobody listens');
    expect(() => unheard.value.emit('error', error)).toThrow('nobody listens');
    expect(unheard.sink.ends).toEqual([['error', error]]);
    const heard = watched(new EventEmitter());
    heard.value.on('error', () => undefined);
    expect(heard.value.emit('error', error)).toBe(true);
    expect(heard.sink.outcomes).toEqual(['error']);
  });

  it('watches a web EventTarget', () => {
    const target = new EventTarget();
    const { value, sink } = watched(target);
    expect(value).toBe(target);
    value.dispatchEvent(new Event('close'));
    value.dispatchEvent(new Event('error'));
    expect(sink.outcomes).toEqual(['completed']);
  });
});

describe('watching an object that holds streams', () => {
  async function* letters(): AsyncGenerator<string> {
    yield 'a';
    yield 'b';
  }

  it('consumes only what the caller consumes, and touches no getter', async () => {
    const touched = jest.fn();
    const holder = {
      get text(): string {
        touched();
        return 'x';
      },
      first: letters(),
      second: letters(),
    };
    const { value, sink } = watched(holder);
    expect(value).toBe(holder);
    expect(touched).not.toHaveBeenCalled();
    expect(sink.ends).toEqual([]);
    const read = [];
    for await (const letter of value.second) read.push(letter);
    expect(read).toEqual(['a', 'b']);
    expect(sink.chunks).toEqual(['a', 'b']);
    expect(sink.outcomes).toEqual(['completed']);
    expect(await value.first.next()).toEqual({ value: 'a', done: false });
  });

  it('is over when the last of the streams that were begun is', async () => {
    const { value, sink } = watched({ first: letters(), second: letters(), third: letters() });
    await value.first.next();
    await value.second.next();
    for await (const _ of value.first);
    expect(sink.ends).toEqual([]);
    await value.second.return(undefined);
    expect(sink.outcomes).toEqual(['cancelled']);
    expect(sink.chunks).toEqual(['a', 'b']);
  });

  it('is over with the other stream when one that was begun is cancelled', async () => {
    const web = (): ReadableStream<string> =>
      new ReadableStream({ start: (controller) => ['a', 'b'].forEach((letter) => controller.enqueue(letter)) });
    const { value, sink } = watched({ first: web(), second: web() });
    const [first, second] = [value.first.getReader(), value.second.getReader()];
    await Promise.all([first.read(), second.read()]);
    await first.cancel();
    expect(sink.ends).toEqual([]);
    await second.cancel();
    expect(sink.outcomes).toEqual(['cancelled']);
  });
});

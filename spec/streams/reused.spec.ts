import { EventEmitter } from 'node:events';
import { watch } from '../../src/streams/watch.js';
import { RecordingSink } from '../support/recording-sink.js';

const noSeam = (): undefined => undefined;

describe('an object that is returned again and again', () => {
  it('wears one layer of covers, however often it was over', () => {
    const emitter = new EventEmitter();
    for (let round = 0; round < 20_000; round++) {
      const sink = new RecordingSink();
      watch(emitter, sink, noSeam);
      emitter.emit('end');
      expect(sink.outcomes).toEqual(['completed']);
    }
    expect(emitter.emit('end')).toBe(false);

    const lines = {
      *[Symbol.iterator]() {
        yield 'a';
      },
    };
    for (let round = 0; round < 20_000; round++) {
      const sink = new RecordingSink();
      watch(lines, sink, noSeam);
      expect([...lines]).toEqual(['a']);
      expect(sink.chunks).toEqual(['a']);
    }
  });

  it('keeps no call that is over', () => {
    const emitter = new EventEmitter();
    const sinks = Array.from({ length: 100 }, () => new RecordingSink());
    const heard: number[] = [];
    sinks.forEach((sink, index) => {
      watch(emitter, sink, noSeam);
      sink.chunk = () => void heard.push(index);
      if (index < 99) sink.end('abandoned');
    });
    const last = new RecordingSink();
    watch(emitter, last, noSeam);
    emitter.emit('data', 'x');
    // The first holds the tap; of the others only those that are not over.
    expect(heard).toEqual([0, 99]);
    expect(last.chunks).toEqual(['x']);
  });

  it('leaves an object alone whose stream it cannot replace', async () => {
    const stream = new ReadableStream({ start: (controller) => controller.close() });
    const sink = new RecordingSink();
    const holder = Object.freeze({ stream });
    expect(watch(holder, sink, noSeam)).toBe(holder);
    expect(stream.locked).toBe(false);
    expect(sink.outcomes).toEqual(['completed']);
  });
});

describe('the body of a response', () => {
  const text = async (body: ReadableStream | null): Promise<string> => new Response(body).text();

  it('is watched wherever it is taken from, and only once it is read', async () => {
    const response = new Response('Hello');
    const sink = new RecordingSink();
    expect(watch(response, sink, noSeam)).toBe(response);
    const { body } = response;
    expect(response.body).toBe(body);
    expect(response.bodyUsed).toBe(false);
    expect(sink.ends).toEqual([]);
    expect(await text(body)).toBe('Hello');
    expect(response.bodyUsed).toBe(true);
    expect(sink.outcomes).toEqual(['completed']);
  });

  it('ends with its clone, and at once where there is none', async () => {
    const response = new Response('{"a":1}');
    const sink = new RecordingSink();
    watch(response, sink, noSeam);
    expect(await response.clone().json()).toEqual({ a: 1 });
    expect(sink.values).toEqual([{ a: 1 }]);
    expect(await response.json()).toEqual({ a: 1 });
    const empty = new RecordingSink();
    watch(new Response(null, { status: 204 }), empty, noSeam);
    expect(empty.outcomes).toEqual(['completed']);
  });
});

import type { Seam } from '../../src/core/seam.js';
import { watch } from '../../src/streams/watch.js';
import { RecordingSink } from '../support/recording-sink.js';

const noSeam = (): Seam | undefined => undefined;

function watched<T>(value: T, seam: (value: object) => Seam | undefined = noSeam): { value: T; sink: RecordingSink } {
  const sink = new RecordingSink();
  return { value: watch(value, sink, seam) as T, sink };
}

async function* numbers(count: number, failAt = -1): AsyncGenerator<number, string, undefined> {
  for (let index = 0; index < count; index++) {
    if (index === failAt) throw new Error(`failed at ${index}`);
    yield index;
  }
  return 'end';
}

describe('watching plain values', () => {
  it('ends at once and returns the same value', () => {
    for (const value of [
      1,
      'text',
      null,
      undefined,
      { a: 1 },
      [1],
      new Map(),
      new Set(),
      Buffer.from('x'),
      new Date(),
    ]) {
      const { value: back, sink } = watched(value);
      expect(back).toBe(value);
      expect(sink.values).toEqual([value]);
    }
  });
});

describe('watching promises', () => {
  it('settles alike, with own properties carried over', async () => {
    const promise = Object.assign(Promise.resolve(5), { tag: 'own' });
    const { value, sink } = watched(promise);
    expect(value.tag).toBe('own');
    expect(await value).toBe(5);
    expect(sink.values).toEqual([5]);
  });

  it('rejects with the same error', async () => {
    const error = new Error('boom');
    const { value, sink } = watched(Promise.reject(error));
    await expect(value).rejects.toBe(error);
    expect(sink.ends).toEqual([['error', error]]);
  });

  it('tells an abort from an error', async () => {
    const controller = new AbortController();
    controller.abort();
    const { value, sink } = watched(Promise.reject(controller.signal.reason as Error));
    await expect(value).rejects.toThrow();
    expect(sink.outcomes).toEqual(['aborted']);
  });

  it('keeps a lazy thenable lazy and the same object', async () => {
    let queries = 0;
    const query = {
      then(resolve: (rows: string[]) => void) {
        queries++;
        resolve(['row']);
      },
    };
    const { value, sink } = watched(query as unknown as Promise<string[]>);
    expect(value).toBe(query);
    await new Promise(setImmediate);
    expect(queries).toBe(0);
    expect(await value).toEqual(['row']);
    expect(queries).toBe(1);
    expect(sink.values).toEqual([['row']]);
  });

  it('ends with what a thenable throws instead of rejecting', async () => {
    const failure = new Error('no connection');
    const query = {
      then() {
        throw failure;
      },
    };
    const { value, sink } = watched(query as unknown as Promise<string[]>);
    expect(() => value.then()).toThrow(failure);
    await expect((async () => value)()).rejects.toBe(failure);
    expect(sink.ends).toEqual([['error', failure]]);
  });

  it('keeps a subclass of Promise, its class and its methods', async () => {
    class Request extends Promise<number> {
      withResponse() {
        return this.then((value) => ({ data: value, response: 'raw' }));
      }
    }
    const request = new Request((resolve) => resolve(7));
    const { value, sink } = watched(request);
    expect(value).toBe(request);
    expect(await value.withResponse()).toEqual({ data: 7, response: 'raw' });
    expect(await value).toBe(7);
    expect(sink.outcomes).toEqual(['completed']);
  });

  it('watches the stream that a promise resolves to', async () => {
    const generator = numbers(2);
    const { value, sink } = watched(Promise.resolve(generator));
    const stream = await value;
    expect(stream).toBe(generator);
    expect(sink.ends).toEqual([]);
    const seen = [];
    for await (const number of stream) seen.push(number);
    expect(seen).toEqual([0, 1]);
    expect(sink.chunks).toEqual([0, 1]);
    expect(sink.outcomes).toEqual(['completed']);
  });
});

describe('watching iterators', () => {
  it('keeps the order of results that settle together, also of one that is asked for after the end', async () => {
    const settle: ((result: IteratorResult<number>) => void)[] = [];
    const source = {
      next: () => new Promise<IteratorResult<number>>((resolve) => settle.push(resolve)),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    const { value, sink } = watched(source);
    const order: string[] = [];
    const ask = (name: string): Promise<unknown> => value.next().then(() => order.push(name));
    const first = ask('first');
    const second = ask('second');
    settle[1]?.({ done: true, value: undefined });
    await second;
    expect(sink.outcomes).toEqual(['completed']);
    const third = ask('third');
    settle[0]?.({ done: false, value: 1 });
    settle[2]?.({ done: true, value: undefined });
    await Promise.all([first, third]);
    expect(order).toEqual(['second', 'first', 'third']);
  });

  it('ends when the generator is exhausted, and passes what next is given', async () => {
    async function* echo(): AsyncGenerator<string, void, string> {
      yield yield 'first';
    }
    const { value, sink } = watched(echo());
    expect(await value.next('ignored')).toEqual({ value: 'first', done: false });
    expect(await value.next('given')).toEqual({ value: 'given', done: false });
    expect(sink.ends).toEqual([]);
    expect(await value.next()).toEqual({ value: undefined, done: true });
    expect(await value.next()).toEqual({ value: undefined, done: true });
    expect(sink.outcomes).toEqual(['completed']);
    expect(sink.entered).toBe(3);
  });

  it('ends as cancelled on break, on a throw in the consumer and on return before the first next', async () => {
    const broken = watched(numbers(5));
    for await (const number of broken.value) if (number === 1) break;
    const failed = watched(numbers(5));
    await expect(
      (async () => {
        for await (const number of failed.value) throw new Error(`consumer ${number}`);
      })(),
    ).rejects.toThrow('consumer 0');
    const unread = watched(numbers(5));
    expect(await unread.value.return('early')).toEqual({ value: 'early', done: true });
    for (const { sink } of [broken, failed, unread]) expect(sink.outcomes).toEqual(['cancelled']);
    expect(broken.sink.chunks).toEqual([0, 1]);
  });

  it('ends with the error of the source, and not with one that was thrown in', async () => {
    const failing = watched(numbers(5, 2));
    await expect(
      (async () => {
        for await (const number of failing.value) expect(number).toBeLessThan(2);
      })(),
    ).rejects.toThrow('failed at 2');
    expect(failing.sink.outcomes).toEqual(['error']);

    const thrownInto = watched(numbers(5));
    await thrownInto.value.next();
    const error = new Error('thrown in');
    await expect(thrownInto.value.throw(error)).rejects.toBe(error);
    expect(thrownInto.sink.outcomes).toEqual(['cancelled']);
  });

  it('keeps concurrent next calls in order', async () => {
    const { value, sink } = watched(numbers(3));
    const results = await Promise.all([value.next(), value.next(), value.next(), value.next()]);
    expect(results.map((result) => result.value)).toEqual([0, 1, 2, 'end']);
    expect(sink.chunks).toEqual([0, 1, 2]);
    expect(sink.outcomes).toEqual(['completed']);
  });

  it('watches a synchronous generator, and one that delegates to it', () => {
    function* inner(): Generator<number> {
      yield 1;
      yield 2;
    }
    const { value, sink } = watched(inner());
    function* outer(): Generator<number> {
      yield* value;
    }
    expect([...outer()]).toEqual([1, 2]);
    expect(sink.chunks).toEqual([1, 2]);
    expect(sink.outcomes).toEqual(['completed']);
  });

  it('notices a break even where the iterator has no return', async () => {
    const source = {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => Promise.resolve({ value: 1, done: false }),
    };
    const { value, sink } = watched(source as AsyncIterableIterator<number>);
    for await (const number of value) {
      expect(number).toBe(1);
      break;
    }
    expect(sink.outcomes).toEqual(['cancelled']);
    expect(Object.keys(source)).toEqual(['next']);
  });

  it('takes what was thrown in for a cancellation, whatever it is and however many were thrown', async () => {
    const undefinedThrown = watched(numbers(5));
    await expect(undefinedThrown.value.throw(undefined)).rejects.toBeUndefined();
    expect(undefinedThrown.sink.outcomes).toEqual(['cancelled']);
    const both = watched(numbers(5));
    const first = new Error('first');
    const results = [both.value.throw(first), both.value.throw(new Error('second'))];
    await expect(results[0]).rejects.toBe(first);
    await expect(results[1]).rejects.toThrow('second');
    expect(both.sink.outcomes).toEqual(['cancelled']);
  });

  it('leaves a lazy result lazy, the same object, and counts it once', async () => {
    let asked = 0;
    const results = [{ value: 'a', done: false }, { done: true }];
    const source = {
      [Symbol.asyncIterator]() {
        return this;
      },
      // As query builders do: it starts when somebody asks, and gives nothing back.
      next: () => ({ then: (resolve: (result: unknown) => void) => (asked++, resolve(results.shift()), undefined) }),
    };
    const { value, sink } = watched(source as unknown as AsyncIterableIterator<string>);
    const unasked = value.next();
    await new Promise(setImmediate);
    expect(asked).toBe(0);
    expect(await unasked).toEqual({ value: 'a', done: false });
    for await (const text of value) expect(text).toBe('nothing is left');
    expect([asked, sink.chunks, sink.outcomes]).toEqual([2, ['a'], ['completed']]);
  });

  it('passes on what is no result, and takes any true value for done', () => {
    const failure = new Error('read');
    const odd = [
      undefined,
      {
        get value(): never {
          throw failure;
        },
        done: false,
      },
      new Proxy(
        {},
        {
          get: () => {
            throw failure;
          },
          getPrototypeOf: () => {
            throw failure;
          },
        },
      ),
      { done: 1 },
    ];
    const left = [...odd];
    const source = { next: () => left.shift(), [Symbol.iterator]: () => source };
    const { value, sink } = watched(source as unknown as Iterator<unknown>);
    for (const result of odd) expect(value.next() === result).toBe(true);
    expect(sink.outcomes).toEqual(['completed']);
  });

  it('does not change what enumeration or the class of the object show', () => {
    const generator = numbers(1);
    const { value } = watched(generator);
    expect(value).toBe(generator);
    expect(Object.keys(value)).toEqual([]);
    expect(Object.prototype.toString.call(value)).toBe('[object AsyncGenerator]');
  });

  it('says that a frozen object cannot be watched', () => {
    const generator = Object.freeze(numbers(1));
    const { value, sink } = watched(generator);
    expect(value).toBe(generator);
    expect(sink.wasUnobserved).toBe(true);
  });
});

describe('watching iterables', () => {
  class Lines {
    iterations = 0;
    async *[Symbol.asyncIterator]() {
      this.iterations++;
      yield 'a';
      yield 'b';
    }
  }

  it('counts the first iteration and leaves later ones alone', async () => {
    const { value, sink } = watched(new Lines());
    for (let round = 0; round < 2; round++) {
      const seen = [];
      for await (const line of value) seen.push(line);
      expect(seen).toEqual(['a', 'b']);
    }
    expect(sink.chunks).toEqual(['a', 'b']);
    expect(sink.outcomes).toEqual(['completed']);
    expect(value.iterations).toBe(2);
  });

  it('tells both methods that return the same stream, the inner one first', async () => {
    const lines = new Lines();
    const order: string[] = [];
    const inner = watched(lines);
    const outer = watched(lines);
    inner.sink.end = () => void order.push('inner');
    outer.sink.end = () => void order.push('outer');
    const read = [];
    for await (const line of lines) read.push(line);
    expect(read).toEqual(['a', 'b']);
    expect(order).toEqual(['inner', 'outer']);
    expect(outer.sink.chunks).toEqual(['a', 'b']);
  });
});

describe('watching a web response', () => {
  it('ends when the body has been read, and reads JSON back', async () => {
    const response = new Response('{"id":"x"}');
    const { value, sink } = watched(response);
    expect(value).toBe(response);
    expect(sink.ends).toEqual([]);
    expect(await value.json()).toEqual({ id: 'x' });
    expect(sink.values).toEqual([{ id: 'x' }]);
  });
});

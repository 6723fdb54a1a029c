import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { of } from 'rxjs';
import { configure } from '../../src/configure.js';
import { DEFAULT_LIMITS } from '../../src/core/settings.js';
import { span } from '../../src/decorators/span.js';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import { runChild } from '../support/child-program.js';
import { cleanProcess } from '../support/clean-process.js';
import { collectUntil } from '../support/collect.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry | undefined;

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry?.complaints ?? []).toEqual([]);
  // The timer of one spec would serve the next one.
  endOpenCalls('shutdown');
  await telemetry?.stop();
  telemetry = undefined;
});

const idleAfter = (idleMs: number): Telemetry =>
  (telemetry = startTelemetry({ settings: { limits: { ...DEFAULT_LIMITS, idleMs } } }));

/** How a span ended and what had arrived by then. */
const ending = ({ attributes }: ReadableSpan): unknown[] => [
  attributes['decotel.outcome'],
  attributes['decotel.stream.chunks'],
  attributes['decotel.result'],
];
const endings = (spans: readonly ReadableSpan[]): Record<string, unknown[]> =>
  Object.fromEntries(spans.map((one) => [one.name, ending(one)]));

/** Something that a method returns and that gives 'a', 'b' and 'c', a piece at a time. */
interface Kind<Stream extends object = object> {
  make(): Stream;
  /** Takes the first piece. Absent where there are no pieces. */
  begin?(stream: Stream): unknown;
  /** True where it may be held unread for as long as its consumer likes. */
  isPatient?: boolean;
}
const kind = <Stream extends object>(one: Kind<Stream>): Kind => one as unknown as Kind;

function* letters(): Generator<string> {
  yield* 'abc';
}
async function* lettersLater(): AsyncGenerator<string> {
  await Promise.resolve();
  yield* letters();
}
const web = (type?: 'bytes'): ReadableStream<unknown> => {
  const left = letters();
  return new ReadableStream(
    {
      type: type as undefined,
      pull(controller: ReadableStreamDefaultController<unknown>) {
        const { done, value } = left.next();
        if (done === true) controller.close();
        else controller.enqueue(type === undefined ? value : new TextEncoder().encode(value));
      },
    },
    { highWaterMark: 0 },
  );
};
const readOne = async (stream: ReadableStream<unknown>): Promise<void> => {
  const reader = stream.getReader();
  await reader.read();
  reader.releaseLock();
};

const KINDS: Record<string, Kind> = {
  generator: kind({ make: letters, begin: (stream) => stream.next(), isPatient: true }),
  'async generator': kind({ make: lettersLater, begin: (stream) => stream.next(), isPatient: true }),
  iterator: kind({
    make: () => {
      const left = letters();
      return { next: () => left.next(), [Symbol.iterator]() { return this; } }; // prettier-ignore
    },
    begin: (stream) => stream.next(),
  }),
  iterable: kind({
    make: () => ({ [Symbol.asyncIterator]: lettersLater }),
    begin: (stream) => stream[Symbol.asyncIterator]().next(),
  }),
  'web stream': kind({ make: () => web(), begin: readOne }),
  'stream of bytes': kind({ make: () => web('bytes'), begin: readOne }),
  'Node stream': kind({
    make: () => Readable.from(letters(), { highWaterMark: 1 }),
    begin: async (stream) => {
      await once(stream, 'readable');
      stream.read();
    },
  }),
  emitter: kind({ make: () => new EventEmitter(), begin: (emitter) => emitter.emit('data', 'a') }),
  observable: kind({ make: () => of('a', 'b', 'c') }),
  response: kind({
    make: () => new Response(web('bytes') as ReadableStream<Uint8Array<ArrayBuffer>>),
    begin: (response) => readOne(response.body as ReadableStream),
  }),
  thenable: kind({ make: () => ({ then: () => undefined }) }),
  'holder of streams': kind({ make: () => ({ text: lettersLater(), parts: web() }), begin: ({ text }) => text.next() }),
  'event target': kind({ make: () => new EventTarget() }),
};
const started = Object.entries(KINDS).filter(([, { begin }]) => begin !== undefined);

/** Each kind out of a method of its name; nothing of it is read. */
const unread = (): object[] => Object.entries(KINDS).map(([name, { make }]) => span(name)(make)());

/** Each kind out of a method of its name; of each, one piece is read. */
async function halfRead(): Promise<object[]> {
  const streams = [];
  for (const [name, { make, begin }] of started) {
    const stream = span(name)(make)();
    await begin?.(stream);
    streams.push(stream);
  }
  return streams;
}

const eachOf = (kinds: [string, Kind][], outcome: string, arrived: (name: string) => unknown[]): object =>
  Object.fromEntries(kinds.map(([name]) => [name, [outcome, ...arrived(name)]]));
const nothing = (): unknown[] => [undefined, undefined];
const BYTES = ['stream of bytes', 'response'];
const onePiece = (name: string): unknown[] => [1, BYTES.includes(name) ? '{"type":"blob","bytes":1}' : '"a"'];

describe('a stream that nobody consumes', () => {
  it('ends its span when it is collected', async () => {
    const { ended } = idleAfter(Infinity);
    unread();
    await collectUntil(() => openCallCount() === 0);
    expect(endings(await ended(13))).toEqual(eachOf(Object.entries(KINDS), 'abandoned', nothing));
  });

  it('ends its span when it is collected half read, with what had arrived', async () => {
    const { ended } = idleAfter(Infinity);
    await halfRead();
    await collectUntil(() => openCallCount() === 0);
    expect(endings(await ended(10))).toEqual(eachOf(started, 'abandoned', onePiece));
  });

  it('ends its span when it is idle, but for a generator, which may wait on purpose', async () => {
    const { ended } = idleAfter(20);
    const streams = unread();
    const impatient = Object.entries(KINDS).filter(([, { isPatient }]) => isPatient !== true);
    expect(endings(await ended(11))).toEqual(eachOf(impatient, 'abandoned', nothing));
    await delay(50);
    expect(openCallCount()).toBe(2);
    for (const stream of streams.slice(0, 2) as AsyncGenerator[]) await stream.return(undefined);
  });

  it('ends its span when it is idle half read, with what had arrived', async () => {
    const { ended } = idleAfter(40);
    const streams = await halfRead();
    const impatient = started.filter(([, { isPatient }]) => isPatient !== true);
    expect(endings(await ended(8))).toEqual(eachOf(impatient, 'abandoned', onePiece));
    for (const stream of streams.slice(0, 2) as AsyncGenerator[]) await stream.return(undefined);
  });

  it('is not idle while pieces arrive, however slowly', async () => {
    const { spans, ended } = idleAfter(60);
    const slow = span('slow')(() => Readable.from((async function* () { for (const one of 'abcdefgh') { await delay(20); yield one; } })())); // prettier-ignore
    const stream = slow();
    let read = '';
    for await (const letter of stream) {
      expect(spans).toEqual([]);
      read += String(letter);
    }
    expect(read).toBe('abcdefgh');
    expect(endings(await ended(1))).toEqual({ slow: ['completed', 8, '"abcdefgh"'] });
  });

  it('has ten minutes unless it is told otherwise', () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      telemetry = startTelemetry();
      const stream = span('stream')(() => web())();
      jest.advanceTimersByTime(599_000);
      expect(telemetry.spans).toEqual([]);
      jest.advanceTimersByTime(32_000);
      expect(endings(telemetry.spans)).toEqual({ stream: ['abandoned', undefined, undefined] });
      expect(stream.locked).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes on for whoever reads it after all, with its span as it ended', async () => {
    const { ended } = idleAfter(20);
    const iterator = span('iterator')(KINDS['iterator']?.make as () => Generator<string>)();
    const stream = span('Node stream')(() => Readable.from(letters()))();
    const reader = span('web stream')(() => web())();
    const before = endings(await ended(3));
    expect(Array.from(iterator)).toEqual(['a', 'b', 'c']);
    expect(await stream.toArray()).toEqual(['a', 'b', 'c']);
    expect(await Readable.from(reader as never).toArray()).toEqual(['a', 'b', 'c']);
    expect(endings(await ended(3))).toEqual(before);
  });
});

describe('at shutdown()', () => {
  it.each([
    ['unread', unread, Object.entries(KINDS), nothing],
    ['half read', halfRead, started, onePiece],
  ] as const)('what is %s ends, marked, with what had arrived', async (_name, begin, kinds, arrived) => {
    const spans: ReadableSpan[] = [];
    const quiet = { onStart: () => undefined, forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() };
    const handle = configure({ processors: [{ ...quiet, onEnd: (one) => void spans.push(one) }] });
    const streams = await begin();
    expect(spans).toEqual([]);
    await handle.shutdown();
    expect(endings(spans)).toEqual(eachOf([...kinds], 'shutdown', arrived));
    expect(spans).toHaveLength(streams.length);
    await cleanProcess(handle);
  });
});

describe('two consumers at once', () => {
  const take = async (values: AsyncIterable<unknown>): Promise<unknown[]> => {
    const taken = [];
    for await (const value of values) {
      taken.push(value);
      await delay(1);
    }
    return taken;
  };
  const listen = (stream: Readable): Promise<unknown[]> => {
    const heard: unknown[] = [];
    return new Promise((resolve) => stream.on('data', (one) => heard.push(one)).on('close', () => resolve(heard)));
  };
  const WAYS: [string, () => Promise<unknown[][]>][] = [
    ['share an async generator', async () => {
      const stream = span('call')(lettersLater)();
      return [[...(await Promise.all([take(stream), take(stream)])).flat()].sort()];
    }],
    ['iterate an iterable', async () => {
      const lines = span('call')(() => ({ [Symbol.asyncIterator]: lettersLater }))();
      return Promise.all([take(lines), take(lines)]);
    }],
    ['listen to a Node stream', async () => {
      const stream = span('call')(() => Readable.from(letters()))();
      return Promise.all([listen(stream), listen(stream)]);
    }],
    ['read the branches of a web stream', async () => Promise.all((span('call')(() => web())().tee() as unknown as AsyncIterable<unknown>[]).map(take))],
  ]; // prettier-ignore

  it.each(WAYS)('%s, and what arrived is recorded once', async (_name, consume) => {
    const { ended } = idleAfter(Infinity);
    for (const got of await consume()) expect(got).toEqual(['a', 'b', 'c']);
    expect(endings(await ended(1))).toEqual({ call: ['completed', 3, '"abc"'] });
  });

  it('may stop one before the other: the first to begin is the one that counts', async () => {
    const { ended } = idleAfter(Infinity);
    const lines = span('call')(() => ({ [Symbol.asyncIterator]: lettersLater }))();
    const [idle, first, second] = [lines, lines, lines].map((one) => one[Symbol.asyncIterator]());
    await first?.next();
    expect(await take({ [Symbol.asyncIterator]: () => second as AsyncGenerator<string> })).toEqual(['a', 'b', 'c']);
    await idle?.return(undefined);
    expect(openCallCount()).toBe(1);
    await first?.next();
    await first?.return(undefined);
    expect(endings(await ended(1))).toEqual({ call: ['cancelled', 2, '"ab"'] });
  });
});

describe('when the process ends', () => {
  it.each([
    ['by itself', '', { code: 0, signal: null }],
    ['by a call of exit', 'process.exit(3);', { code: 3, signal: null }],
    ['by an error', "throw new Error('crash');", { code: 1, signal: null }],
    [
      'by a signal',
      "process.kill(process.pid, 'SIGTERM'); setInterval(() => undefined, 1000);",
      { code: null, signal: 'SIGTERM' },
    ],
  ])('%s, what is open ends, marked, with what had arrived', async (_case, last, end) => {
    const program = `
      import { Readable } from 'node:stream';
      import { configure, consoleJson } from './src/configure';
      import { span } from './src/decorators/span';
      const write = (text) => {
        const { name, attributes } = JSON.parse(text);
        const ending = ['outcome', 'stream.chunks', 'result'].map((key) => attributes['decotel.' + key]);
        process.stdout.write('|' + JSON.stringify([name, ...ending]) + '|');
      };
      configure({ processors: [consoleJson({ write })] });
      const half = span('half read')(async function* () { yield 'a'; yield 'b'; })();
      const unread = span('unread')(() => Readable.from(['a']))();
      void half.next().then(() => { ${last} });
    `;
    const { code, signal, printed } = await runChild(program).ended;
    expect({ code, signal }).toEqual(end);
    const lines = [...printed.matchAll(/\|(\[.*?\])\|/g)].map(([, line]) => JSON.parse(line ?? '') as unknown);
    expect(lines).toEqual([
      ['unread', 'shutdown', null, null],
      ['half read', 'shutdown', 1, '"a"'],
    ]);
  });
});

describe('one stream through several calls', () => {
  const through = async (make: () => object): Promise<object> => {
    const inner = span('inner')(make);
    const middle = span('middle')(() => inner());
    return span('outer')(async () => Promise.resolve(middle()))();
  };
  const order = ['inner', 'middle', 'outer'];

  it.each(['iterable', 'web stream', 'Node stream', 'emitter', 'holder of streams'])(
    'ends the inner ones first, whatever ends it: %s',
    async (name) => {
      const make = KINDS[name]?.make as () => object;
      const impatient = idleAfter(15);
      const kept = [await through(make)];
      expect((await impatient.ended(3)).map((one) => one.name)).toEqual(order);
      impatient.clear();
      kept.push(await through(make));
      endOpenCalls('shutdown');
      expect(impatient.spans.map((one) => one.name)).toEqual(order);
      await impatient.stop();

      const { ended } = idleAfter(Infinity);
      await Promise.all(Array.from({ length: 20 }, async () => typeof (await through(make))));
      await collectUntil(() => openCallCount() === 0);
      const rounds = new Map<string, string[]>();
      for (const one of await ended(60)) {
        const { traceId } = one.spanContext();
        rounds.set(traceId, [...(rounds.get(traceId) ?? []), one.name]);
      }
      expect([...rounds.values()]).toEqual(Array.from({ length: 20 }, () => order));
      expect(kept).toHaveLength(2);
    },
  );
});

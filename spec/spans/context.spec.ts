import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { get } from 'node:http';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { map, merge, Observable, of, tap, timer } from 'rxjs';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { span } from '../../src/decorators/span.js';
import { promptText } from '../../src/prompts/prompt-text.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { loopback } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The name of the active span. */
const active = (): string | undefined => (trace.getActiveSpan() as unknown as ReadableSpan | undefined)?.name;

/** Runs `work` in a span of the application's own. */
async function inSpan<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  return trace.getTracer('application').startActiveSpan(name, async (own) => {
    try {
      return await work();
    } finally {
      own.end();
    }
  });
}

/** A stream that gives one item for each that it is asked for. */
function readable(items: unknown[]): Readable {
  const left = [...items, null];
  return new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      this.push(left.shift());
    },
  });
}

async function* letters(items: string[]): AsyncGenerator<string> {
  for (const item of items) {
    await turn();
    yield item;
  }
}

type Wrap = <F extends (...values: never[]) => unknown>(method: F) => F;

/** The same method, as it is and decorated. */
const bare: Wrap = (method) => method;
const decorated: Wrap = (method) => span('call')(method);

describe('inside the call', () => {
  it('runs every step of a generator, whoever takes it, and what it does on the way out', async () => {
    const seen: unknown[] = [];
    const generate = decorated(function* () {
      try {
        seen.push(['start', active()]);
        yield 1;
        seen.push(['step', active()]);
        yield 2;
      } finally {
        seen.push(['finally', active()]);
      }
    });
    const generateLater = decorated(async function* () {
      try {
        await turn();
        seen.push(['start later', active()]);
        yield* [1, 2];
      } catch {
        await turn();
        seen.push(['catch', active()]);
      } finally {
        await turn();
        seen.push(['finally later', active()]);
      }
    });
    const [now, later] = await inSpan('caller', () => [generate(), generateLater()] as const);
    await inSpan('one consumer', () => now.next());
    await inSpan('another', () => now.next());
    now.return();
    await inSpan('one consumer', () => later.next());
    await inSpan('another', () => later.throw(new Error('thrown in')));
    expect(seen).toEqual([
      ['start', 'call'],
      ['step', 'call'],
      ['finally', 'call'],
      ['start later', 'call'],
      ['catch', 'call'],
      ['finally later', 'call'],
    ]);
    expect(telemetry.spans.filter(({ name }) => name === 'call')).toHaveLength(2);
  });

  it('runs what fills and what cancels a stream', async () => {
    const seen: unknown[] = [];
    const web = decorated((type?: 'bytes') => {
      let left = 2;
      return new ReadableStream<Uint8Array>(
        {
          type: type as 'bytes',
          async pull(controller) {
            await turn();
            seen.push(['pull', active()]);
            controller.enqueue(new Uint8Array([left--]));
          },
          cancel: () => void seen.push(['cancel', active()]),
        },
        { highWaterMark: 0 },
      );
    });
    for (const type of [undefined, 'bytes'] as const) {
      await inSpan('consumer', async () => {
        const reader = web(type).getReader();
        await reader.read();
        await reader.cancel();
      });
    }
    const node = decorated(
      () =>
        new Readable({
          read() {
            seen.push(['read', active()]);
            void turn().then(() => {
              seen.push(['push', active()]);
              this.push(null);
            });
          },
        }),
    );
    await inSpan('consumer', () => node().toArray());
    const from = decorated(() =>
      Readable.from(
        (async function* () {
          await turn();
          seen.push(['body', active()]);
          yield 'a';
        })(),
      ),
    );
    await inSpan('consumer', () => from().toArray());
    const observable = decorated(
      () =>
        new Observable((subscriber) => {
          seen.push(['subscribe', active()]);
          subscriber.complete();
        }),
    );
    await inSpan('consumer', () => observable().subscribe());
    expect(seen).toEqual(
      ['pull', 'cancel', 'pull', 'cancel', 'read', 'push', 'body', 'subscribe'].map((what) => [what, 'call']),
    );
  });

  it('runs timers, and the handlers of what it started, also after it has returned', async () => {
    const server = await loopback(() => ({ body: 'reply' }));
    const seen: [string, string | undefined][] = [];
    const note =
      (what: string): (() => void) =>
      () =>
        void seen.push([what, active()]);
    const start = decorated(() => {
      queueMicrotask(note('microtask'));
      process.nextTick(note('tick'));
      setImmediate(note('immediate'));
      setTimeout(note('timeout'), 1);
      const ticking = setInterval(() => {
        note('interval')();
        clearInterval(ticking);
      }, 1);
      const emitter = new EventEmitter().on('event', note('emitter'));
      setTimeout(() => emitter.emit('event'), 1);
      const controller = new AbortController();
      controller.signal.addEventListener('abort', note('signal'));
      setTimeout(() => controller.abort(), 1);
      get(server.url, (response) => {
        note('response')();
        response.on('data', note('data')).on('end', note('end'));
      });
    });
    await inSpan('caller', start);
    const deadline = Date.now() + 2000;
    while (seen.length < 10 && Date.now() < deadline) await turn();
    await server.close();
    const names = 'data emitter end immediate interval microtask response signal tick timeout';
    expect(seen.sort()).toEqual(names.split(' ').map((what) => [what, 'call']));
  });

  it('runs the handlers that it puts on what it returns', async () => {
    const seen: unknown[] = [];
    const emitting = decorated(() => {
      const emitter = new EventEmitter().on('data', () => void seen.push(active()));
      setTimeout(() => emitter.emit('data', 1) && emitter.emit('end'), 1);
      return emitter;
    });
    const flowing = decorated(() => Readable.from(['a']).on('data', () => void seen.push(active())));
    await inSpan('caller', () => new Promise((resolve) => emitting().on('end', resolve)));
    await inSpan('caller', () => new Promise((resolve) => flowing().on('end', resolve)));
    expect(seen).toEqual(['call', 'call']);
  });

  it('tells siblings apart that run at once', async () => {
    const leaf = span('leaf')(async (name: string) => turn().then(() => name));
    const branch = span('branch')(async (name: string) => {
      await turn();
      await Promise.all([leaf(`${name}1`), leaf(`${name}2`)]);
      await Promise.race([leaf(`${name}3`), turn()]);
      await leaf(`${name}4`);
    });
    const root = span('root')(async () => {
      await Promise.allSettled(['a', 'b', 'c'].map((name) => branch(name)));
    });
    await root();
    await telemetry.ended(16);
    const rootId = telemetry.span('root').spanContext().spanId;
    const given = ({ attributes }: ReadableSpan): string =>
      (JSON.parse(String(attributes['decotel.arguments'])) as { name: string }).name;
    const branches = telemetry.spans.filter(({ name }) => name === 'branch');
    const parents = new Map(branches.map((one) => [one.spanContext().spanId, given(one)]));
    expect(branches.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([rootId, rootId, rootId]);
    const leaves = telemetry.spans.filter(({ name }) => name === 'leaf');
    expect(leaves.map(given).sort()).toEqual(
      ['a', 'b', 'c'].flatMap((name) => [1, 2, 3, 4].map((one) => `${name}${one}`)),
    );
    for (const one of leaves) expect(parents.get(one.parentSpanContext?.spanId ?? '')).toBe(given(one)[0]);
  });

  it('is handed over to a worker of a pool, and back, by AsyncResource', async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', (task) => parentPort.postMessage(task * 2));`,
      { eval: true },
    );
    const waiting: ((result: number) => void)[] = [];
    // As in Node's own documentation: the handler belongs to the pool, the task to whoever gave it.
    worker.on('message', (result: number) => waiting.shift()?.(result));
    const seen: unknown[] = [];
    const give = (task: number, done: (result: number) => void): void => {
      const resource = new AsyncResource('Task');
      waiting.push((result) => resource.runInAsyncScope(done, null, result));
      worker.postMessage(task);
    };
    const double = span('double')(
      (task: number) =>
        new Promise<number>((resolve) => {
          give(task, (result) => {
            seen.push([task, active(), trace.getActiveSpan()?.spanContext().spanId]);
            resolve(result);
          });
        }),
    );
    const results = await inSpan('caller', () => Promise.all([double(1), double(2)]));
    await worker.terminate();
    expect(results).toEqual([2, 4]);
    const [one, two] = telemetry.spans.filter(({ name }) => name === 'double');
    expect(seen).toEqual([
      [1, 'double', one?.spanContext().spanId],
      [2, 'double', two?.spanContext().spanId],
    ]);
  });
});

describe('nothing of the call', () => {
  it('is left behind after a call, a failure, a step or a break', async () => {
    const seen: unknown[] = [];
    const note = (): void => void seen.push(active());
    const plain = decorated(() => 1);
    const failing = decorated(() => {
      throw new Error('no');
    });
    const later = decorated(async () => turn());
    const failingLater = decorated(async () => {
      await turn();
      throw new Error('no');
    });
    const stream = decorated(letters);
    await inSpan('caller', async () => {
      plain();
      note();
      expect(failing).toThrow('no');
      note();
      const pending = later();
      note();
      await pending;
      note();
      await later().then(note);
      await failingLater().catch(note);
      note();
      const generator = stream(['a', 'b']);
      note();
      await generator.next();
      note();
      for await (const letter of generator) {
        seen.push(letter);
        note();
      }
      for await (const letter of stream(['a', 'b'])) {
        seen.push(letter);
        note();
        break;
      }
      note();
    });
    expect(seen.filter((one) => one !== 'caller')).toEqual(['b', 'a']);
    expect(seen).toHaveLength(14);
    expect(active()).toBeUndefined();
  });

  it('reaches the handlers of who gets a stream or an emitter, through two calls as well', async () => {
    // Without us, and with: what a consumer pulls reaches it where it pulls.
    const sources: [bare: string, where: string, make: () => EventEmitter][] = [
      ['consumer', 'consumer', () => readable(['a', 'b'])],
      ['consumer', 'consumer', () => Readable.from(letters(['a', 'b']))],
      [
        'caller',
        'consumer',
        () => pipeline(Readable.from(letters(['a', 'b'])), new PassThrough({ objectMode: true }), () => undefined),
      ],
      [
        'caller',
        'caller',
        () => {
          const emitter = new EventEmitter();
          setTimeout(() => ['a', 'b'].forEach((one) => emitter.emit('data', one)), 1);
          setTimeout(() => ['end', 'close'].forEach((event) => emitter.emit(event)), 2);
          return emitter;
        },
      ],
    ];
    const ways: Wrap[] = [bare, decorated, (make) => decorated(() => decorated(make)()) as never];
    for (const [where, whereDecorated, make] of sources) {
      for (const wrap of ways) {
        const seen: unknown[] = [];
        const source = await inSpan('caller', wrap(make));
        await inSpan('consumer', () => {
          for (const event of ['data', 'end', 'close']) source.on(event, () => void seen.push([event, active()]));
          return new Promise((resolve) => source.on('close', resolve));
        });
        expect(seen).toEqual(
          ['data', 'data', 'end', 'close'].map((event) => [event, wrap === bare ? where : whereDecorated]),
        );
      }
    }
  });

  it('reaches the handlers of who subscribes to an observable', async () => {
    const seen: unknown[] = [];
    const numbers = decorated(() => merge(of(1), timer(1)).pipe(tap(() => void seen.push(['tap', active()]))));
    await inSpan('caller', async () => {
      const source = numbers();
      await inSpan('consumer', () => {
        const mapped = source.pipe(map(() => void seen.push(['map', active()])));
        return new Promise<void>((resolve) => {
          mapped.subscribe({
            next: () => void seen.push(['next', active()]),
            complete: () => {
              seen.push(['complete', active()]);
              resolve();
            },
          });
        });
      });
    });
    const chunk = [
      ['tap', 'call'],
      ['map', 'consumer'],
      ['next', 'consumer'],
    ];
    expect(seen).toEqual([...chunk, ...chunk, ['complete', 'consumer']]);
  });
});

describe('storage of the application', () => {
  const storage = new AsyncLocalStorage<string>();
  const other = new AsyncLocalStorage<string>();

  /** What the body, and the handlers of the consumer, find in the storage. */
  const found = async (wrap: Wrap): Promise<unknown[]> => {
    const seen: unknown[] = [];
    const note = (what: string): void => void seen.push([what, storage.getStore(), other.getStore()]);
    const steps = wrap(function* () {
      note('start');
      yield 1;
      note('step');
    });
    const laterSteps = wrap(async function* () {
      await turn();
      note('start later');
      yield 1;
      await turn();
      note('step later');
    });
    const fill = wrap(() =>
      Readable.from(
        (async function* () {
          await turn();
          note('filled');
          yield 'a';
        })(),
      ),
    );
    const pull = wrap(
      () =>
        new ReadableStream(
          {
            pull: (controller) => {
              note('pulled');
              controller.close();
            },
          },
          { highWaterMark: 0 },
        ),
    );
    const set = wrap(() => {
      other.enterWith('set in a call');
    });
    await storage.run('caller', async () => {
      const [now, later, stream, web] = [steps(), laterSteps(), fill(), pull()];
      storage.run('one consumer', () => now.next());
      storage.run('another', () => now.next());
      note('after a step');
      await storage.run('one consumer', () => later.next());
      await storage.run('another', () => later.next());
      await storage.run('consumer', async () => {
        stream.on('data', () => note('data'));
        await new Promise((resolve) => stream.on('close', resolve));
        await web.getReader().read();
      });
      set();
      note('after a call');
    });
    return seen;
  };

  // Node ≥ 24 keeps all storage of a place in one frame, and we go back to the consumer's.
  const onFrames = Number(process.versions.node.split('.')[0]) >= 24 ? it.failing : it;
  onFrames('keeps what a step sets in it', () => {
    const setting = decorated(function* () {
      other.enterWith('set in a step');
      yield 1;
    });
    const found = other.run('none', () => [...setting(), other.getStore()]);
    expect(found).toEqual([1, 'set in a step']);
  });

  it('is what it would be without us, in every step and handler', async () => {
    const expected = await other.run('none', found, bare);
    expect(expected).toEqual([
      ['start', 'one consumer', 'none'],
      ['step', 'another', 'none'],
      ['after a step', 'caller', 'none'],
      ['start later', 'one consumer', 'none'],
      ['step later', 'another', 'none'],
      ['filled', 'consumer', 'none'],
      ['data', 'consumer', 'none'],
      ['pulled', 'consumer', 'none'],
      ['after a call', 'caller', 'set in a call'],
    ]);
    expect(await other.run('none', found, decorated)).toEqual(expected);
    const templated: Wrap = (method) => promptTemplate('of the call')(span('call')(method));
    expect(await other.run('none', found, templated)).toEqual(expected);
  });
});

describe('the prompt of a call', () => {
  const prompt = (): string => {
    try {
      return promptText();
    } catch {
      return 'none';
    }
  };

  it('is there in its own steps and handlers, and nowhere else', async () => {
    const seen: unknown[] = [];
    const note = (what: string): void => void seen.push([what, prompt()]);
    const inner = promptTemplate('inner');
    const steps = inner(
      decorated(async function* () {
        note('start');
        yield 1;
        await turn();
        note('step');
      }),
    );
    const fill = inner(
      decorated(() =>
        Readable.from(
          (async function* () {
            await turn();
            note('filled');
            yield 'a';
          })(),
        ),
      ),
    );
    const emit = inner(
      decorated(() => {
        const emitter = new EventEmitter().on('own', () => note('own handler'));
        setTimeout(() => ['own', 'data', 'close'].forEach((event) => emitter.emit(event)), 1);
        return emitter;
      }),
    );
    const consume = async (): Promise<void> => {
      const generator = steps();
      await generator.next();
      note('after a step');
      await generator.next();
      for (const make of [fill, emit]) {
        const source = make();
        source.on('data', () => note('data'));
        await new Promise((resolve) => source.on('close', resolve));
      }
      note('at the end');
    };
    const inside = ['start', 'step', 'filled', 'own handler'];
    for (const [around, run] of [
      ['none', consume],
      ['outer', promptTemplate('outer')(decorated(consume))],
    ] as const) {
      seen.length = 0;
      await run();
      expect(seen).toEqual(
        ['start', 'after a step', 'step', 'filled', 'data', 'own handler', 'data', 'at the end'].map((what) => [
          what,
          inside.includes(what) ? 'inner' : around,
        ]),
      );
    }
  });
});

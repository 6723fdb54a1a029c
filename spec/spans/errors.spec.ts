import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { SpanStatusCode } from '@opentelemetry/api';
import OpenAI from 'openai';
import { firstValueFrom, throwError } from 'rxjs';
import { span } from '../../src/decorators/span.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { runChild } from '../support/child-program.js';
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

type Method = (...values: never[]) => unknown;
const decorated = <F extends Method>(method: F): F => span('call')(method);

/** What `work` throws, in a list: undefined can be thrown too. */
async function thrownBy(work: () => unknown): Promise<unknown[]> {
  try {
    await work();
  } catch (error) {
    return [error];
  }
  return [];
}

/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- anything can be thrown */

const drain = async (values: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> => {
  for await (const value of values) expect(value).toBe('a');
};

/** Ways in which an error comes out of a method, and what takes it. */
const WAYS: Record<string, (error: unknown) => () => Promise<unknown>> = {
  'a throw': (error) => async () =>
    decorated(() => {
      throw error;
    })(),
  'an async method': (error) =>
    decorated(async () => {
      await Promise.resolve();
      throw error;
    }),
  'a promise': (error) => decorated(() => Promise.reject(error)),
  'a subclass of Promise': (error) => {
    class Request extends Promise<never> {}
    return decorated(() => new Request((_resolve, reject) => reject(error)));
  },
  'a thenable': (error) => async () => {
    await (decorated(() => ({
      then: (_resolve: unknown, reject: (error: unknown) => void) => reject(error),
    }))() as unknown);
  },
  'a generator': (error) => () =>
    drain(
      decorated(function* () {
        yield 'a';
        throw error;
      })(),
    ),
  'an async generator': (error) => () =>
    drain(
      decorated(async function* () {
        yield 'a';
        await Promise.resolve();
        throw error;
      })(),
    ),
  'an iterator that throws at once': (error) => () =>
    drain(
      decorated(() => ({
        [Symbol.asyncIterator]: () => ({
          next: () => {
            throw error;
          },
        }),
      }))(),
    ),
  'a web stream': (error) => () =>
    drain(decorated(() => new ReadableStream({ pull: (controller) => controller.error(error) }))() as never),
  'a stream of bytes': (error) => () =>
    drain(
      decorated(() => new ReadableStream({ type: 'bytes', pull: (controller) => controller.error(error) }))() as never,
    ),
  'the body of a response': (error) => () =>
    decorated(() => new Response(new ReadableStream({ pull: (controller) => controller.error(error) })))().text(),
  'an object that holds streams': (error) => () =>
    drain(
      decorated(() => ({
        text: new ReadableStream({ pull: (controller) => controller.error(error) }),
      }))().text as never,
    ),
  'an observable': (error) => () => firstValueFrom(decorated(() => throwError(() => error))()),
};
/** Those that treat undefined, or what is no error, in their own way. */
const EMITTING: typeof WAYS = {
  'a Node stream': (error) => () =>
    drain(
      decorated(
        () =>
          new Readable({
            read() {
              this.destroy(error as Error);
            },
          }),
      )(),
    ),
  'an emitter': (error) => () =>
    new Promise((_resolve, reject) => {
      const emitter = decorated(() => new EventEmitter())();
      emitter.on('error', reject);
      emitter.emit('error', error);
    }),
};

class NotFound extends Error {}

describe.each(Object.entries({ ...WAYS, ...EMITTING }))('an error that comes out of %s', (_name, way) => {
  it('is the same object, unchanged, and one exception on one span', async () => {
    const error = Object.freeze(new NotFound('no such book'));
    expect(await thrownBy(way(error))).toEqual([error]);
    expect((await thrownBy(way(error)))[0]).toBe(error);
    expect(Reflect.ownKeys(error)).toEqual(['stack', 'message']);
    for (const { status, events, attributes } of await telemetry.ended(2)) {
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such book' });
      expect(attributes).toMatchObject({ 'decotel.outcome': 'error', 'error.type': 'NotFound' });
      expect(events.map(({ name }) => name)).toEqual(['exception']);
      expect(events[0]?.attributes).toEqual({
        'exception.type': 'NotFound',
        'exception.message': 'no such book',
        'exception.stacktrace': error.stack,
      });
    }
    expect(telemetry.spans).toHaveLength(2);
  });
});

describe.each(Object.entries(WAYS))('what is no error and comes out of %s', (_name, way) => {
  it.each([
    ['a text', 'no such book', 'string', 'no such book'],
    ['nothing', undefined, 'undefined', 'undefined'],
    ['null', null, 'object', 'null'],
  ])('may be %s', async (_case, thrown, type, message) => {
    expect(await thrownBy(way(thrown))).toEqual([thrown]);
    const [only] = await telemetry.ended(1);
    expect(only?.attributes).toMatchObject({ 'decotel.outcome': 'error', 'error.type': '_OTHER' });
    expect(only?.status).toEqual({ code: SpanStatusCode.ERROR, message });
    expect(only?.events.map(({ attributes }) => attributes)).toEqual([
      { 'exception.type': type, 'exception.message': message },
    ]);
  });
});

it('is one exception on each call that it passes', async () => {
  const error = new NotFound('no such book');
  const inner = span('inner')(async () => Promise.reject(error));
  const outer = span('outer')(async () => inner());
  expect(await thrownBy(outer)).toEqual([error]);
  expect(telemetry.spans.map(({ name, events }) => [name, events.length])).toEqual([
    ['inner', 1],
    ['outer', 1],
  ]);
});

describe('error.type', () => {
  const proxy = Proxy.revocable({}, {});
  proxy.revoke();
  const mean = {
    get status(): never {
      throw new Error('mean');
    },
    get constructor(): never {
      throw new Error('mean');
    },
  };
  const error = (members: object): Error => Object.assign(new Error('text'), members);

  it.each<[string, unknown, string]>([
    ['the status of a provider', error({ status: 429, code: 'rate_limit_exceeded' }), '429'],
    ['its status under another name', error({ statusCode: 503 }), '503'],
    ['its code where the status says nothing', error({ status: 200, code: 'overloaded' }), 'overloaded'],
    ['the code of the system', error({ code: 'ECONNRESET' }), 'ECONNRESET'],
    ['the class', new NotFound('text'), 'NotFound'],
    ['the class, where the code is a number', Object.assign(new NotFound('text'), { code: 7 }), 'NotFound'],
    ['the class, where the code is a sentence', error({ name: 'Bad', code: 'the key sk-1 is wrong' }), 'Bad'],
    ['the name that an error gives itself', error({ name: 'QuotaError' }), 'QuotaError'],
    ['the name of what the platform throws', new DOMException('late', 'TimeoutError'), 'TimeoutError'],
    ['Error, where there is nothing more', new Error('text'), 'Error'],
    ['the class of several', new AggregateError([new Error('text')], 'text'), 'AggregateError'],
    ['nothing, for a bare object', Object.create(null), '_OTHER'],
    ['nothing, for what cannot be read', proxy.proxy, '_OTHER'],
    ['nothing, for what throws when read', mean, '_OTHER'],
  ])('is %s', async (_case, thrown, type) => {
    const taken = await thrownBy(
      decorated(() => {
        throw thrown;
      }),
    );
    expect(taken[0] === thrown).toBe(true);
    expect(telemetry.span('call').attributes['error.type']).toBe(type);
    expect(telemetry.span('call').events).toHaveLength(1);
  });

  it('is what the failures of the system, of a server and of an SDK say', async () => {
    const ask = new OpenAI({ baseURL: 'http://127.0.0.1:1', apiKey: 'k', maxRetries: 0 });
    const failures: (() => unknown)[] = [
      async () => readFile('/no/such/book'),
      () => JSON.parse('{') as unknown,
      () => new Promise((_resolve, reject) => get('http://127.0.0.1:1').on('error', reject)),
      async () => fetch('http://127.0.0.1:1'),
      async () => ask.models.list(),
      async () =>
        delay(50, undefined, { signal: AbortSignal.timeout(1) }).catch((error: unknown) =>
          Promise.reject((error as Error).cause),
        ),
    ];
    for (const fail of failures) expect(await thrownBy(decorated(fail))).toHaveLength(1);
    expect(telemetry.spans.map(({ attributes }) => attributes['error.type'])).toEqual([
      'ENOENT',
      'SyntaxError',
      'ECONNREFUSED',
      'TypeError',
      'APIConnectionError',
      'TimeoutError',
    ]);
  });
});

describe('an abort by the caller', () => {
  const aborted = async (signal: AbortSignal): Promise<unknown> => signal.aborted || once(signal, 'abort');
  const waits = decorated(async (signal: AbortSignal) => delay(1000, undefined, { signal }));
  const checks = decorated(async ({ signal }: { signal: AbortSignal }) => {
    await aborted(signal);
    signal.throwIfAborted();
  });
  const streams = decorated(async function* (_question: string, { signal }: { signal: AbortSignal }) {
    yield 'a';
    await aborted(signal);
    signal.throwIfAborted();
  });
  const pulls = decorated(
    (signal: AbortSignal) =>
      new ReadableStream({
        start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
      }),
  );
  const CALLS: [string, (signal: AbortSignal) => unknown][] = [
    ['of a wait', waits],
    ['of a method that looks at the signal', (signal) => checks({ signal })],
    ['of a generator', (signal) => drain(streams('why', { signal }))],
    ['of a web stream', (signal) => drain(pulls(signal) as never)],
  ];
  const REASONS: [string, unknown][] = [
    ['without a reason', undefined],
    ['with an error of its own', new NotFound('the reader left')],
    ['with a text', 'the reader left'],
  ];

  it.each(CALLS.flatMap(([call, run]) => REASONS.map(([why, reason]) => [call, why, run, reason] as const)))(
    '%s %s is an outcome and no error',
    async (_call, _why, run, reason) => {
      const controller = new AbortController();
      setImmediate(() => controller.abort(reason));
      const [error] = await thrownBy(() => run(controller.signal));
      // Node's own timers wrap the reason.
      expect([error, (error as Error | undefined)?.cause]).toContain(controller.signal.reason);
      const only = telemetry.span('call');
      expect(only.attributes['decotel.outcome']).toBe('aborted');
      expect(only.attributes['error.type']).toBeUndefined();
      expect(only.status).toEqual({ code: SpanStatusCode.UNSET });
      expect(only.events).toEqual([]);
    },
  );

  it('is not a timeout, nor a failure of which the signal knows nothing', async () => {
    const { signal } = new AbortController();
    const late = AbortSignal.timeout(1);
    const fails = decorated(async (_signal: AbortSignal) => Promise.reject(new NotFound('no such book')));
    expect(await thrownBy(() => checks({ signal: late }))).toEqual([late.reason]);
    expect(await thrownBy(() => fails(signal))).toHaveLength(1);
    expect(await thrownBy(() => fails(AbortSignal.abort('the reader left')))).toHaveLength(1);
    expect(telemetry.spans.map(({ attributes }) => [attributes['decotel.outcome'], attributes['error.type']])).toEqual([
      ['error', 'TimeoutError'],
      ['error', 'NotFound'],
      ['error', 'NotFound'],
    ]);
  });
});

describe('what nobody handles', () => {
  const PROGRAM = `
    import { EventEmitter } from 'node:events';
    import { Readable, PassThrough, pipeline } from 'node:stream';
    import OpenAI from 'openai';
    import { throwError } from 'rxjs';
    import { span } from './src/decorators/span';
    import { withOtel } from './src/decorators/with-otel';
    import { startTelemetry } from './spec/support/telemetry';

    const telemetry = startTelemetry();
    const error = new Error('no such book');
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const fail = async () => { await turn(); throw error; };
    class Request extends Promise {}
    const openai = new OpenAI({ baseURL: 'http://127.0.0.1:1', apiKey: 'k', maxRetries: 0 });
    const body = { model: 'm', messages: [] };
    const handled = () => undefined;
    const erring = () => new ReadableStream({ pull: (controller) => controller.error(error) });

    const cases = {
      'an async method': (wrap) => void wrap(fail)(),
      'a promise': (wrap) => void wrap(() => Promise.reject(error))(),
      'a subclass of Promise': (wrap) => void wrap(() => new Request((_, reject) => reject(error)))(),
      'through two calls': (wrap) => void wrap(() => wrap(fail)())(),
      'after finally': (wrap) => void wrap(fail)().finally(handled),
      'handled too late': async (wrap) => {
        const promise = wrap(fail)();
        await turn(); await turn(); await turn();
        promise.catch(handled);
      },
      'a step of a generator': (wrap) => void wrap(async function* () { throw error; })().next(),
      'a read of a web stream': (wrap) => void wrap(erring)().getReader().read(),
      'a pipe of a web stream': (wrap) => void wrap(erring)().pipeTo(new WritableStream()),
      'a Node stream': (wrap) => void wrap(() => new Readable({ read() { this.destroy(error); } }))().resume(),
      'an emitter': (wrap) => {
        const emitter = wrap(() => new EventEmitter())();
        setImmediate(() => emitter.emit('error', error));
      },
      'an emitter of its own': (wrap) => void wrap(() => {
        const emitter = new EventEmitter();
        setImmediate(() => emitter.emit('error', error));
        return emitter;
      })(),
      'an observable': (wrap) => void wrap(() => throwError(() => error))().subscribe(),
      'a timer': (wrap) => void setImmediate(wrap(() => { throw error; })),
      'a call of openai': (wrap) => void wrap(() => openai.chat.completions.create(body))(),
      'a stream of openai': (wrap) => void wrap(async () => openai.chat.completions.create({ ...body, stream: true }))(),
    };
    const quiet = {
      'an async method': (wrap) => wrap(fail)().catch(handled),
      'by the second argument': (wrap) => wrap(fail)().then(undefined, handled),
      'in a try': async (wrap) => { try { await wrap(fail)(); } catch {} },
      'by Promise.all and race': (wrap) => Promise.all([
        Promise.allSettled([wrap(fail)(), wrap(fail)()]),
        Promise.all([wrap(fail)(), wrap(fail)()]).catch(handled),
        Promise.race([wrap(fail)(), wrap(fail)()]).catch(handled),
      ]),
      'through two calls': (wrap) => wrap(async () => { try { await wrap(fail)(); } catch {} })(),
      'a subclass of Promise': (wrap) => wrap(() => new Request((_, reject) => reject(error)))().catch(handled),
      'a generator': async (wrap) => {
        try { for await (const _ of wrap(async function* () { yield 1; throw error; })()) continue; } catch {}
      },
      'a web stream': (wrap) => wrap(erring)().getReader().read().catch(handled),
      'a web stream that nobody reads': (wrap) => void wrap(() => new ReadableStream({ start: (controller) => controller.error(error) }))(),
      'a Node stream': (wrap) => void wrap(() => new Readable({ read() { this.destroy(error); } }))().on('error', handled).resume(),
      'a pipeline': (wrap) => new Promise((resolve) =>
        pipeline(wrap(() => new Readable({ read() { this.destroy(error); } }))(), new PassThrough(), resolve)),
      'an emitter': (wrap) => void wrap(() => new EventEmitter())().on('error', handled).emit('error', error),
      'an observable': (wrap) => void wrap(() => throwError(() => error))().subscribe({ error: handled }),
      'a call of openai': (wrap) => wrap(() => openai.chat.completions.create(body))().catch(handled),
    };

    let heard = [];
    process.on('unhandledRejection', (reason) => heard.push(reason === error ? 'rejection' : 'rejection ' + reason.constructor.name));
    process.on('rejectionHandled', () => heard.push('handled later'));
    process.on('uncaughtException', (thrown) => heard.push(thrown === error ? 'exception' : String(thrown)));
    const listen = async (cases, wrap) => {
      const all = {};
      for (const [name, run] of Object.entries(cases)) {
        heard = [];
        await run(wrap);
        await new Promise((resolve) => setTimeout(resolve, name.includes('openai') ? 150 : 20));
        all[name] = heard;
      }
      return all;
    };
    void (async () => {
    const report = {};
    for (const [name, wrap] of Object.entries({ bare: (method) => method, decorated: span('call'), model: withOtel() })) {
      report[name] = { unhandled: await listen(cases, wrap), handled: await listen(quiet, wrap) };
    }
    console.log(JSON.stringify({ report, complaints: telemetry.complaints, outcomes: telemetry.spans.map((one) => one.attributes['decotel.outcome']) }));
    })();
  `;

  interface Report {
    report: Record<string, { unhandled: Record<string, string[]>; handled: Record<string, string[]> }>;
    complaints: string[];
    outcomes: string[];
  }

  it('fires as it would without us, and does not where it was handled', async () => {
    const { code, printed } = await runChild(PROGRAM).ended;
    expect([code, printed.slice(0, 10)]).toEqual([0, '{"report":']);
    const { report, complaints, outcomes } = JSON.parse(printed) as Report;
    const each = (event: string, cases: string[]): [string, string[]][] => cases.map((name) => [name, [event]]);
    const promises = ['an async method', 'a promise', 'a subclass of Promise', 'through two calls', 'after finally'];
    const streams = ['a step of a generator', 'a read of a web stream', 'a pipe of a web stream'];
    expect(report['bare']?.unhandled).toEqual({
      ...Object.fromEntries(each('rejection', [...promises, ...streams])),
      ...Object.fromEntries(
        each('exception', ['a Node stream', 'an emitter', 'an emitter of its own', 'an observable', 'a timer']),
      ),
      ...Object.fromEntries(each('rejection APIConnectionError', ['a call of openai', 'a stream of openai'])),
      'handled too late': ['rejection', 'handled later'],
    });
    expect(new Set(Object.values(report['bare']?.handled ?? {}).flat())).toEqual(new Set());
    expect(report['decorated']).toEqual(report['bare']);
    expect(report['model']).toEqual(report['bare']);
    expect(complaints).toEqual([]);
    // Of each wrapper, only the method that handles the failure of another completes; what is of a class of its own and
    // was dropped, a Request and a call of openai, was never asked for its result.
    expect(outcomes.filter((outcome) => outcome === 'completed')).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === 'error')).toHaveLength(2 * 34);
  }, 30_000);

  it.each([
    ['a rejection', 'void wrap(fail)();'],
    ['an error event', "setImmediate(() => wrap(() => new EventEmitter())().emit('error', error));"],
  ])('ends the process where nobody listens: %s', async (_case, last) => {
    const ends = ['(method) => method', 'span()'].map(async (wrap) => {
      const { code, printed } = await runChild(`
        import { EventEmitter } from 'node:events';
        import { span } from './src/decorators/span';
        import { startTelemetry } from './spec/support/telemetry';
        startTelemetry();
        const error = new Error('no such book');
        const fail = async () => { throw error; };
        const wrap = ${wrap};
        ${last}
        setTimeout(() => console.log('goes on'), 200);
      `).ended;
      return [code, printed.match(/Error: no such book|goes on/g)];
    });
    const [bare, wrapped] = await Promise.all(ends);
    expect(bare).toEqual([1, ['Error: no such book']]);
    expect(wrapped).toEqual(bare);
  });
});

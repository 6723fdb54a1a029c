import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { Observable, lastValueFrom } from 'rxjs';
import {
  createDecorator,
  observe,
  promptTemplate,
  promptText,
  retriever,
  span,
  tool,
  withOtel,
  type CallRecord,
  type DecoratorHooks,
  type HookContext,
} from '../../src/index.js';
import { configure } from '../../src/configure.js';
import { hooksSettled } from '../../src/spans/hooked-call.js';
import { cleanProcess } from '../support/clean-process.js';
import { collectUntil } from '../support/collect.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
const log: unknown[][] = [];
beforeEach(() => {
  telemetry = startTelemetry();
  log.length = 0;
});
afterEach(() => telemetry.stop());

const note = (...entry: unknown[]): void => void log.push(entry);
const noting: DecoratorHooks = {
  name: 'noted',
  onStart: ({ functionName }) => note('start', functionName),
  onValue: (_context, value) => note('value', value),
  onChunk: (_context, chunk) => note('chunk', chunk),
  onError: (_context, error) => note('error', (error as Error).message),
  onEnd: ({ call }) => note('end', call.outcome),
};
const noted = createDecorator(noting);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const spanNames = (): string[] => telemetry.spans.map(({ name }) => name);

describe('the hooks of a decorator of one’s own', () => {
  class Librarian {
    @noted count(by: number): number {
      return by + 1;
    }
    @noted async ask(question: string): Promise<string> {
      await Promise.resolve();
      return `${question}!`;
    }
    @noted() *pages(): Generator<number, string> {
      yield 1;
      yield 2;
      return 'end';
    }
    @noted() async *lines(): AsyncGenerator<string> {
      yield await Promise.resolve('a');
      yield 'b';
    }
    @noted static make(): Librarian {
      return new this();
    }
    @noted fluent(): this {
      return this;
    }
    @noted fail(): void {
      throw new Error('no book');
    }
    @noted async failLater(): Promise<void> {
      await Promise.resolve();
      throw new Error('no book');
    }
    @noted async *failAtTwo(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('no page');
    }
    @noted nothing(): void {}
  }
  const librarian = new Librarian();

  it('are told of a value before the caller has it', () => {
    expect(librarian.count(1)).toBe(2);
    expect(log).toEqual([
      ['start', 'Librarian.count'],
      ['value', 2],
      ['end', 'completed'],
    ]);
    log.length = 0;
    librarian.nothing();
    expect(log).toEqual([
      ['start', 'Librarian.nothing'],
      ['value', undefined],
      ['end', 'completed'],
    ]);
  });

  it('are told of what a promise resolves to', async () => {
    const promise = librarian.ask('why');
    expect(log).toEqual([['start', 'Librarian.ask']]);
    expect(await promise).toBe('why!');
    expect(log.slice(1)).toEqual([
      ['value', 'why!'],
      ['end', 'completed'],
    ]);
  });

  it('are told of each chunk, and of no value, of a stream', async () => {
    expect([...librarian.pages()]).toEqual([1, 2]);
    for await (const line of librarian.lines()) note('consumer', line);
    expect(log).toEqual([
      ['start', 'Librarian.pages'],
      ['chunk', 1],
      ['chunk', 2],
      ['end', 'completed'],
      ['start', 'Librarian.lines'],
      ['chunk', 'a'],
      ['consumer', 'a'],
      ['chunk', 'b'],
      ['consumer', 'b'],
      ['end', 'completed'],
    ]);
  });

  it('are told of the end where a consumer leaves', async () => {
    for (const page of librarian.pages()) if (page === 1) break;
    for await (const line of librarian.lines()) if (line === 'a') break;
    expect(log.filter(([moment]) => moment === 'end')).toEqual([
      ['end', 'cancelled'],
      ['end', 'cancelled'],
    ]);
  });

  it('are told of an error, which stays the caller’s', async () => {
    expect(() => librarian.fail()).toThrow('no book');
    await expect(librarian.failLater()).rejects.toThrow('no book');
    await expect(lastOf(librarian.failAtTwo())).rejects.toThrow('no page');
    expect(log).toEqual([
      ...[
        ['start', 'Librarian.fail'],
        ['error', 'no book'],
        ['end', 'error'],
      ],
      ...[
        ['start', 'Librarian.failLater'],
        ['error', 'no book'],
        ['end', 'error'],
      ],
      ...[
        ['start', 'Librarian.failAtTwo'],
        ['chunk', 1],
        ['error', 'no page'],
        ['end', 'error'],
      ],
    ]);
  });

  it('are told on static and fluent methods and on plain functions', () => {
    expect(Librarian.make()).toBeInstanceOf(Librarian);
    expect(librarian.fluent()).toBe(librarian);
    const add = noted((one: number, other: number) => one + other);
    expect([add(1, 2), add.length]).toEqual([3, 2]);
    const [, [, made] = []] = log;
    expect(made).toBeInstanceOf(Librarian);
    expect(log.filter(([moment]) => moment !== 'value')).toEqual([
      ['start', 'Librarian.make'],
      ['end', 'completed'],
      ['start', 'Librarian.fluent'],
      ['end', 'completed'],
      ['start', 'anonymous'],
      ['end', 'completed'],
    ]);
  });

  it('are told of each subscription to an observable', async () => {
    const letters = noted(
      () =>
        new Observable<string>((subscriber) => {
          subscriber.next('a');
          subscriber.complete();
        }),
    )();
    await lastValueFrom(letters);
    await lastValueFrom(letters);
    expect(log.map(([moment]) => moment)).toEqual(['start', 'chunk', 'end', 'start', 'chunk', 'end']);
  });

  it('leave a stream the same object, and read nothing ahead', async () => {
    let pulled = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: pulled >= 2, value: ++pulled }) }),
      close: () => 'closed',
    };
    const stream = noted(() => source)();
    expect(stream).toBe(source);
    await turn();
    expect([pulled, stream.close()]).toEqual([0, 'closed']);
  });

  it('end with telemetry, where a stream is still open', async () => {
    const open = librarian.lines();
    await open.next();
    const { endOpenCalls } = await import('../../src/spans/open-calls.js');
    endOpenCalls('shutdown');
    await hooksSettled();
    expect(log.at(-1)).toEqual(['end', 'shutdown']);
  });
});

async function lastOf<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  let last: T | undefined;
  for await (const value of values) last = value;
  return last;
}

describe('what a hook is told', () => {
  interface SavedOptions {
    table: string;
  }
  interface SavedState {
    startedAt: number;
    chunks: number;
  }
  const contexts: HookContext<SavedOptions, SavedState>[] = [];
  const saved = createDecorator<SavedOptions, SavedState>({
    name: 'saved',
    onStart: (context) => {
      contexts.push(context);
      context.state.startedAt = contexts.length;
      context.state.chunks = 0;
    },
    onChunk: ({ state }) => void (state.chunks = (state.chunks ?? 0) + 1),
    onEnd: ({ state, options, methodName, call }) =>
      note(options.table, methodName, state.startedAt, state.chunks, call.streamChunks),
  });
  beforeEach(() => void (contexts.length = 0));

  class Library {
    shelf = 'crime';
    @saved({ table: 'books' }) find(title: string, limit = 1): unknown[] {
      return [this.shelf, title, limit];
    }
    @saved({ table: 'pages' }) async *read(): AsyncGenerator<string> {
      yield await Promise.resolve('p');
    }
  }

  it('is the call: names, arguments, `this`, the options of its place and its traceparent', () => {
    const library = new Library();
    const args = ['Emma', 3] as const;
    library.find(...args);
    const { traceId, spanId } = telemetry.span('find').spanContext();
    const { call, state, ...rest } = contexts[0] as HookContext<SavedOptions, SavedState>;
    expect(rest).toEqual({
      methodName: 'find',
      functionName: 'Library.find',
      options: { table: 'books' },
      args: ['Emma', 3],
      this: library,
      traceparent: `00-${traceId}-${spanId}-01`,
    });
    expect(rest.this).toBe(library);
    expect([call.functionName, call.arguments, call.result]).toEqual([
      'Library.find',
      { title: 'Emma', limit: 3 },
      ['crime', 'Emma', 3],
    ]);
    expect(state).toEqual({ startedAt: 1, chunks: 0 });
  });

  it('has a state for each call, shared by its hooks', async () => {
    const library = new Library();
    const streams = [library.read(), library.read()] as const;
    await Promise.all(streams.map(lastOf));
    expect(log).toEqual([
      ['pages', 'read', 1, 1, 1],
      ['pages', 'read', 2, 1, 1],
    ]);
  });
});

describe('the record that onEnd has', () => {
  let server: Loopback;
  let answer: () => Reply;
  const records: CallRecord[] = [];
  const saved = createDecorator({ name: 'saved', onEnd: ({ call }) => void records.push(call) });
  beforeEach(async () => {
    records.length = 0;
    server = await loopback(() => answer());
  });
  afterEach(() => server.close());
  const connect = (): OpenAI => new OpenAI({ apiKey: 'none', baseURL: server.url, maxRetries: 0 });

  class Librarian {
    constructor(private readonly openai: OpenAI) {}
    @saved @withOtel() @promptTemplate('A {genre} book') async above(genre: string): Promise<string | null> {
      return this.ask(promptText({ genre }));
    }
    @withOtel() @promptTemplate('A {genre} book') @saved async below(genre: string): Promise<string | null> {
      return this.ask(promptText({ genre }));
    }
    @saved async alone(question: string): Promise<string | null> {
      return this.ask(question);
    }
    @saved whole(question: string): Promise<OpenAI.ChatCompletion> {
      return this.openai.chat.completions.create(request(question));
    }
    @saved async streamed(question: string): Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> {
      return this.openai.chat.completions.create({ ...request(question), stream: true });
    }
    private async ask(content: string): Promise<string | null> {
      const completion = await this.openai.chat.completions.create(request(content));
      return completion.choices[0]?.message.content ?? null;
    }
  }
  const request = (content: string): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content }],
  });
  const facts = ({ request, response, usage, messages, outcome }: CallRecord): unknown => ({
    model: request?.model,
    id: response?.id,
    tokens: [usage?.inputTokens, usage?.outputTokens],
    input: messages?.input?.(),
    output: messages?.output?.(),
    outcome,
  });
  const told = (question: string, text = 'Emma'): unknown => ({
    model: 'gpt-5-mini',
    id: 'chatcmpl-7',
    tokens: [20, 7],
    input: [{ role: 'user', parts: [{ type: 'text', content: question }] }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: text }], finish_reason: 'stop' }],
    outcome: 'completed',
  });

  it.each(['above', 'below'] as const)('is that of the call, %s other decorators', async (method) => {
    answer = () => ({ body: openAiCompletion('Emma') });
    expect(await new Librarian(observe(connect()))[method]('crime')).toBe('Emma');
    expect(records.map(facts)).toEqual([told('A crime book')]);
    expect(records[0]?.prompt?.template).toBe('A {genre} book');
    expect(telemetry.spans.map(({ name, attributes }) => [name, attributes['gen_ai.usage.input_tokens']])).toEqual([
      [method, 20],
    ]);
  });

  it('comes after the value, also where the SDK’s own promise is returned', async () => {
    answer = () => ({ body: openAiCompletion('Emma') });
    const openai = observe(connect());
    await noted(() => openai.chat.completions.create(request('Which?')))();
    expect(log.map(([moment]) => moment)).toEqual(['start', 'value', 'end']);
    expect(log[1]?.[1]).toMatchObject({ id: 'chatcmpl-7' });
  });

  it('comes where nobody reads a stream', async () => {
    const lines = noted(async function* () {
      yield await Promise.resolve('a');
    });
    void (async () => lines())();
    await collectUntil(() => log.length > 1);
    expect(log).toEqual([
      ['start', 'anonymous'],
      ['end', 'abandoned'],
    ]);
  });

  it.each([
    ['a method that returns the text', 'alone'],
    ['one that returns the SDK’s own promise', 'whole'],
  ] as const)('has what an observed client was asked, in %s', async (_name, method) => {
    answer = () => ({ body: openAiCompletion('Emma') });
    await new Librarian(observe(connect()))[method]('Which?');
    expect(records.map(facts)).toEqual([told('Which?')]);
    expect(spanNames()).toEqual([method]);
  });

  it('has the answer of a stream, and its chunks are told where another call counts them', async () => {
    answer = () => ({ events: openAiChunks(['Em', 'ma']) });
    const chunks: unknown[] = [];
    const seen = createDecorator({ onChunk: (_context, chunk) => void chunks.push(chunk) });
    const openai = observe(connect());
    const ask = seen(saved(async () => openai.chat.completions.create({ ...request('Which?'), stream: true })));
    const consumed: unknown[] = [];
    for await (const chunk of await ask()) consumed.push(chunk);
    expect(records.map(facts)).toEqual([told('Which?')]);
    expect(consumed).toHaveLength(5);
    expect(chunks).toEqual(consumed);
  });

  it('is the same without telemetry, for clients that are observed too', async () => {
    await telemetry.stop();
    answer = () => ({ body: openAiCompletion('Emma') });
    const librarian = new Librarian(observe(connect()));
    await librarian.alone('Which?');
    await librarian.whole('Which?');
    expect(await librarian.above('crime')).toBe('Emma');
    answer = () => ({ events: openAiChunks(['Em', 'ma']) });
    await lastOf(await librarian.streamed('Which?'));
    expect(records.map(facts)).toEqual([told('Which?'), told('Which?'), told('A crime book'), told('Which?')]);
    expect(telemetry.spans).toEqual([]);
  });

  it('is the same where a sampler or the application says no, and nothing is exported then', async () => {
    answer = () => ({ body: openAiCompletion('Emma') });
    const never = { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => 'never' };
    for (const options of [{ sampler: never }, { settings: { enabled: false } }]) {
      await telemetry.stop();
      telemetry = startTelemetry(options);
      records.length = 0;
      await new Librarian(observe(connect())).alone('Which?');
      expect(records.map(facts)).toEqual([told('Which?')]);
      expect(telemetry.spans).toEqual([]);
    }
  });

  it('has no content that is switched off', async () => {
    answer = () => ({ body: openAiCompletion('Emma') });
    const openai = observe(connect());
    const ask = saved(
      withOtel({ content: false })(async (question: string) => {
        const completion = await openai.chat.completions.create(request(question));
        return completion.choices[0]?.message.content;
      }),
    );
    expect(await ask('Which?')).toBe('Emma');
    expect(records.map(facts)).toEqual([
      {
        model: 'gpt-5-mini',
        id: 'chatcmpl-7',
        tokens: [20, 7],
        input: undefined,
        output: undefined,
        outcome: 'completed',
      },
    ]);
  });

  it('says how an HTTP error ended it', async () => {
    answer = () => ({ status: 429, body: { error: { message: 'slow down', type: 'rate_limit' } } });
    await expect(new Librarian(observe(connect())).alone('Which?')).rejects.toThrow('slow down');
    expect(records.map(({ outcome, error, request }) => [outcome, error?.type, request?.model])).toEqual([
      ['error', '429', 'gpt-5-mini'],
    ]);
  });
});

describe('a value in place of an error', () => {
  const fallback = createDecorator<{ value?: unknown }>({ onError: ({ options }) => ({ value: options.value }) });
  const later = createDecorator({
    onError: async (_context, error) => {
      await turn();
      return (error as Error).message === 'no book' ? { value: 'a map' } : undefined;
    },
  });
  const fail = (message = 'no book'): never => {
    throw new Error(message);
  };

  it('is what the caller of a sync method gets, `undefined` too', () => {
    expect(fallback({ value: 7 })(() => fail())()).toBe(7);
    expect(fallback(() => fail())()).toBeUndefined();
    expect(telemetry.spans.map(({ attributes }) => attributes['decotel.outcome'])).toEqual(['error', 'error']);
  });

  it('is what a promise resolves to, once the hook has it', async () => {
    expect(await fallback({ value: 7 })(async () => fail())()).toBe(7);
    const ask = later(async (message?: string) => fail(message));
    expect(await ask()).toBe('a map');
    await expect(ask('no shelf')).rejects.toThrow('no shelf');
  });

  it('is what an SDK’s own promise resolves to, and that stays the same object', async () => {
    const server = await loopback(() => ({ status: 500, body: { error: { message: 'down' } } }));
    try {
      const openai = new OpenAI({ apiKey: 'none', baseURL: server.url, maxRetries: 0 });
      const given: unknown[] = [];
      const bare = (): ReturnType<typeof openai.models.list> => {
        const promise = openai.models.list();
        given.push(promise);
        return promise;
      };
      const list = fallback({ value: 'none' })(bare)();
      expect(list).toBe(given[0]);
      expect(await list).toBe('none');
      expect(await list.then((value) => [value])).toEqual(['none']);
    } finally {
      await server.close();
    }
  });

  it('is not put in place of a stream’s error', async () => {
    const stream = fallback({ value: 7 })(async function* () {
      yield await Promise.resolve(1);
      fail();
    })();
    await expect(lastOf(stream)).rejects.toThrow('no book');
  });

  it('cannot come late to a sync method', () => {
    expect(() => later(() => fail())()).toThrow('no book');
    expect(telemetry.complaints).toEqual([
      expect.stringContaining('decotel: an async onError cannot replace what a sync method throws'),
    ]);
  });

  it('is that of the decorator nearest to the method that gives one', () => {
    const order: string[] = [];
    const named = (name: string, given?: object): ReturnType<typeof createDecorator> =>
      createDecorator({
        onStart: () => void order.push(`${name} start`),
        onError: () => {
          order.push(`${name} error`);
          return given as { value: unknown } | undefined;
        },
      });
    const outer = named('outer', { value: 'outer' });
    const middle = named('middle', { value: 'middle' });
    const inner = named('inner');
    class Librarian {
      @outer @middle @span @inner ask(): string {
        return fail();
      }
    }
    expect(new Librarian().ask()).toBe('middle');
    expect(order).toEqual(['outer start', 'middle start', 'inner start', 'inner error', 'middle error', 'outer error']);
  });
});

describe('a hook that fails', () => {
  const failing = createDecorator({
    name: 'failing',
    onStart: () => Promise.reject(new Error('start')),
    onValue: () => {
      throw new Error('value');
    },
    onChunk: () => {
      throw new Error('chunk');
    },
    onError: () => {
      throw new Error('another error');
    },
    onEnd: () => Promise.reject(new Error('end')),
  });

  it('is reported and changes nothing for the caller', async () => {
    const add = failing((one: number) => one + 1);
    const fail = failing((error: Error) => {
      throw error;
    });
    const list = failing(function* () {
      yield 1;
    });
    const error = new Error('mine');
    expect(add(1)).toBe(2);
    expect([...list()]).toEqual([1]);
    expect(() => fail(error)).toThrow(error);
    await hooksSettled();
    expect(telemetry.complaints.map((line) => line.split(' Error:')[0])).toEqual(
      expect.arrayContaining([
        'decotel: onValue of @failing failed on anonymous',
        'decotel: onChunk of @failing failed on anonymous',
        'decotel: onError of @failing failed on anonymous',
        'decotel: onStart of @failing failed on anonymous',
        'decotel: onEnd of @failing failed on anonymous',
      ]),
    );
    expect(telemetry.complaints).toHaveLength(5);
  });

  it('may throw what it was given again', () => {
    const rethrowing = createDecorator({
      onError: (_context, error) => {
        throw error;
      },
    });
    const error = new Error('mine');
    expect(
      rethrowing(() => {
        throw error;
      }),
    ).toThrow(error);
    expect(telemetry.complaints).toEqual([]);
  });
});

describe('an async hook', () => {
  it('delays nobody, and its spans are below the call’s', async () => {
    const store = span(async function insert(value: unknown) {
      await turn();
      return value;
    });
    const saved = createDecorator({ onEnd: async ({ call }) => note(await store(call.result)) });
    expect(saved(() => 'Emma')()).toBe('Emma');
    expect(log).toEqual([]);
    await hooksSettled();
    expect(log).toEqual([['Emma']]);
    const [outer, inner] = telemetry.spans;
    expect([inner?.name, inner?.parentSpanContext?.spanId]).toEqual(['insert', outer?.spanContext().spanId]);
  });
});

describe('forceFlush() and shutdown()', () => {
  it.each(['forceFlush', 'shutdown'] as const)('%s() waits for hooks', async (method) => {
    await telemetry.stop();
    const handle = configure({ processors: [], exitSignals: false });
    const saved = createDecorator({
      onEnd: async ({ call }) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        note(call.outcome);
      },
    });
    void saved(async function* () {
      yield await Promise.resolve(1);
    })().next();
    saved(() => 'Emma')();
    await handle[method]();
    expect(log).toEqual(method === 'shutdown' ? [['completed'], ['shutdown']] : [['completed']]);
    await cleanProcess(handle);
  });
});

describe('beside other decorators', () => {
  class Library {
    @noted @tool lookUp(isbn: string): string {
      return isbn;
    }
    @retriever({ dataSource: 'books' }) @noted search(query: string): string[] {
      return [query];
    }
    @noted @noted twice(): void {}
  }
  const library = new Library();

  it('it is their call, with one span; alone, a call of its own', () => {
    library.lookUp('1');
    library.search('crime');
    library.twice();
    expect(spanNames()).toEqual(['execute_tool lookUp', 'retrieval books', 'twice']);
    expect(log.map(([moment]) => moment)).toEqual([
      ...['start', 'value', 'end', 'start', 'value', 'end'],
      ...['start', 'start', 'value', 'value', 'end', 'end'],
    ]);
  });
});

describe('misuse', () => {
  it('is refused where the decorator is made, and where it is put', () => {
    expect(() => createDecorator({ onFinish: () => undefined } as object)).toThrow(
      '`createDecorator`: unknown option `onFinish`. There are name, onStart, onValue, onChunk, onError, onEnd.',
    );
    expect(() => createDecorator({ onEnd: 'save' } as object)).toThrow(
      '`createDecorator`: option `onEnd` is "save". It must be a function.',
    );
    const misused = noted as (options: unknown) => (target: unknown) => unknown;
    expect(() => misused('books')((): void => undefined)).toThrow(
      '`@noted` on an anonymous function: expected options, got "books". Pass an object, or nothing.',
    );
    class Librarian {
      ask(): void {}
    }
    expect(() => misused(Librarian)).toThrow(
      '`@noted` on `Librarian`: expected a method, got a class. Decorate its methods.',
    );
  });
});

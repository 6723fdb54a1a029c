/** What streams, decorators and attributes do, as users of other systems expect it; each spec checks the row it names. */
import 'reflect-metadata';
import '../support/exporter-in-jest.js';
import OpenAI from 'openai';
import { container, injectable } from 'tsyringe';
import { configure, consoleJson, otlp, type DecotelHandle } from '../../src/configure.js';
import { observe, span, tool, withOtel } from '../../src/index.js';
import { cleanProcess } from '../support/clean-process.js';
import { collectUntil } from '../support/collect.js';
import { diagLines, type DiagLines } from '../support/diag-lines.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { otlpReceiver, type OtlpReceiver, type OtlpSpan } from '../support/otlp-receiver.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

type Chunks = AsyncIterable<OpenAI.ChatCompletionChunk>;

let server: Loopback;
let sink: OtlpReceiver;
let handle: DecotelHandle;
let reply: Reply;
let diagnostics: DiagLines;

beforeEach(async () => {
  reply = { events: openAiChunks(['Du', 'ne']) };
  server = await loopback(() => reply);
  sink = await otlpReceiver();
  diagnostics = diagLines();
  handle = configure({ processors: [otlp({ url: sink.url, batch: false })], exitSignals: false });
});

afterEach(async () => {
  await cleanProcess(handle);
  await server.close();
  await sink.close();
});

/** What the sink has, once everything that ended has been sent. */
async function exported(): Promise<readonly OtlpSpan[]> {
  await handle.forceFlush();
  return sink.spans;
}

const outcomesOf = async (): Promise<unknown> =>
  (await exported()).map(({ attributes, status }) => [attributes['decotel.outcome'], status.code]);

class Librarian {
  readonly openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));

  @withOtel()
  async recommendBook(genre: string, options?: OpenAI.RequestOptions): Promise<Chunks> {
    return this.openai.chat.completions.create(
      {
        model: 'gpt-5-mini',
        messages: [{ role: 'user', content: `Recommend a ${genre} book` }],
        stream: true,
        stream_options: { include_usage: true },
      },
      options,
    );
  }
}

const OK = 0;
const ERROR = 2;

describe('row 2: sync stays sync, and the span says which it was', () => {
  const answer = openAiCompletion('Dune');
  class Sync {
    readonly openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
    @withOtel() sync(): unknown {
      return answer;
    }
    @withOtel() *generator(): Generator<object> {
      yield* openAiChunks(['Dune']).slice(0, -1) as object[];
    }
    @withOtel() async async(): Promise<unknown> {
      return Promise.resolve(answer);
    }
    @withOtel() async *asyncGenerator(): AsyncGenerator<object> {
      yield* openAiChunks(['Dune']).slice(0, -1) as object[];
    }
    @withOtel() client(): Promise<unknown> {
      return this.openai.chat.completions.create(body);
    }
    @withOtel() async text(): Promise<string | null | undefined> {
      return (await this.openai.chat.completions.create(body)).choices[0]?.message.content;
    }
  }
  const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'Which?' }],
  };

  it('as the key `async` of the dialect `mirascope`', async () => {
    const written: Record<string, unknown> = {};
    const write = (text: string): void => {
      const { name, attributes } = JSON.parse(text) as { name: string; attributes: Record<string, unknown> };
      written[name] = attributes['async'];
    };
    await handle.shutdown();
    handle = configure({ processors: [consoleJson({ dialect: 'mirascope', write })], exitSignals: false });
    reply = { body: answer };
    const one = new Sync();
    expect(one.sync()).toBe(answer);
    expect([...one.generator()]).toHaveLength(4);
    expect(await one.async()).toBe(answer);
    for await (const chunk of one.asyncGenerator()) expect(chunk).toHaveProperty('id', 'chatcmpl-7');
    await one.client();
    expect(await one.text()).toBe('Dune');
    await handle.forceFlush();
    expect(written).toEqual({
      sync: false,
      generator: false,
      async: true,
      asyncGenerator: true,
      client: true,
      text: true,
    });
  });
});

describe('row 6: a stream is held until it is exhausted', () => {
  it('has no span before, one after the last chunk, with the joined text', async () => {
    const texts: unknown[] = [];
    let lastChunkAt = 0n;
    for await (const { choices } of await new Librarian().recommendBook('fantasy')) {
      expect(await exported()).toEqual([]);
      texts.push(choices[0]?.delta.content);
      lastChunkAt = BigInt(Date.now()) * 1_000_000n;
    }
    const [only, ...others] = await exported();
    expect(others).toEqual([]);
    if (only === undefined) throw new Error('nothing was exported');
    expect(only.name).toBe('recommendBook');
    // The SDK counts a span's time from a whole millisecond on.
    expect(only.endNanoseconds).toBeGreaterThan(lastChunkAt - 1_000_000n);
    expect(JSON.parse(String(only.attributes['gen_ai.output.messages']))).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'stop' },
    ]);
    expect(texts.join('')).toBe('Dune');
    expect(only.attributes).toMatchObject({
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 7,
      'decotel.outcome': 'completed',
    });
  });
});

describe('row 7: however a stream ends, its span ends once', () => {
  const read = async (stream: Chunks, each: () => void = () => undefined): Promise<number> => {
    let count = 0;
    for await (const _ of stream) {
      count += 1;
      each();
    }
    return count;
  };

  afterEach(() => {
    expect(diagnostics.matching(/^(error|warn)/)).toEqual([]);
  });

  it('by a break', async () => {
    for await (const _ of await new Librarian().recommendBook('fantasy')) break;
    expect(await outcomesOf()).toEqual([['cancelled', OK]]);
  });

  it('by an error of the provider at the second chunk', async () => {
    const [first, second] = openAiChunks(['Du', 'ne']);
    reply = { events: [first, second, { error: { message: 'overloaded', type: 'server_error' } }] };
    await expect(read(await new Librarian().recommendBook('fantasy'))).rejects.toThrow('overloaded');
    expect(await outcomesOf()).toEqual([['error', ERROR]]);
  });

  it('by an error of its consumer, which is no error of the model', async () => {
    const stream = await new Librarian().recommendBook('fantasy');
    const fail = (): never => {
      throw new Error('the reader fell asleep');
    };
    await expect(read(stream, fail)).rejects.toThrow('the reader fell asleep');
    expect(await outcomesOf()).toEqual([['cancelled', OK]]);
  });

  it('by an abort', async () => {
    reply = { events: openAiChunks(['Du', 'ne']), pauseMs: 20 };
    const controller = new AbortController();
    const stream = await new Librarian().recommendBook('fantasy', { signal: controller.signal });
    await read(stream, () => {
      controller.abort();
    });
    expect(await outcomesOf()).toEqual([['aborted', OK]]);
  });

  it('where it is never iterated', async () => {
    void (async () => new Librarian().recommendBook('fantasy'))();
    await collectUntil(() => handle.stats().openCalls === 0 && server.requests.length > 0);
    expect(await outcomesOf()).toEqual([['abandoned', OK]]);
  });

  it('where it is iterated twice', async () => {
    const stream = await new Librarian().recommendBook('fantasy');
    expect(await read(stream)).toBe(5);
    await expect(read(stream)).rejects.toThrow('Cannot iterate over a consumed stream');
    expect(await outcomesOf()).toEqual([['completed', OK]]);
  });
});

describe('row 8: every kind of stream', () => {
  class Source implements AsyncIterable<string> {
    readonly #id = 'source-7';
    get id(): string {
      return this.#id;
    }
    async *[Symbol.asyncIterator](): AsyncGenerator<string> {
      yield await Promise.resolve('Du');
      yield 'ne';
    }
  }
  class Reader {
    @withOtel() async *generator(): AsyncGenerator<string> {
      yield await Promise.resolve('Du');
      yield 'ne';
    }
    @withOtel() iterable(): Iterable<string> {
      return {
        *[Symbol.iterator]() {
          yield* ['Du', 'ne'];
        },
      };
    }
    @withOtel() webStream(): ReadableStream<string> {
      return new ReadableStream({
        start(controller) {
          for (const text of ['Du', 'ne']) controller.enqueue(text);
          controller.close();
        },
      });
    }
    @withOtel() async promised(): Promise<AsyncIterable<string>> {
      await Promise.resolve();
      return this.source();
    }
    @withOtel() source(): Source {
      return new Source();
    }
  }
  const kinds = ['generator', 'iterable', 'webStream', 'promised', 'source'] as const;

  it.each(kinds)('%s', async (kind) => {
    const stream = (await new Reader()[kind]()) as AsyncIterable<string>;
    expect(await exported()).toEqual([]);
    const texts: string[] = [];
    for await (const text of stream) texts.push(text);
    expect(texts).toEqual(['Du', 'ne']);
    const spans = await exported();
    const names = kind === 'promised' ? ['source', 'promised'] : [kind];
    expect(spans.map(({ name, attributes }) => [name, attributes['decotel.result']])).toEqual(
      names.map((name) => [name, '"Dune"']),
    );
  });

  it('keeps the fields and methods of an object that can be iterated', () => {
    const source = new Reader().source();
    expect(source).toBeInstanceOf(Source);
    expect([source.id, Object.keys(source)]).toEqual(['source-7', []]);
  });
});

describe('row 9: the usage of a stream', () => {
  class Streaming {
    readonly openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
    @withOtel() async ask(stream_options?: OpenAI.ChatCompletionStreamOptions): Promise<Chunks> {
      const messages = [{ role: 'user' as const, content: 'Which?' }];
      return this.openai.chat.completions.create({ model: 'gpt-5-mini', messages, stream: true, stream_options });
    }
  }
  const readAll = async (stream: Chunks): Promise<void> => {
    for await (const _ of stream);
  };
  const tokens = async (): Promise<unknown> =>
    (await exported()).map(({ attributes }) =>
      Object.fromEntries(Object.entries(attributes).filter(([key]) => key.includes('usage'))),
    );

  it('is absent where the request did not ask for it, with one warning', async () => {
    reply = { events: openAiChunks(['Du', 'ne']).filter((event) => !(event as { usage?: unknown }).usage) };
    const streaming = new Streaming();
    for (let calls = 0; calls < 2; calls++) await readAll(await streaming.ask());
    expect(await tokens()).toEqual([{}, {}]);
    expect(diagnostics.matching(/^(error|warn)/)).toEqual([
      'warn decotel: gpt-5-mini streamed an answer without token counts. ' +
        'Ask for them in the request: stream_options.include_usage.',
    ]);
  });

  it('is there where it did', async () => {
    await readAll(await new Streaming().ask({ include_usage: true }));
    expect(await tokens()).toEqual([
      {
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 7,
        'gen_ai.usage.cache_read.input_tokens': 8,
        'gen_ai.usage.reasoning.output_tokens': 3,
        'decotel.usage.total_tokens': 27,
      },
    ]);
    expect(diagnostics.matching(/^(error|warn)/)).toEqual([]);
  });
});

describe('row 48: a class that tsyringe resolves', () => {
  const labelled = (target: unknown, _second: unknown, descriptor?: PropertyDescriptor): void => {
    Reflect.defineMetadata('shelf', 'crime', (descriptor?.value ?? target) as object);
  };

  @injectable()
  class Books {
    readonly titles = ['Emma'];
    @span find(): string[] {
      return this.titles;
    }
  }
  @injectable()
  class Desk {
    readonly books = container.resolve(Books);
    @tool({ description: 'Looks a book up' })
    @labelled
    lookUp(title: string, copies = 1): unknown {
      return { title, copies, found: this.books.find().includes(title), isDesk: this instanceof Desk };
    }
  }

  it('keeps its decorators, its metadata and its `this`', async () => {
    const child = container.createChildContainer();
    child.registerSingleton(Desk);
    const desk = child.resolve(Desk);
    expect(child.resolve(Desk)).toBe(desk);
    expect(desk.lookUp('Emma')).toEqual({ title: 'Emma', copies: 1, found: true, isDesk: true });
    expect(Reflect.getMetadata('shelf', Desk.prototype.lookUp)).toBe('crime');
    expect([Desk.prototype.lookUp.name, Desk.prototype.lookUp.length]).toEqual(['lookUp', 1]);
    const [find, lookUp] = await exported();
    expect([find?.name, lookUp?.name]).toEqual(['find', 'execute_tool lookUp']);
    expect(find?.parentSpanId).toBe(lookUp?.spanId);
    expect(lookUp?.attributes).toMatchObject({
      'code.function.name': 'Desk.lookUp',
      'gen_ai.tool.description': 'Looks a book up',
      'gen_ai.tool.call.arguments': '{"title":"Emma"}',
    });
  });
});

describe('row 49: the mechanics of decorators', () => {
  class Base {
    constructor(protected readonly reader = 'Ann') {}
    @span static make<T>(this: new () => T): T {
      return new this();
    }
    @span inherited(): string {
      return this.reader;
    }
    @span overridden(): string {
      return `base of ${this.reader}`;
    }
  }
  class Librarian extends Base {
    @span override overridden(): string {
      return `${this.secretly('x')} over ${super.overridden()}`;
    }
    get bound(): () => string {
      return this.inherited.bind(this);
    }
    @span private secretly(one: string, _other = 1): string {
      return `private ${one}`;
    }
  }

  it('static, inherited, overridden, bound and private methods are calls of the class they are in', async () => {
    const librarian = Librarian.make();
    expect(librarian).toBeInstanceOf(Librarian);
    expect([librarian.inherited(), librarian.overridden()]).toEqual(['Ann', 'private x over base of Ann']);
    const { bound } = librarian;
    expect(bound()).toBe('Ann');
    const spans = await exported();
    const callers = new Map(spans.map(({ spanId, name }) => [spanId, name]));
    const calls = spans.map(({ attributes, parentSpanId = '' }) => [
      attributes['code.function.name'],
      callers.get(parentSpanId),
    ]);
    expect(calls.sort()).toEqual([
      ['Base.inherited', undefined],
      ['Base.inherited', undefined],
      ['Base.make', undefined],
      ['Base.overridden', 'overridden'],
      ['Librarian.overridden', undefined],
      ['Librarian.secretly', 'overridden'],
    ]);
  });

  it('methods keep their name and length', () => {
    const { secretly } = Librarian.prototype as unknown as Record<string, () => void>;
    expect([secretly?.name, secretly?.length]).toEqual(['secretly', 1]);
  });
});

describe('row 50: attribute values that OpenTelemetry does not know', () => {
  const hostile: Record<string, unknown> = {
    nothing: null,
    missing: undefined,
    nested: { shelf: { row: 1 } },
    mixed: [1, 'two', true],
    gaps: ['a', null, 'b'],
    big: 12345678901234567890n,
    date: new Date(0),
    invalidDate: new Date(NaN),
    notANumber: NaN,
    infinite: Infinity,
    symbol: Symbol('shelf'),
    map: new Map([['a', 1]]),
    method: () => 1,
    fine: 'as it is',
  };
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  it('never throw: what JSON can say is said so, the rest is left out, and all others are as they are', async () => {
    class Librarian {
      @span({ attributes: { ...hostile, circular } as never, metadata: hostile as never, tags: ['a'] })
      lookUp(given: unknown): unknown {
        return given;
      }
    }
    const value = { ...hostile, circular };
    expect(new Librarian().lookUp(value)).toBe(value);
    const [only] = await exported();
    const encoded = {
      nested: '{"shelf":{"row":1}}',
      mixed: '[1,"two",true]',
      gaps: '["a",null,"b"]',
      big: '12345678901234567890',
      date: '1970-01-01T00:00:00.000Z',
      invalidDate: 'Invalid Date',
      map: '{"a":1}',
      fine: 'as it is',
    };
    const { 'decotel.arguments': given, 'decotel.result': result, ...attributes } = only?.attributes ?? {};
    expect(attributes).toEqual({
      ...encoded,
      ...Object.fromEntries(Object.entries(encoded).map(([key, text]) => [`decotel.metadata.${key}`, text])),
      circular: '{"self":"[circular]"}',
      notANumber: NaN,
      infinite: Infinity,
      'code.function.name': 'Librarian.lookUp',
      'decotel.tags': ['a'],
      'decotel.outcome': 'completed',
    });
    expect(JSON.parse(String(given))).toEqual({ given: JSON.parse(String(result)) as unknown });
    expect(JSON.parse(String(result))).toMatchObject({ big: encoded.big, mixed: [1, 'two', true], nothing: null });
    expect(diagnostics.matching(/^(error|warn)/)).toEqual([]);
  });
});

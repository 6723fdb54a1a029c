import Anthropic from '@anthropic-ai/sdk';
import { context, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { observe, promptTemplate, promptText, span as spanOf, withOtel } from 'decotel';
import { configure, type ConfigureOptions, type DecotelHandle } from 'decotel/configure';
import { replaceSettings, settings } from '../../src/core/settings.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { cleanProcess, nextTurn } from '../support/clean-process.js';
import { diagLines } from '../support/diag-lines.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { anthropicEvents, anthropicMessage } from '../support/wire.js';

const NATIVE = 'com.anthropic.sdk.typescript';

let server: Loopback;
let handle: DecotelHandle | undefined;
let fails = false;
/** The stream has lost its first event. */
let isBroken = false;
let ids: string[] = [];

beforeEach(async () => {
  fails = false;
  isBroken = false;
  ids = [];
  server = await loopback((_path, body): Reply => {
    if (fails) return { status: 529, body: { type: 'error', error: { type: 'overloaded_error', message: 'busy' } } };
    if (isBroken) return { events: anthropicEvents(['Du', 'ne']).slice(1) };
    const id = ids.shift() ?? 'msg_7';
    if ((body as { stream?: boolean }).stream !== true) return { body: { ...anthropicMessage('Dune'), id } };
    return { events: JSON.parse(JSON.stringify(anthropicEvents(['Du', 'ne'])).replace('msg_7', id)) as object[] };
  });
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  await server.close();
  await cleanProcess(handle);
  handle = undefined;
});

/** Where the spans of everybody go. */
type Pipeline = 'own' | 'joined' | 'given';

/** The spans that were exported, by whoever made them. */
function start(pipeline: Pipeline, options: ConfigureOptions = {}): () => ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor(exporter);
  if (pipeline === 'own') handle = configure({ content: true, ...options, processors: [processor] });
  else {
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    handle = configure({ content: true, ...options, ...(pipeline === 'given' && { tracerProvider: provider }) });
  }
  // Decides now, before the SDK asks for its tracer.
  handle.tracer.startSpan('first').end();
  return () => exporter.getFinishedSpans().filter(({ name }) => name !== 'first');
}

const newClient = (): Anthropic => new Anthropic({ baseURL: server.url, apiKey: 'k', maxRetries: 0 });

const ASKED = { model: 'claude-sonnet-5', max_tokens: 64, messages: [{ role: 'user' as const, content: 'Which?' }] };

type Ask = (client: Anthropic) => unknown;

const CALLS: Record<string, Ask> = {
  create: (client) => client.messages.create(ASKED),
  stream: (client) => client.messages.create({ ...ASKED, stream: true }),
  'the stream helper': (client) => client.messages.stream(ASKED),
  'the beta resource': (client) => client.beta.messages.create(ASKED),
};

/** Reads whatever it is to its end. */
async function read(value: unknown): Promise<string> {
  const given = await value;
  if (typeof given === 'string') return given;
  let text = '';
  const answer = given as AsyncIterable<Anthropic.MessageStreamEvent> & Partial<Anthropic.Message>;
  if (answer.content !== undefined) return JSON.stringify(answer.content);
  for await (const event of answer) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  }
  return text;
}

class Librarian {
  constructor(
    private readonly client: Anthropic,
    private readonly ask: Ask,
  ) {}

  @withOtel()
  @promptTemplate('Which {genre} book?')
  returned(genre: string) {
    promptText({ genre });
    return this.ask(this.client);
  }

  @withOtel()
  @promptTemplate('Which {genre} book?')
  async awaited(genre: string) {
    promptText({ genre });
    await nextTurn();
    return await this.ask(this.client);
  }

  @withOtel()
  @promptTemplate('Which {genre} book?')
  async text(genre: string) {
    promptText({ genre });
    return read(this.ask(this.client));
  }
}

type Manner = (ask: Ask) => unknown;

const decorated: Record<string, Manner> = {
  returned: (ask) => new Librarian(newClient(), ask).returned('crime'),
  awaited: (ask) => new Librarian(newClient(), ask).awaited('crime'),
};
const both: Record<string, Manner> = {
  returned: (ask) => new Librarian(observe(newClient()), ask).returned('crime'),
  awaited: (ask) => new Librarian(observe(newClient()), ask).awaited('crime'),
  'only its text returned': (ask) => new Librarian(observe(newClient()), ask).text('crime'),
};
const observed: Manner = (ask) => ask(observe(newClient()));

/** An instrumentation of the application's own, which starts its span long after the SDK was called. */
const tracedFetch: typeof fetch = (...request) =>
  trace
    .getTracer('gateway')
    .startActiveSpan(
      'gateway',
      { kind: SpanKind.CLIENT, attributes: { 'gen_ai.operation.name': 'chat' } },
      async (active) => {
        const response = await fetch(...request);
        const { id, usage } = (await response.clone().json()) as Anthropic.Message;
        active.setAttributes({
          'gen_ai.response.id': id,
          'gen_ai.usage.input_tokens': usage.input_tokens + (usage.cache_read_input_tokens ?? 0),
          'gen_ai.usage.output_tokens': usage.output_tokens,
        });
        active.end();
        return response;
      },
    );

interface Counted {
  scope: string;
  kind: SpanKind;
  tokens: unknown[];
}

const isModelCall = ({ attributes }: ReadableSpan): boolean => attributes['gen_ai.operation.name'] === 'chat';

/** The spans of model calls, and whoever else says anything of tokens. */
const counted = (spans: ReadableSpan[]): Counted[] =>
  spans
    .filter((one) => isModelCall(one) || Object.keys(one.attributes).some((key) => key.includes('usage')))
    .map(({ instrumentationScope, kind, attributes }) => ({
      scope: instrumentationScope.name,
      kind,
      tokens: [attributes['gen_ai.usage.input_tokens'], attributes['gen_ai.usage.output_tokens']],
    }));

const ours = (input = 20): Counted[] => [{ scope: 'decotel', kind: SpanKind.CLIENT, tokens: [input, 7] }];
const theirs = (input = 20): Counted[] => [{ scope: NATIVE, kind: SpanKind.CLIENT, tokens: [input, 7] }];

/** Anthropic's stream tells of no cached tokens in these events. */
const inputOf = (call: string): number => (call.includes('stream') ? 12 : 20);

const PIPELINES: Pipeline[] = ['own', 'joined', 'given'];
const matrix = (manners: Record<string, Manner>): [Pipeline, string, string, Manner][] =>
  PIPELINES.flatMap((pipeline) =>
    Object.keys(CALLS).flatMap((call) =>
      Object.entries(manners).map(([name, manner]): [Pipeline, string, string, Manner] => [
        pipeline,
        call,
        name,
        manner,
      ]),
    ),
  );

describe('an SDK that traces itself, by default', () => {
  it.each(matrix(decorated))(
    'is counted by a decorated method (%s provider, %s, %s)',
    async (pipeline, call, _, run) => {
      const spans = start(pipeline);
      expect(await read(run(CALLS[call] as Ask))).toContain('Dune');
      await nextTurn();
      expect(counted(spans())).toEqual(ours(inputOf(call)));
      const [own, native] = [
        spans().find(isModelCall),
        spans().find((one) => one.instrumentationScope.name === NATIVE),
      ];
      expect(own?.attributes).toMatchObject({
        'gen_ai.request.model': 'claude-sonnet-5',
        'gen_ai.response.id': 'msg_7',
      });
      // What is left of the other: how the request went.
      expect(Object.keys(native?.attributes ?? {}).filter((key) => key.startsWith('gen_ai.'))).toEqual([]);
      expect(native?.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'http.response.status_code': 200 });
      expect(native?.parentSpanContext?.spanId).toBe(own?.spanContext().spanId);
      expect(native?.ended).toBe(true);
    },
  );
});

describe('who reports a call, by default', () => {
  it.each(matrix({ ...both, 'on its own': observed }))(
    'is the observed client, without any other span (%s provider, %s, %s)',
    async (pipeline, call, _, run) => {
      const spans = start(pipeline);
      expect(await read(run(CALLS[call] as Ask))).toContain('Dune');
      await nextTurn();
      expect(counted(spans())).toEqual(ours(inputOf(call)));
      expect(spans()).toHaveLength(1);
    },
  );

  it.each(PIPELINES)('is the SDK, where only it sees the answer (%s provider)', async (pipeline) => {
    const spans = start(pipeline);
    expect(await new Librarian(newClient(), CALLS['create'] as Ask).text('crime')).toContain('Dune');
    expect(counted(spans())).toEqual(theirs());
    const own = spans().find(({ name }) => name === 'text');
    expect(own?.kind).toBe(SpanKind.INTERNAL);
    expect(own?.attributes).toMatchObject({
      'decotel.prompt.template': 'Which {genre} book?',
      'code.function.name': 'Librarian.text',
      'decotel.outcome': 'completed',
    });
  });

  it.each(PIPELINES)('is the SDK, where nobody else looks (%s provider)', async (pipeline) => {
    const spans = start(pipeline);
    const around = spanOf('around')(async () => read(CALLS['create']?.(newClient())));
    await read(CALLS['create']?.(newClient()));
    await around();
    expect(counted(spans())).toEqual([...theirs(), ...theirs()]);
    expect(spans()).toHaveLength(3);
  });

  it.each(
    PIPELINES.flatMap((pipeline) =>
      Object.entries({ ...decorated, ...both, 'on its own': observed }).map(
        ([name, run]): [Pipeline, string, Manner] => [pipeline, name, run],
      ),
    ),
  )('is decotel, where the call fails (%s provider, %s)', async (pipeline, _, run) => {
    const spans = start(pipeline);
    fails = true;
    await expect((async () => read(run(CALLS['create'] as Ask)))()).rejects.toBeInstanceOf(
      Anthropic.InternalServerError,
    );
    await nextTurn();
    expect(counted(spans())).toEqual([{ scope: 'decotel', kind: SpanKind.CLIENT, tokens: [undefined, undefined] }]);
    const failed = spans().find(isModelCall);
    expect(failed?.status.code).toBe(SpanStatusCode.ERROR);
    expect(failed?.attributes).toMatchObject({
      'gen_ai.request.model': 'claude-sonnet-5',
      'gen_ai.provider.name': 'anthropic',
      'error.type': '529',
    });
  });

  it('is the SDK, where the method fails after an answer', async () => {
    const spans = start('joined');
    const ask = withOtel({ name: 'ask' })(
      async () => JSON.parse(await read(CALLS['stream']?.(newClient()))) as unknown,
    );
    await expect(ask()).rejects.toBeInstanceOf(SyntaxError);
    expect(counted(spans())).toEqual(theirs(12));
    const own = spans().find(({ name }) => name === 'ask');
    expect([own?.kind, own?.status.code]).toEqual([SpanKind.INTERNAL, SpanStatusCode.ERROR]);
  });

  it('is decotel, where neither can read the answer to what it saw asked', async () => {
    const spans = start('joined');
    isBroken = true;
    await read(decorated['returned']?.(CALLS['stream'] as Ask));
    await nextTurn();
    expect(counted(spans())).toEqual([{ scope: 'decotel', kind: SpanKind.CLIENT, tokens: [undefined, undefined] }]);
  });

  it('is the SDK, where it goes on after the method has failed', async () => {
    const spans = start('joined');
    let answer: unknown;
    const ask = withOtel({ name: 'ask' })(async () => {
      answer = CALLS['create']?.(newClient());
      while (server.requests.length === 0) await nextTurn();
      throw new Error('no patience');
    });
    await expect(ask()).rejects.toThrow('no patience');
    await read(answer);
    await nextTurn();
    expect(counted(spans()).filter(({ tokens }) => tokens[0] !== undefined)).toEqual(theirs());
  });

  it('is decotel for the answer that is returned, and the SDK for the others', async () => {
    const spans = start('joined');
    const client = newClient();
    const ask = withOtel({ name: 'ask' })(async () => {
      const [first] = await Promise.all([client.messages.create(ASKED), client.messages.create(ASKED)]);
      return first;
    });
    ids = ['msg_1', 'msg_2'];
    const { id } = await ask();
    expect(counted(spans()).sort((one, other) => one.scope.localeCompare(other.scope))).toEqual([
      ...theirs(),
      ...ours(),
    ]);
    expect(spans().find(({ name }) => name === 'ask')?.attributes['gen_ai.response.id']).toBe(id);
    expect(spans().filter(({ attributes }) => attributes['gen_ai.response.id'] === id)).toHaveLength(1);
  });

  it('is the SDK for all earlier calls of a method that asks often, which do not wait for its end', async () => {
    const spans = start('joined');
    const client = newClient();
    const ask = withOtel({ name: 'ask' })(async () => {
      for (let call = 0; call < 20; call++) await client.messages.create(ASKED);
      expect(counted(spans())).toHaveLength(4);
      return 'done';
    });
    await ask();
    expect(counted(spans())).toEqual(Array.from({ length: 20 }, () => theirs()).flat());
  });

  it('is both, each in its own pipeline', async () => {
    const application = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(application)] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    const exporter = new InMemorySpanExporter();
    handle = configure({ mode: 'isolated', processors: [new SimpleSpanProcessor(exporter)] });
    for (const run of [...Object.values(decorated), ...Object.values(both), observed]) {
      await read(run(CALLS['create'] as Ask));
      expect(counted(exporter.getFinishedSpans())).toEqual(ours());
      expect(counted(application.getFinishedSpans())).toEqual(theirs());
      for (const one of [exporter, application]) one.reset();
    }
  });
});

describe('an SDK that traces itself, as it ends its span', () => {
  it('has the duration of its call, though its span waits for the end of the method', async () => {
    const spans = start('joined');
    const ask = withOtel({ name: 'ask' })(async () => {
      const message = await newClient().messages.create(ASKED);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(spans()).toEqual([]);
      return message;
    });
    await ask();
    const [own, native] = ['ask', 'anthropic.messages.create'].map((name) => spans().find((one) => one.name === name));
    const milliseconds = (one: ReadableSpan | undefined): number =>
      (one?.duration[0] ?? 0) * 1e3 + (one?.duration[1] ?? 0) / 1e6;
    expect(milliseconds(own)).toBeGreaterThan(55);
    expect(milliseconds(native)).toBeGreaterThan(0);
    expect(milliseconds(native)).toBeLessThan(milliseconds(own) - 50);
  });

  it('is let go when telemetry is shut down', async () => {
    const spans = start('joined');
    const never = new Promise<string>(() => undefined);
    const ask = withOtel({ name: 'ask' })(async () => {
      await newClient().messages.create(ASKED);
      return never;
    });
    void ask();
    while (server.requests.length === 0) await nextTurn();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await handle?.shutdown();
    expect(counted(spans())).toEqual(theirs());
  });
});

describe("nativeSpans: 'theirs'", () => {
  it.each(matrix({ ...decorated, ...both }))(
    'leaves the call to the SDK; a decorated method keeps its prompt (%s provider, %s, %s)',
    async (pipeline, call, _, run) => {
      const spans = start(pipeline, { nativeSpans: 'theirs' });
      expect(await read(run(CALLS[call] as Ask))).toContain('Dune');
      await nextTurn();
      expect(counted(spans())).toEqual(theirs(inputOf(call)));
      expect(spans()).toHaveLength(2);
      const own = spans().find(({ instrumentationScope }) => instrumentationScope.name === 'decotel');
      expect(own?.kind).toBe(SpanKind.INTERNAL);
      expect(own?.attributes).toMatchObject({
        'decotel.prompt.template': 'Which {genre} book?',
        'decotel.prompt.rendered': 'Which crime book?',
        'decotel.outcome': 'completed',
      });
      const named = Object.keys(own?.attributes ?? {}).filter((key) =>
        /^gen_ai\.(operation|provider|request|response)/.test(key),
      );
      expect(named).toEqual([]);
    },
  );

  it.each(PIPELINES)('leaves it to the SDK of an observed client on its own (%s provider)', async (pipeline) => {
    const spans = start(pipeline, { nativeSpans: 'theirs' });
    for (const ask of Object.values(CALLS)) expect(await read(observed(ask))).toContain('Dune');
    await nextTurn();
    expect(counted(spans())).toEqual([...theirs(), ...theirs(12), ...theirs(12), ...theirs()]);
    const own = spans().filter(({ instrumentationScope }) => instrumentationScope.name === 'decotel');
    expect(own.map(({ name, kind }) => [name, kind])).toEqual(
      Array.from({ length: 4 }, () => ['chat claude-sonnet-5', SpanKind.INTERNAL]),
    );
  });

  it('leaves a call that fails to the SDK', async () => {
    const spans = start('joined', { nativeSpans: 'theirs' });
    fails = true;
    for (const run of [...Object.values(decorated), ...Object.values(both), observed]) {
      await expect((async () => read(run(CALLS['create'] as Ask)))()).rejects.toThrow('busy');
    }
    await nextTurn();
    const failed = spans().filter(isModelCall);
    expect(failed.map(({ instrumentationScope }) => instrumentationScope.name)).toEqual(Array<string>(6).fill(NATIVE));
    expect(spans().map(({ status }) => status.code)).toEqual(Array<SpanStatusCode>(12).fill(SpanStatusCode.ERROR));
  });

  it.each(PIPELINES)('keeps the usage of an SDK that does not trace itself (%s provider)', async (pipeline) => {
    const spans = start(pipeline, { nativeSpans: 'theirs' });
    const plain = (): Anthropic => newClient().withOptions({ openTelemetry: false });
    for (const client of [plain(), observe(plain())]) {
      for (const ask of Object.values(CALLS)) {
        expect(await read(new Librarian(client, ask).returned('crime'))).toContain('Dune');
      }
    }
    await nextTurn();
    const each = [...ours(), ...ours(12), ...ours(12), ...ours()];
    expect(counted(spans())).toEqual([...each, ...each]);
    expect(spans()).toHaveLength(8);
  });

  it('keeps the usage of one that stands in for an SDK that failed', async () => {
    const spans = start('joined', { nativeSpans: 'theirs' });
    const ask = withOtel({ name: 'ask' })(async () => {
      fails = true;
      await expect(newClient().messages.create(ASKED)).rejects.toThrow('busy');
      fails = false;
      return newClient().withOptions({ openTelemetry: false }).messages.create(ASKED);
    });
    await ask();
    expect(counted(spans())).toEqual([
      { scope: NATIVE, kind: SpanKind.CLIENT, tokens: [undefined, undefined] },
      ...ours(),
    ]);
  });

  it('keeps the usage in a pipeline of its own', async () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    const exporter = new InMemorySpanExporter();
    handle = configure({
      mode: 'isolated',
      nativeSpans: 'theirs',
      processors: [new SimpleSpanProcessor(exporter)],
    });
    for (const run of [...Object.values(decorated), ...Object.values(both), observed]) {
      await read(run(CALLS['create'] as Ask));
      expect(counted(exporter.getFinishedSpans())).toEqual(ours());
      exporter.reset();
    }
  });
});

describe.each(['ours', 'theirs'] as const)('several calls in one method (%s)', (nativeSpans) => {
  const expected = nativeSpans === 'ours' ? ours : theirs;

  const thrice = (ask: Ask, client: Anthropic, atOnce: boolean): Promise<unknown> =>
    withOtel({ name: 'ask' })(async () => {
      const calls = [1, 2, 3].map(() => () => read(ask(client)));
      if (atOnce) await Promise.all(calls.map((call) => call()));
      else for (const call of calls) await call();
      return 'done';
    })();

  it.each(
    Object.keys(CALLS).flatMap((call): [string, boolean][] => [
      [call, false],
      [call, true],
    ]),
  )('of an observed client are counted once each (%s, at once: %s)', async (call, atOnce) => {
    ids = ['msg_1', 'msg_2', 'msg_3'];
    const spans = start('joined', { nativeSpans });
    await thrice(CALLS[call] as Ask, observe(newClient()), atOnce);
    const usage = counted(spans()).filter(({ tokens }) => tokens[0] !== undefined);
    const each = expected(inputOf(call));
    expect(usage).toEqual([...each, ...each, ...each]);
  });

  it('are counted once each, where a gateway further down traces them', async () => {
    ids = ['msg_1', 'msg_2', 'msg_3'];
    const spans = start('joined', { nativeSpans });
    const client = newClient().withOptions({ openTelemetry: false, fetch: tracedFetch });
    await thrice(CALLS['create'] as Ask, observe(client), true);
    const usage = counted(spans()).filter(({ tokens }) => tokens[0] !== undefined);
    const scope = nativeSpans === 'ours' ? 'decotel' : 'gateway';
    expect(usage).toEqual(Array(3).fill({ scope, kind: SpanKind.CLIENT, tokens: [20, 7] }));
    expect(spans().filter(({ name }) => name === 'gateway')).toHaveLength(3);
  });

  it('of a client that is not observed are counted once each', async () => {
    ids = ['msg_1', 'msg_2', 'msg_3'];
    const spans = start('joined', { nativeSpans });
    const client = newClient();
    const ask = withOtel({ name: 'ask' })(async () => {
      await client.messages.create(ASKED);
      await client.messages.create(ASKED);
      return client.messages.create(ASKED);
    });
    await ask();
    const counts = counted(spans());
    expect(counts.map(({ tokens }) => tokens)).toEqual([
      [20, 7],
      [20, 7],
      [20, 7],
    ]);
    expect(counts.filter(({ scope }) => scope === 'decotel')).toHaveLength(nativeSpans === 'ours' ? 1 : 0);
  });
});

describe('what cannot be seen in a context', () => {
  it('is seen in the promise of the SDK', async () => {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    for (const [call, ask] of Object.entries(CALLS).filter(([name]) => name !== 'the stream helper')) {
      await read(new Librarian(newClient(), ask).returned('crime'));
      await nextTurn();
      expect(counted(exporter.getFinishedSpans())).toEqual(ours(inputOf(call)));
      exporter.reset();
    }
  });

  /** Stands for the tracer of a vendor whose spans are not those of OpenTelemetry's SDK. */
  function startVendor(): () => ReadableSpan[] {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const closed = (one: Span): Span =>
      Object.fromEntries(
        [
          'spanContext',
          'setAttribute',
          'setAttributes',
          'addEvent',
          'addLink',
          'setStatus',
          'updateName',
          'end',
          'isRecording',
          'recordException',
        ].map((name) => [
          name,
          (...values: never[]) => (one[name as keyof Span] as (...given: never[]) => unknown).apply(one, values),
        ]),
      ) as unknown as Span;
    trace.setGlobalTracerProvider({
      getTracer: (...names) => {
        const tracer = provider.getTracer(...names);
        return { ...tracer, startSpan: (...values) => closed(tracer.startSpan(...values)) } as Tracer;
      },
    });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    return () => exporter.getFinishedSpans();
  }

  it('is reported once, with the remedy, where it cannot be changed', async () => {
    const { matching } = diagLines();
    const spans = startVendor();
    for (let call = 0; call < 2; call++) await read(decorated['returned']?.(CALLS['create'] as Ask));
    expect(counted(spans())).toHaveLength(4);
    expect(matching(/counted twice.*openTelemetry: false.*observe\(client\)/)).toHaveLength(1);
    await read(both['returned']?.(CALLS['create'] as Ask));
    expect(counted(spans()).slice(4)).toEqual(ours());
  });

  it("is counted once there too with 'theirs'", async () => {
    const spans = startVendor();
    const restore = replaceSettings({ ...settings(), nativeSpans: 'theirs' });
    for (const ask of [CALLS['create'], CALLS['stream']]) await read(decorated['returned']?.(ask as Ask));
    restore();
    const usage = counted(spans()).filter(({ tokens }) => tokens[0] !== undefined);
    expect(usage).toEqual([...theirs(), ...theirs(12)]);
  });
});

import { Mistral } from '@mistralai/mistralai';
import { configureTelemetry, registerTracerProvider } from '@mistralai/mistralai/extra/observability';
import { context, SpanKind, trace, type TracerProvider } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { embeddings, observe, withOtel } from 'decotel';
import { configure, type ConfigureOptions, type DecotelHandle } from 'decotel/configure';
import { openCallCount } from '../../src/spans/open-calls.js';
import { cleanProcess } from '../support/clean-process.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { openAiCompletion } from '../support/wire.js';

const NATIVE = 'mistralai_sdk_tracer';

let server: Loopback;
let exporter: InMemorySpanExporter;
let handle: DecotelHandle | undefined;
let ids: string[] = [];
let pauseMs = 0;

beforeEach(async () => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  ids = [];
  pauseMs = 0;
  server = await loopback((path, body): Reply => {
    const { model, stream } = body as { model?: string; stream?: boolean };
    if (model === 'failing') return { status: 401, body: { object: 'error', message: 'no key', type: 'unauthorized' } };
    if (path.endsWith('/embeddings')) return { body: EMBEDDINGS };
    if (path.endsWith('/conversations')) return { body: CONVERSATION };
    if (stream === true) return { events: CHUNKS, pauseMs };
    return { body: { ...openAiCompletion('Dune'), id: ids.shift() ?? 'cmpl-7' } };
  });
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  jest.restoreAllMocks();
  registerTracerProvider(undefined);
  delete process.env['MISTRAL_SDK_TELEMETRY'];
  await server.close();
  await cleanProcess(handle);
  handle = undefined;
});

const EMBEDDINGS = {
  id: 'embd-7',
  object: 'list',
  model: 'mistral-embed',
  data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
  usage: { prompt_tokens: 20, completion_tokens: 0, total_tokens: 20 },
};

const chunk = (delta: object, rest: object = {}): object => ({
  id: 'cmpl-7',
  object: 'chat.completion.chunk',
  model: 'mistral-small-2603',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...rest,
});

const CHUNKS = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Du' }),
  chunk({ content: 'ne' }, { usage: { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 } }),
  '[DONE]',
];

const CONVERSATION = {
  object: 'conversation.response',
  conversation_id: 'conv_7',
  outputs: [
    {
      object: 'entry',
      type: 'message.output',
      id: 'msg_7',
      model: 'mistral-medium-latest',
      role: 'assistant',
      content: 'Dune',
      created_at: '2026-01-01T00:00:00Z',
      completed_at: '2026-01-01T00:00:01Z',
    },
  ],
  usage: { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 },
};

/** By what the SDK's telemetry is switched on. */
const SWITCHES: Record<string, (client: Mistral) => unknown> = {
  'MISTRAL_SDK_TELEMETRY=global': () => {
    process.env['MISTRAL_SDK_TELEMETRY'] = 'global';
  },
  "configureTelemetry(client, 'global')": (client) => configureTelemetry(client, 'global'),
  'configureTelemetry(client, provider)': (client) => configureTelemetry(client, tracing()),
  'registerTracerProvider(provider)': () => registerTracerProvider(tracing()),
};

/** What the application traces through, where it gives the SDK that as well. */
const tracing = (): TracerProvider => trace.getTracerProvider();

type Pipeline = 'own' | 'joined';

async function start(pipeline: Pipeline, isOn: string, options: ConfigureOptions = {}): Promise<Mistral> {
  exporter = new InMemorySpanExporter();
  const processors = [new SimpleSpanProcessor(exporter)];
  if (pipeline === 'joined') {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: processors }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  }
  handle = configure({ ...options, ...(pipeline === 'own' && { processors }) });
  // Decides now, before the SDK asks for its tracer.
  handle.tracer.startSpan('first').end();
  exporter.reset();
  const client = new Mistral({ apiKey: 'k', serverURL: server.url, retryConfig: { strategy: 'none' } });
  await SWITCHES[isOn]?.(client);
  return client;
}

const messages = [{ role: 'user' as const, content: 'Which book?' }];
const model = 'mistral-small-latest';

type Ask = (client: Mistral) => Promise<unknown>;

const CALLS: Record<string, Ask> = {
  chat: (client) => client.chat.complete({ model, messages }),
  stream: (client) => client.chat.stream({ model, messages }),
  'an agent': (client) => client.agents.complete({ agentId: 'ag_7', messages }),
  "an agent's stream": (client) => client.agents.stream({ agentId: 'ag_7', messages }),
  'fill in the middle': (client) => client.fim.complete({ model: 'codestral-latest', prompt: 'def' }),
  embeddings: (client) => client.embeddings.create({ model: 'mistral-embed', inputs: ['Dune'] }),
  failing: (client) => client.chat.complete({ model: 'failing', messages }),
};

async function read(value: unknown): Promise<string> {
  const answer = (await value) as AsyncIterable<unknown> | object | string;
  if (typeof answer === 'object' && Symbol.asyncIterator in answer) for await (const _ of answer);
  return 'read';
}

type Manner = (client: Mistral, ask: Ask, decorator: typeof withOtel) => unknown;

const MANNERS: Record<string, Manner> = {
  'decorated, returned': (client, ask, decorator) => decorator({ name: 'own' })(() => ask(client))(),
  'decorated, awaited': (client, ask, decorator) => decorator({ name: 'own' })(async () => await ask(client))(),
  observed: (client, ask) => ask(observe(client)),
  'both, returned': (client, ask, decorator) => decorator({ name: 'own' })(() => ask(observe(client)))(),
  'both, awaited': (client, ask, decorator) => decorator({ name: 'own' })(async () => await ask(observe(client)))(),
  'both, its text': (client, ask, decorator) => decorator({ name: 'own' })(async () => read(ask(observe(client))))(),
};

const decoratorOf = (call: string): typeof withOtel =>
  call === 'embeddings' ? (embeddings as unknown as typeof withOtel) : withOtel;

const isModelCall = ({ attributes }: ReadableSpan): boolean =>
  attributes['gen_ai.operation.name'] !== undefined ||
  Object.keys(attributes).some((key) => key.startsWith('gen_ai.usage.'));

/** Who said what of model calls. */
const counted = (from = exporter): unknown[] =>
  from
    .getFinishedSpans()
    .filter(isModelCall)
    .map(({ instrumentationScope, attributes }) => [
      instrumentationScope.name,
      attributes['gen_ai.operation.name'],
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
    ]);

/** What the SDK calls them; it asks an agent by name where decotel has a chat with whoever answers. */
const THEIR_OPERATIONS: Record<string, string> = {
  'an agent': 'invoke_agent',
  "an agent's stream": 'invoke_agent',
  'fill in the middle': 'text_completion',
  embeddings: 'embeddings',
};

function ours(call: string): unknown[] {
  if (call === 'failing') return ['decotel', 'chat', undefined, undefined];
  return call === 'embeddings' ? ['decotel', 'embeddings', 20, undefined] : ['decotel', 'chat', 20, 7];
}

function theirs(call: string): unknown[] {
  const operation = THEIR_OPERATIONS[call] ?? 'chat';
  if (call === 'failing') return [NATIVE, operation, undefined, undefined];
  return [NATIVE, operation, 20, call === 'embeddings' ? 0 : 7];
}

const spansOf = (scope: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter(({ instrumentationScope }) => instrumentationScope.name === scope);

describe.each(['own', 'joined'] as const)("Mistral's SDK tracing itself, on a provider that is %s", (pipeline) => {
  describe.each(Object.keys(SWITCHES))('by %s', (isOn) => {
    it.each(Object.keys(MANNERS))('is one span of a model call: ours, by default (%s)', async (manner) => {
      const client = await start(pipeline, isOn);
      const found: unknown[] = [];
      for (const [call, ask] of Object.entries(CALLS)) {
        exporter.reset();
        const outcome = await read(MANNERS[manner]?.(client, ask, decoratorOf(call))).catch(() => 'failed');
        const left = spansOf(NATIVE).map(({ attributes }) => attributes['http.request.method']);
        found.push([call, outcome, counted(), spansOf('decotel').map(({ kind }) => kind), left]);
      }
      const outcome = (call: string): string => (call === 'failing' ? 'failed' : 'read');
      const whole = (call: string): unknown[] => [call, outcome(call), [ours(call)], [SpanKind.CLIENT], ['POST']];
      expect(found).toEqual(Object.keys(CALLS).map(whole));
    });

    it.each(Object.keys(MANNERS))("is one span of a model call: theirs, with 'theirs' (%s)", async (manner) => {
      const client = await start(pipeline, isOn, { nativeSpans: 'theirs' });
      const found: unknown[] = [];
      for (const [call, ask] of Object.entries(CALLS)) {
        exporter.reset();
        await read(MANNERS[manner]?.(client, ask, decoratorOf(call))).catch(() => 'failed');
        found.push([call, counted(), spansOf('decotel').map(({ kind }) => kind)]);
      }
      expect(found).toEqual(Object.keys(CALLS).map((call) => [call, [theirs(call)], [SpanKind.INTERNAL]]));
    });
  });
});

describe.each(['ours', 'theirs'] as const)("Mistral's SDK tracing itself, with '%s'", (nativeSpans) => {
  const startOn = (): Promise<Mistral> => start('joined', 'MISTRAL_SDK_TELEMETRY=global', { nativeSpans });
  const whose = nativeSpans === 'ours' ? ours : theirs;

  it('reports the call, where only it sees the answer, or decotel does not look', async () => {
    const client = await startOn();
    for (const call of ['chat', 'stream', 'an agent', 'embeddings']) {
      const ask = CALLS[call] as Ask;
      for (const run of [decoratorOf(call)({ name: 'own' })(async () => read(ask(client))), () => read(ask(client))]) {
        exporter.reset();
        await run();
        expect([call, counted()]).toEqual([call, [theirs(call)]]);
      }
    }
  });

  it.each([false, true])('is counted once for each of several observed calls (at once: %s)', async (atOnce) => {
    const client = observe(await startOn());
    for (const call of ['chat', 'an agent']) {
      ids = ['cmpl-1', 'cmpl-2', 'cmpl-3'];
      exporter.reset();
      await withOtel({ name: 'own' })(async () => {
        const asks = ids.map(() => async () => read(CALLS[call]?.(client)));
        if (atOnce) await Promise.all(asks.map((ask) => ask()));
        else for (const ask of asks) await ask();
        return 'done';
      })();
      const usage = (counted() as unknown[][]).filter(([, , input]) => input !== undefined);
      expect([call, usage]).toEqual([call, [whose(call), whose(call), whose(call)]]);
    }
  });

  it('is counted once, where the reader leaves its stream', async () => {
    const client = await startOn();
    pauseMs = 20;
    const leave = async (from: Mistral): Promise<string> => {
      for await (const { data } of await from.chat.stream({ model, messages })) {
        if (data.choices[0]?.delta.content === 'Du') break;
      }
      return 'left';
    };
    for (const run of [() => leave(observe(client)), withOtel({ name: 'own' })(() => leave(observe(client)))]) {
      exporter.reset();
      await run();
      const [scope, operation] = whose('stream');
      expect(counted()).toEqual([[scope, operation, undefined, undefined]]);
    }
  });

  it('is left a conversation, which decotel cannot read', async () => {
    const client = await startOn();
    const ask = withOtel({ name: 'own' })(() => client.beta.conversations.start({ model, inputs: 'Which book?' }));
    await ask();
    expect(counted()).toEqual([
      [NATIVE, 'chat', undefined, undefined],
      [NATIVE, 'invoke_agent', 20, 7],
    ]);
  });

  it('is counted by each, where its telemetry has a tracer provider of its own', async () => {
    const client = await start('joined', 'none', { nativeSpans });
    const other = new InMemorySpanExporter();
    await configureTelemetry(client, new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(other)] }));
    for (const call of ['chat', 'stream', 'an agent']) {
      for (const from of [client, observe(client)]) {
        exporter.reset();
        other.reset();
        await read(withOtel({ name: 'own' })(() => CALLS[call]?.(from))());
        expect([call, counted(), counted(other)]).toEqual([call, [ours(call)], [theirs(call)]]);
      }
    }
  });
});

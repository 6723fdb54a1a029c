/** Destinations and setup as users of other systems expect them; each spec is the end-to-end check of the row that it names. */
import '../support/exporter-in-jest.js';
import { context, trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import {
  confident,
  configure,
  exclude,
  langfuse,
  otlp,
  phoenix,
  type ConfigureOptions,
  type DecotelHandle,
  type LangfuseOptions,
} from '../../src/configure.js';
import { replaceSettings, defaultSettings, settings } from '../../src/core/settings.js';
import { agent } from '../../src/decorators/agent.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { promptText } from '../../src/prompts/prompt-text.js';
import { runChild } from '../support/child-program.js';
import { cleanProcess } from '../support/clean-process.js';
import { diagLines } from '../support/diag-lines.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { otlpReceiver, type OtlpReceiver, type OtlpSpan } from '../support/otlp-receiver.js';
import { redirectHttps } from '../support/redirected-https.js';
import { openAiCompletion } from '../support/wire.js';

class Librarian {
  constructor(private readonly openai: OpenAI) {}

  @withOtel()
  @promptTemplate('Recommend a {genre} book')
  async recommendBook(genre: string) {
    const content = promptText({ genre });
    return this.openai.chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] });
  }

  @tool()
  lookUp(title: string) {
    return `shelf of ${title}`;
  }

  @agent()
  async answer(genre: string) {
    const { choices } = await httpCall(() => this.recommendBook(genre));
    return this.lookUp(choices[0]?.message.content ?? '');
  }
}

/** What an instrumentation of HTTP makes of a request around it. */
const httpCall = <T>(work: () => Promise<T>): Promise<T> =>
  trace.getTracer('@opentelemetry/instrumentation-http').startActiveSpan('POST', async (span: Span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });

let server: Loopback;
let sink: OtlpReceiver;
let other: OtlpReceiver;
let librarian: Librarian;
let handle: DecotelHandle | undefined;
let provider: BasicTracerProvider | undefined;

beforeEach(async () => {
  server = await loopback(() => ({ body: openAiCompletion('Dune') }));
  sink = await otlpReceiver();
  other = await otlpReceiver();
  librarian = new Librarian(observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 })));
});

afterEach(async () => {
  await cleanProcess(handle);
  await provider?.shutdown();
  handle = provider = undefined;
  for (const name of Object.keys(process.env))
    if (/^(LANGFUSE|CONFIDENT)_/.test(name)) Reflect.deleteProperty(process.env, name);
  for (const one of [server, sink, other]) await one.close();
});

const set = (options: ConfigureOptions): DecotelHandle => (handle = configure(options));

/** An application's own SDK, set up before decotel. */
const startApplication = (...spanProcessors: SpanProcessor[]): BasicTracerProvider => {
  provider = new BasicTracerProvider({ spanProcessors });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return provider;
};

const batched = ({ url }: OtlpReceiver) => new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }));

/** All that a backend can read of spans. */
const sentText = (spans: readonly OtlpSpan[]): string =>
  JSON.stringify(spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]));

/** `name < name of its parent`. */
const tree = (spans: readonly OtlpSpan[]): string[] => {
  const names = new Map(spans.map((one) => [one.spanId, one.name]));
  const lines = spans.map(({ name, parentSpanId: parent }) =>
    parent === undefined ? name : `${name} < ${names.get(parent) ?? 'unknown'}`,
  );
  return lines.sort();
};

it('row 20: configure({ processors }) takes a batch processor with an OTLP exporter, as published', async () => {
  set({ processors: [batched(sink)] });
  await librarian.recommendBook('fantasy');
  await handle?.forceFlush();
  expect(sink.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
  expect(sink.requests[0]?.headers['content-type']).toBe('application/x-protobuf');
  const [one, ...more] = sink.spans;
  expect(more).toEqual([]);
  expect(one).toMatchObject({ name: 'recommendBook', kind: 3, parentSpanId: undefined });
  expect(one?.attributes).toMatchObject({
    'gen_ai.request.model': 'gpt-5-mini',
    'decotel.prompt.template': 'Recommend a {genre} book',
    'gen_ai.input.messages': expect.stringContaining('Recommend a fantasy book') as string,
    'gen_ai.output.messages': expect.stringContaining('Dune') as string,
  });
});

describe('row 21: configure() twice, flush and exit', () => {
  it('row 21: the second call warns and the first holds; forceFlush leaves nothing waiting', async () => {
    const lines = diagLines();
    const first = set({ processors: [otlp({ url: sink.url })] });
    expect(configure({ processors: [otlp({ url: other.url })] })).toBe(first);
    expect(lines.matching(/^warn decotel: configure\(\) was called again/)).toHaveLength(1);
    await librarian.answer('fantasy');
    await first.forceFlush();
    expect(first.stats().destinations).toEqual([{ name: 'otlp', queued: 0, exported: 4, failed: 0, lost: 0 }]);
    expect([sink.spans.length, other.spans.length]).toEqual([4, 0]);
  });

  it('row 21: a process that just ends has sent everything', async () => {
    const child = runChild(
      `import { span } from './src/index.js';
       import { configure, otlp } from './src/configure.js';
       configure({ processors: [otlp({ batch: { delayMs: 60_000 } })] });
       const one = span('one')(() => 1);
       for (let count = 0; count < 2000; count++) one();`,
      { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    );
    expect((await child.ended).code).toBe(0);
    expect(new Set(sink.spans.map(({ spanId }) => spanId)).size).toBe(2000);
  }, 20_000);
});

it("row 22: spans go through the application's provider where it has one, and to no second one", async () => {
  const application = startApplication(batched(sink));
  const global = trace.getTracerProvider();
  set({ processors: [otlp({ url: other.url })] });
  await trace.getTracer('app').startActiveSpan('request', async (request) => {
    await librarian.answer('fantasy');
    request.end();
  });
  expect(trace.getTracerProvider()).toBe(global);
  expect(handle?.stats().mode).toBe('joined');
  await application.forceFlush();
  await handle?.forceFlush();
  expect(tree(sink.spans)).toEqual([
    'POST < invoke_agent answer',
    'execute_tool lookUp < invoke_agent answer',
    'invoke_agent answer < request',
    'recommendBook < POST',
    'request',
  ]);
  const ids = sink.spans.filter(({ scope }) => scope === 'decotel').map(({ spanId }) => spanId);
  expect(other.spans.map(({ spanId }) => spanId).sort()).toEqual(ids.sort());
  expect(sentText(sink.spans)).not.toContain('Dune');
  expect(sentText(other.spans)).toContain('Dune');
});

describe('row 31: Confident preset', () => {
  it.each([
    ['confident_us_key', 'https://otel.confident-ai.com/v1/traces'],
    ['confident_eu_key', 'https://eu.otel.confident-ai.com/v1/traces'],
  ])('row 31: a key %s picks %s, as protobuf over HTTP with the key in a header', async (apiKey, url) => {
    const https = redirectHttps(sink);
    try {
      process.env['CONFIDENT_API_KEY'] = apiKey;
      set({ environment: 'staging', processors: [confident()] });
      await librarian.recommendBook('fantasy');
      await handle?.forceFlush();
      expect(https.urls).toEqual([url]);
    } finally {
      https.restore();
    }
    expect(sink.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'x-confident-api-key': apiKey, 'content-type': 'application/x-protobuf' },
    });
    expect(tree(sink.spans)).toEqual(['recommendBook']);
    expect(sink.spans[0]?.resource).toMatchObject({ 'confident.trace.environment': 'staging' });
  });
});

describe('row 32: AI-only filter', () => {
  const langfuseAt = (receiver: OtlpReceiver, options: LangfuseOptions = {}) =>
    langfuse({ publicKey: 'pk', secretKey: 'sk', baseUrl: receiver.url, ...options });
  const OURS = [
    'execute_tool lookUp < invoke_agent answer',
    'invoke_agent answer',
    'recommendBook < invoke_agent answer',
  ];

  it('row 32: of a mixed application only AI spans arrive, and orphans hang below the nearest one that does', async () => {
    const toOthers = exclude(batched(other), 'llm');
    const application = startApplication(langfuseAt(sink), toOthers);
    await httpCall(() => librarian.answer('fantasy'));
    await application.forceFlush();
    expect(tree(sink.spans)).toEqual(OURS);
    expect(new Set(sink.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(tree(other.spans)).toEqual(['POST', 'POST < POST']);
    for (const one of sink.spans.filter(({ name }) => name !== 'execute_tool lookUp'))
      expect(sentText([one])).toContain('fantasy');
    expect(sentText(other.spans)).not.toMatch(/gen_ai|fantasy/);
  });

  it('row 32: the same where decotel joined a provider, whose other spans it never sees', async () => {
    startApplication();
    set({ processors: [langfuseAt(sink), confident({ url: other.url, apiKey: 'k' })] });
    await httpCall(() => librarian.answer('fantasy'));
    await handle?.forceFlush();
    expect(tree(sink.spans)).toEqual(OURS);
    expect(tree(other.spans)).toEqual(OURS);
  });

  it("row 32: with spans: 'all' every span arrives", async () => {
    const application = startApplication(langfuseAt(sink, { spans: 'all' }));
    await httpCall(() => librarian.answer('fantasy'));
    await application.forceFlush();
    expect(tree(sink.spans)).toEqual([
      'POST',
      'POST < invoke_agent answer',
      'execute_tool lookUp < invoke_agent answer',
      'invoke_agent answer < POST',
      'recommendBook < POST',
    ]);
  });
});

describe('row 35: disable switches', () => {
  it('row 35: without a provider there are no spans, and the code runs as before', async () => {
    expect(await librarian.answer('fantasy')).toBe('shelf of Dune');
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it.each<[string, ConfigureOptions, [string, string] | undefined]>([
    ['enabled: false', { enabled: false }, undefined],
    ['DECOTEL_DISABLED', {}, ['DECOTEL_DISABLED', 'true']],
    ['OTEL_SDK_DISABLED', {}, ['OTEL_SDK_DISABLED', 'true']],
  ])('row 35: by %s nothing is sent, and the code runs as before', async (_how, options, variable) => {
    if (variable !== undefined) process.env[variable[0]] = variable[1];
    set({ ...options, processors: [otlp({ url: sink.url })] });
    expect(await librarian.answer('fantasy')).toBe('shelf of Dune');
    await handle?.forceFlush();
    expect(sink.spans.filter(({ scope }) => scope === 'decotel')).toEqual([]);
  });

  it('row 35: messages alone are switched off by a variable; agents, tools and model calls are not', async () => {
    process.env['DECOTEL_DISABLED'] = 'messaging';
    set({ processors: [otlp({ url: sink.url })] });
    expect(settings().messaging).toBe(false);
    await librarian.answer('fantasy');
    await handle?.forceFlush();
    expect(sink.spans.filter(({ scope }) => scope === 'decotel')).toHaveLength(3);
  });

  it('row 35: a call that is switched off costs next to nothing', () => {
    const bare = (value: number) => value + 1;
    const decorated = span('add')(bare);
    const microseconds = (add: typeof bare): number => {
      let best = Infinity;
      for (let round = 0; round < 20; round++) {
        const from = performance.now();
        for (let call = 0; call < 10_000; call++) add(call);
        best = Math.min(best, (performance.now() - from) / 10);
      }
      return best;
    };
    const restore = replaceSettings({ ...defaultSettings({}), enabled: false });
    try {
      expect(microseconds(decorated) - microseconds(bare)).toBeLessThan(1);
    } finally {
      restore();
    }
  });
});

it('row 37: Langfuse preset: keys of the environment give the exact URL, Basic and the ingestion header', async () => {
  Object.assign(process.env, {
    LANGFUSE_PUBLIC_KEY: 'pk-lf-1',
    LANGFUSE_SECRET_KEY: 'sk-lf-2',
    LANGFUSE_HOST: sink.url,
  });
  set({ processors: [langfuse()] });
  await librarian.recommendBook('fantasy');
  await handle?.forceFlush();
  expect(sink.requests).toHaveLength(1);
  expect(sink.requests[0]).toMatchObject({
    path: '/api/public/otel/v1/traces',
    headers: {
      authorization: `Basic ${Buffer.from('pk-lf-1:sk-lf-2').toString('base64')}`,
      'x-langfuse-ingestion-version': '4',
      'content-type': 'application/x-protobuf',
    },
  });
  expect(tree(sink.spans)).toEqual(['recommendBook']);
});

describe('row 41: masking everywhere', () => {
  const CARD = '4111 1111 1111 1111';

  class Cashier {
    @tool({ metadata: { note: `paid with ${CARD}` }, attributes: { 'shop.note': CARD } })
    pay(card: string, fails: boolean) {
      if (fails) throw new Error(`card ${card} was refused`);
      return { paid: card };
    }
  }

  const pay = async (redact: ConfigureOptions['redact']): Promise<OtlpSpan[]> => {
    const keys = { publicKey: 'pk', secretKey: 'sk' };
    set({
      redact,
      processors: [
        otlp({ url: sink.url }),
        langfuse({ ...keys, baseUrl: sink.url }),
        confident({ url: sink.url, apiKey: 'k' }),
        phoenix({ url: sink.url }),
        batched(sink),
      ],
    });
    new Cashier().pay(CARD, false);
    expect(() => new Cashier().pay(CARD, true)).toThrow(`card ${CARD} was refused`);
    await handle?.forceFlush();
    expect(sink.spans).toHaveLength(10);
    return sink.spans;
  };

  it('row 41: a mask hides a card number in attributes, events and error texts, in every dialect', async () => {
    const spans = await pay([/\b\d{4} \d{4} \d{4} \d{4}\b/]);
    expect(sentText(spans)).not.toMatch(/4111|1111/);
    const [first] = spans;
    expect(first?.attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"card":"[masked]","fails":false}',
      'gen_ai.tool.call.result': '{"paid":"[masked]"}',
      'decotel.metadata.note': 'paid with [masked]',
      'shop.note': '[masked]',
    });
    const failed = spans.filter(({ status }) => status.code === 2);
    expect(failed.map(({ status }) => status.message)).toEqual(failed.map(() => 'card [masked] was refused'));
    expect(failed).toHaveLength(5);
  });

  it('row 41: a mask that throws hides the whole text', async () => {
    const spans = await pay([
      () => {
        throw new Error('mask');
      },
    ]);
    expect(sentText(spans)).not.toMatch(/4111|1111|refused/);
    expect(spans.filter(({ status }) => status.code === 2).map(({ status }) => status.message)).toEqual(
      Array<string>(5).fill('[masked]'),
    );
  });
});

it('row 42: a bootstrap like OpenLIT’s exports at once, with environment and name', async () => {
  const application = startApplication();
  const processors = [otlp({ url: sink.url, batch: false })];
  set({ tracerProvider: application, processors });
  await librarian.recommendBook('fantasy');
  expect((await sink.arrived(1)).map(({ name }) => name)).toEqual(['recommendBook']);
  await handle?.shutdown();
  trace.disable();
  context.disable();

  set({ serviceName: 'library', environment: 'test', processors: [otlp({ url: other.url, batch: false })] });
  librarian.lookUp('Dune');
  expect((await other.arrived(1))[0]).toMatchObject({
    name: 'execute_tool lookUp',
    resource: { 'service.name': 'library', 'deployment.environment.name': 'test' },
  });
});

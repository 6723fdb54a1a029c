import '../support/exporter-in-jest.js';
import OpenAI from 'openai';
import {
  configure,
  confident,
  langfuse,
  otlp,
  phoenix,
  type DecotelHandle,
  type Destination,
} from '../../src/configure.js';
import { observe } from '../../src/clients/observe.js';
import { agent } from '../../src/decorators/agent.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { builtInDialects } from '../../src/dialects/registry.js';
import { cleanProcess } from '../support/clean-process.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { otlpReceiver, type OtlpReceiver, type OtlpSpan } from '../support/otlp-receiver.js';
import { openAiCompletion } from '../support/wire.js';

/** Namespaces of one backend alone; the conventions' `gen_ai.` is everyone's. */
const OWN_KEYS = {
  otlp: /^decotel\./,
  langfuse: /^langfuse\./,
  confident: /^confident\./,
  phoenix: /^(?:openinference|llm|input|output|retrieval|embedding|tool)\./,
};
type Backend = keyof typeof OWN_KEYS;
const BACKENDS = Object.keys(OWN_KEYS) as Backend[];

const DIALECTS = { otlp: 'gen-ai', langfuse: 'langfuse', confident: 'confident', phoenix: 'openinference' } as const;
const hasDialect = (backend: Backend) => builtInDialects.some((dialect) => dialect.name === DIALECTS[backend]);

const HEADERS = {
  otlp: { 'x-collector': 'o' },
  langfuse: {
    authorization: `Basic ${Buffer.from('pk:sk').toString('base64')}`,
    'x-langfuse-ingestion-version': '4',
  },
  confident: { 'x-confident-api-key': 'c' },
  phoenix: { authorization: 'Bearer p' },
};

const RESOURCES = {
  otlp: {},
  langfuse: { 'langfuse.release': 'r1' },
  confident: { 'confident.trace.environment': 'staging' },
  phoenix: { 'openinference.project.name': 'books' },
};

describe('four destinations in one run', () => {
  let server: Loopback;
  let handle: DecotelHandle;
  const receivers = {} as Record<Backend, OtlpReceiver>;
  let destinations: Destination[];

  beforeAll(async () => {
    for (const backend of BACKENDS) receivers[backend] = await otlpReceiver();
    server = await loopback(() => ({ body: openAiCompletion('Dune') }));
    destinations = [
      otlp({ url: receivers.otlp.url, headers: HEADERS.otlp }),
      langfuse({ baseUrl: receivers.langfuse.url, publicKey: 'pk', secretKey: 'sk', release: 'r1' }),
      confident({ url: receivers.confident.url, apiKey: 'c' }),
      phoenix({ url: receivers.phoenix.url, apiKey: 'p', project: 'books' }),
    ];
    handle = configure({ serviceName: 'library', environment: 'staging', processors: destinations });
    const openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 }));
    const recommend = withOtel({ name: 'recommend' })(async (genre: string) =>
      openai.chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content: genre }] }),
    );
    const lookUp = tool({ name: 'lookUp' })((title: string) => `shelf of ${title}`);
    const run = agent({ name: 'librarian' })(async (genre: string) => {
      const answer = await recommend(genre);
      return lookUp(answer.choices[0]?.message.content ?? '');
    });
    for (let round = 0; round < 20; round++) await run('fantasy');
    await handle.forceFlush();
  });

  afterAll(async () => {
    await cleanProcess(handle);
    await server.close();
    for (const backend of BACKENDS) await receivers[backend].close();
  });

  const everySpan = (backend: Backend): OtlpSpan[] => receivers[backend].spans;

  it.each(BACKENDS)('%s receives every span once, under the right parents', (backend) => {
    const spans = everySpan(backend);
    expect(spans).toHaveLength(60);
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(60);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const links = spans.map((span) => [span.traceId, span.spanId, span.parentSpanId]);
    expect(links.sort()).toEqual(
      everySpan('otlp')
        .map((span) => [span.traceId, span.spanId, span.parentSpanId])
        .sort(),
    );
    const roots = spans.filter((span) => span.parentSpanId === undefined);
    expect(roots).toHaveLength(20);
    for (const span of spans) if (span.parentSpanId !== undefined) expect(byId.has(span.parentSpanId)).toBe(true);
    expect(destinations.map((destination) => destination.stats())).toEqual(
      BACKENDS.map(() => ({ queued: 0, exported: 60, failed: 0, lost: 0 })),
    );
  });

  it.each(BACKENDS)('%s gets its own headers and no key of another', (backend) => {
    const { requests } = receivers[backend];
    expect(requests.length).toBeGreaterThan(0);
    for (const { path, headers } of requests) {
      expect(path).toBe(backend === 'langfuse' ? '/api/public/otel/v1/traces' : '/v1/traces');
      expect(headers).toMatchObject(HEADERS[backend]);
      const own = Object.keys(HEADERS[backend]);
      const others = Object.values(HEADERS).flatMap((one) => Object.keys(one));
      expect(others.filter((name) => !own.includes(name) && name in headers)).toEqual([]);
    }
  });

  it.each(BACKENDS)('%s gets its own attributes of the resource', (backend) => {
    for (const { resource } of everySpan(backend)) {
      const named = Object.entries(resource).filter(([key]) => /^(?:langfuse|confident|openinference)\./.test(key));
      expect(Object.fromEntries(named)).toEqual(RESOURCES[backend]);
      expect(resource).toMatchObject({ 'service.name': 'library', 'deployment.environment.name': 'staging' });
    }
  });

  it.each(BACKENDS.filter(hasDialect))('%s gets the call in its own dialect', (backend) => {
    for (const span of everySpan(backend)) {
      expect(Object.keys(span.attributes).some((key) => OWN_KEYS[backend].test(key))).toBe(true);
    }
  });

  it.each(BACKENDS)('%s gets nothing of another', (backend) => {
    const others = BACKENDS.filter((other) => other !== backend && other !== 'otlp');
    for (const { attributes, events } of everySpan(backend)) {
      const keys = [attributes, ...events.map((event) => event.attributes)].flatMap((one) => Object.keys(one));
      const foreign = keys.filter((key) => others.some((other) => OWN_KEYS[other].test(key)));
      expect(foreign).toEqual([]);
    }
  });

  it.each(BACKENDS)('%s gets model, tokens and content of each call', (backend) => {
    const calls = everySpan(backend).filter((span) => span.name.endsWith('recommend'));
    expect(calls).toHaveLength(20);
    for (const { attributes } of calls) {
      const values = JSON.stringify(attributes);
      for (const part of ['gpt-5-mini', 'fantasy', 'Dune']) expect(values).toContain(part);
    }
  });
});

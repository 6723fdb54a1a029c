import '../support/exporter-in-jest.js';
import { diag } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  backend,
  confident,
  langfuse,
  otlp,
  phoenix,
  type BackendName,
  type Destination,
} from '../../src/configure.js';
import { BACKENDS } from '../../src/destinations/backends.js';
import { diagLines } from '../support/diag-lines.js';
import { chatRecord, spanMaker } from '../support/finished-span.js';
import { otlpReceiver, type OtlpReceiver, type OtlpRequest } from '../support/otlp-receiver.js';
import { redirectHttps, type RedirectedHttps } from '../support/redirected-https.js';
import { shared } from '../../src/core/shared.js';

let receiver: OtlpReceiver;
let https: RedirectedHttps;

beforeEach(async () => {
  receiver = await otlpReceiver();
  https = redirectHttps(receiver);
});

const VARIABLES = /^(OTEL_|LANGFUSE_|CONFIDENT_|PHOENIX_|HONEYCOMB_|DD_|BRAINTRUST_)/;

afterEach(async () => {
  https.restore();
  await receiver.close();
  diag.disable();
  shared('reported', () => new Set<string>()).clear();
  for (const name of Object.keys(process.env)) if (VARIABLES.test(name)) Reflect.deleteProperty(process.env, name);
});

/** The request with one span of decotel's. */
const sent = async (destination: Destination): Promise<OtlpRequest | undefined> => {
  spanMaker(destination).make('ask', { record: chatRecord() });
  await destination.forceFlush();
  await destination.shutdown();
  return receiver.requests.at(-1);
};

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

/** What a request has beside what every request of the exporter has. */
const ownHeaders = (request: OtlpRequest | undefined) =>
  Object.fromEntries(
    Object.entries(request?.headers ?? {}).filter(
      ([name]) => !/^(host|connection|content-|transfer-encoding|user-agent)/.test(name),
    ),
  );

describe('langfuse', () => {
  const keys = { publicKey: 'pk-lf-1', secretKey: 'sk-lf-2' };
  const headers = { authorization: basic('pk-lf-1:sk-lf-2'), 'x-langfuse-ingestion-version': '4' };

  it.each([
    [{}, 'https://cloud.langfuse.com/api/public/otel/v1/traces'],
    [{ region: 'us' as const }, 'https://us.cloud.langfuse.com/api/public/otel/v1/traces'],
    [{ region: 'jp' as const }, 'https://jp.cloud.langfuse.com/api/public/otel/v1/traces'],
    [{ baseUrl: 'https://langfuse.example' }, 'https://langfuse.example/api/public/otel/v1/traces'],
    [{ baseUrl: 'https://a.example/lf/' }, 'https://a.example/lf/api/public/otel/v1/traces'],
    [{ baseUrl: 'https://a.example/api/public/otel/' }, 'https://a.example/api/public/otel/v1/traces'],
    [{ baseUrl: 'https://a.example/api/public/otel/v1/traces' }, 'https://a.example/api/public/otel/v1/traces'],
  ])('sends to where %j says', async (where, url) => {
    const request = await sent(langfuse({ ...keys, ...where }));
    expect(https.urls).toEqual([url]);
    expect(ownHeaders(request)).toEqual(headers);
    expect(request?.spans.map((span) => span.name)).toEqual(['ask']);
  });

  it("takes the variables of Langfuse's SDKs, the newer name of the host first", async () => {
    Object.assign(process.env, {
      LANGFUSE_PUBLIC_KEY: 'pk-lf-1',
      LANGFUSE_SECRET_KEY: 'sk-lf-2',
      LANGFUSE_HOST: 'https://old.example',
      LANGFUSE_TRACING_ENVIRONMENT: 'staging',
      LANGFUSE_RELEASE: 'r7',
    });
    const request = await sent(langfuse());
    expect(https.urls).toEqual(['https://old.example/api/public/otel/v1/traces']);
    expect(ownHeaders(request)).toEqual(headers);
    expect(request?.spans[0]?.resource).toEqual({
      'service.name': 'library',
      'langfuse.environment': 'staging',
      'langfuse.release': 'r7',
    });
    process.env['LANGFUSE_BASE_URL'] = 'https://new.example';
    await sent(langfuse({ environment: 'test' }));
    expect(https.urls.at(-1)).toBe('https://new.example/api/public/otel/v1/traces');
    expect(receiver.spans.at(-1)?.resource).toMatchObject({ 'langfuse.environment': 'test' });
  });

  it('sends by LANGFUSE_FLUSH_AT and LANGFUSE_FLUSH_INTERVAL, and gives up after LANGFUSE_TIMEOUT', async () => {
    Object.assign(process.env, { LANGFUSE_FLUSH_AT: '2', LANGFUSE_FLUSH_INTERVAL: '600' });
    const full = langfuse(keys);
    const { make } = spanMaker(full);
    make('one');
    make('two');
    await receiver.arrived(2);
    expect(receiver.requests.map((request) => request.spans.length)).toEqual([2]);
    make('three');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.requests).toHaveLength(1);
    await full.shutdown();
    process.env['LANGFUSE_FLUSH_INTERVAL'] = '0.01';
    const early = langfuse(keys);
    spanMaker(early).make('four');
    await receiver.arrived(4);
    await early.shutdown();

    const slow = await otlpReceiver(() => ({ delayMs: 2000 }));
    diagLines();
    process.env['LANGFUSE_TIMEOUT'] = '0.05';
    const from = performance.now();
    const late = langfuse({ ...keys, baseUrl: slow.url });
    spanMaker(late).make('five');
    await late.forceFlush();
    expect(performance.now() - from).toBeLessThan(1500);
    expect(late.stats()).toEqual({ queued: 0, exported: 0, failed: 1, lost: 0 });
    await slow.close();
  });

  it.each([
    [{}, 'publicKey (LANGFUSE_PUBLIC_KEY) is missing'],
    [{ publicKey: 'pk' }, 'secretKey (LANGFUSE_SECRET_KEY) is missing'],
  ])('sends nothing and says so once where %j is all there is', async (options, reason) => {
    const lines = diagLines();
    const destination = langfuse(options);
    langfuse(options);
    expect(await sent(destination)).toBeUndefined();
    expect(destination.stats()).toEqual({ queued: 0, exported: 0, failed: 0, lost: 1 });
    expect(lines.lines).toEqual([`warn decotel: langfuse: ${reason}; its spans are dropped`]);
  });

  it('says that a host of the environment is no URL', async () => {
    const lines = diagLines();
    process.env['LANGFUSE_HOST'] = 'langfuse.example';
    expect(await sent(langfuse(keys))).toBeUndefined();
    expect(lines.lines).toEqual([
      'warn decotel: langfuse: LANGFUSE_BASE_URL or LANGFUSE_HOST is no URL: langfuse.example; its spans are dropped',
    ]);
  });

  it.each([
    [{ region: 'mars' }, /langfuse\(\): region: expected "eu" or "us" or "jp" or "hipaa", got "mars"\./],
    [{ baseUrl: 'cloud' }, /langfuse\(\): baseUrl: expected an http or https URL, got "cloud"\./],
    [{ region: 'eu', baseUrl: 'https://a.example' }, /langfuse\(\): region and baseUrl both say where to send\./],
    [{ key: 'x' }, /langfuse\(\): there is no option "key"\./],
  ])('refuses %j', (options, message) => {
    expect(() => langfuse(options as object)).toThrow(message);
  });
});

describe('confident', () => {
  it.each([
    [{ apiKey: 'confident_us_1' }, 'https://otel.confident-ai.com/v1/traces'],
    [{ apiKey: 'confident_eu_1' }, 'https://eu.otel.confident-ai.com/v1/traces'],
    [{ apiKey: 'confident_eu_1', url: 'https://otel.example' }, 'https://otel.example/v1/traces'],
  ])('sends to where %j says', async (options, url) => {
    const request = await sent(confident(options));
    expect(https.urls).toEqual([url]);
    expect(ownHeaders(request)).toEqual({ 'x-confident-api-key': options.apiKey });
  });

  it('takes key, endpoint and environment from its variables', async () => {
    Object.assign(process.env, {
      CONFIDENT_API_KEY: 'confident_us_1',
      CONFIDENT_OTEL_URL: 'https://otel.example/',
      CONFIDENT_TRACE_ENVIRONMENT: 'testing',
    });
    const request = await sent(confident());
    expect(https.urls).toEqual(['https://otel.example/v1/traces']);
    expect(request?.spans[0]?.resource).toEqual({
      'service.name': 'library',
      'confident.trace.environment': 'testing',
    });
  });

  it.each([
    [undefined, { 'deployment.environment.name': 'staging' }, 'staging'],
    [undefined, { 'deployment.environment.name': 'staging', 'confident.trace.environment': 'testing' }, 'testing'],
    ['production', { 'deployment.environment.name': 'staging' }, 'production'],
    [undefined, {}, undefined],
  ])('names the environment that option %s and resource %j say', async (environment, attributes, expected) => {
    const destination = confident({ apiKey: 'k', environment, spans: 'all' });
    const provider = new BasicTracerProvider({
      spanProcessors: [destination],
      resource: resourceFromAttributes({ ...attributes, detected: Promise.resolve('later') }),
    });
    provider.getTracer('app').startSpan('one').end();
    await destination.forceFlush();
    expect(receiver.spans[0]?.resource).toEqual({
      ...attributes,
      detected: 'later',
      ...(expected !== undefined && { 'confident.trace.environment': expected }),
    });
    await provider.shutdown();
  });

  it('sends nothing without a key', async () => {
    const lines = diagLines();
    expect(await sent(confident())).toBeUndefined();
    expect(lines.lines).toEqual([
      'warn decotel: confident: apiKey (CONFIDENT_API_KEY) is missing; its spans are dropped',
    ]);
  });
});

describe('phoenix', () => {
  it('sends to a Phoenix on this machine, without a key', async () => {
    const request = await sent(phoenix({ url: receiver.url }));
    expect(request).toMatchObject({ path: '/v1/traces' });
    expect(ownHeaders(request)).toEqual({});
    expect(request?.spans[0]?.resource).toEqual({ 'service.name': 'library' });
  });

  it('takes endpoint, key and project from its variables', async () => {
    Object.assign(process.env, {
      PHOENIX_COLLECTOR_ENDPOINT: 'https://app.phoenix.arize.com/s/library',
      PHOENIX_API_KEY: 'secret',
      PHOENIX_PROJECT_NAME: 'books',
    });
    const request = await sent(phoenix());
    expect(https.urls).toEqual(['https://app.phoenix.arize.com/s/library/v1/traces']);
    expect(ownHeaders(request)).toEqual({ authorization: 'Bearer secret' });
    expect(request?.spans[0]?.resource).toEqual({ 'service.name': 'library', 'openinference.project.name': 'books' });
  });
});

describe('backend', () => {
  type Case = [BackendName, Record<string, string>, string, Record<string, string>, Record<string, string>?];
  const CASES: Case[] = [
    [
      'braintrust',
      { apiKey: 'k', parent: 'project_name:library', region: 'eu' },
      'https://api-eu.braintrust.dev/otel/v1/traces',
      { authorization: 'Bearer k', 'x-bt-parent': 'project_name:library' },
    ],
    [
      'datadog',
      { apiKey: 'k', site: 'datadoghq.eu' },
      'https://otlp.datadoghq.eu/v1/traces',
      { 'dd-api-key': 'k', 'dd-otlp-source': 'llmobs' },
    ],
    [
      'grafana-cloud',
      { region: 'eu-west-2', instanceId: '12', token: 't' },
      'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp/v1/traces',
      { authorization: basic('12:t') },
    ],
    ['honeycomb', { apiKey: 'k' }, 'https://api.honeycomb.io/v1/traces', { 'x-honeycomb-team': 'k' }],
    [
      'honeycomb',
      { apiKey: 'k', region: 'eu', dataset: 'd' },
      'https://api.eu1.honeycomb.io/v1/traces',
      { 'x-honeycomb-team': 'k', 'x-honeycomb-dataset': 'd' },
    ],
    ['hyperdx', { apiKey: 'k' }, 'https://in-otel.hyperdx.io/v1/traces', { authorization: 'k' }],
    ['laminar', { apiKey: 'k' }, 'https://api.lmnr.ai/v1/traces', { authorization: 'Bearer k' }],
    [
      'langsmith',
      { apiKey: 'k', region: 'eu', project: 'p' },
      'https://eu.api.smith.langchain.com/otel/v1/traces',
      { 'x-api-key': 'k', 'langsmith-project': 'p' },
    ],
    ['langsmith', { apiKey: 'k' }, 'https://api.smith.langchain.com/otel/v1/traces', { 'x-api-key': 'k' }],
    ['logfire', { token: 't' }, 'https://logfire-us.pydantic.dev/v1/traces', { authorization: 't' }],
    ['new-relic', { apiKey: 'k' }, 'https://otlp.nr-data.net/v1/traces', { 'api-key': 'k' }],
    ['new-relic', { apiKey: 'k', region: 'eu' }, 'https://otlp.eu01.nr-data.net/v1/traces', { 'api-key': 'k' }],
    [
      'opik',
      { apiKey: 'k', workspace: 'w', project: 'p' },
      'https://www.comet.com/opik/api/v1/private/otel/v1/traces',
      { authorization: 'k', 'comet-workspace': 'w', projectname: 'p' },
    ],
    [
      'signoz',
      { ingestionKey: 'k', region: 'in' },
      'https://ingest.in.signoz.cloud/v1/traces',
      { 'signoz-ingestion-key': 'k' },
    ],
    ['traceloop', { apiKey: 'k' }, 'https://api.traceloop.com/v1/traces', { authorization: 'Bearer k' }],
    ['uptrace', { dsn: 'd' }, 'https://api.uptrace.dev/v1/traces', { 'uptrace-dsn': 'd' }],
    [
      'weave',
      { apiKey: 'k', entity: 'e', project: 'p' },
      'https://trace.wandb.ai/otel/v1/traces',
      { 'wandb-api-key': 'k' },
      { 'wandb.entity': 'e', 'wandb.project': 'p' },
    ],
  ];

  it.each(CASES)('%s with %j', async (name, options, url, headers, resource = {}) => {
    const request = await sent(backend(name, options));
    expect(https.urls).toEqual([url]);
    expect(ownHeaders(request)).toEqual(headers);
    expect(request?.spans[0]?.resource).toEqual({ 'service.name': 'library', ...resource });
  });

  it.each([
    ['jaeger', {}, {}],
    ['mlflow', { experimentId: '7' }, { 'x-mlflow-experiment-id': '7' }],
    ['mlflow', {}, { 'x-mlflow-experiment-id': '0' }],
    ['tempo', { tenant: 'books' }, { 'x-scope-orgid': 'books' }],
  ] as const)('%s with %j, on this machine', async (name, options, headers) => {
    const request = await sent(backend(name, { ...options, url: receiver.url }));
    expect(request?.path).toBe('/v1/traces');
    expect(ownHeaders(request)).toEqual(headers);
  });

  it('has every backend in this spec', () => {
    const local = ['jaeger', 'mlflow', 'tempo'];
    expect(new Set([...CASES.map(([name]) => name as string), ...local])).toEqual(new Set(Object.keys(BACKENDS)));
    const urls = local.map((name) => BACKENDS[name as 'jaeger'].url);
    expect(urls).toEqual(['http://localhost:4318/v1/traces', 'http://localhost:5000/v1/traces', urls[0]]);
  });

  it('takes keys from the variables, and more headers over its own', async () => {
    Object.assign(process.env, { DD_API_KEY: 'k', DD_SITE: 'us5.datadoghq.com' });
    const request = await sent(backend('datadog', { headers: { 'dd-otlp-source': 'mine', 'x-more': '1' } }));
    expect(https.urls).toEqual(['https://otlp.us5.datadoghq.com/v1/traces']);
    expect(ownHeaders(request)).toEqual({ 'dd-api-key': 'k', 'dd-otlp-source': 'mine', 'x-more': '1' });
  });

  it('needs no key for an installation of one’s own', async () => {
    const request = await sent(backend('opik', { url: `${receiver.url}/api/v1/private/otel` }));
    expect(request?.path).toBe('/api/v1/private/otel/v1/traces');
    expect(ownHeaders(request)).toEqual({});
  });

  it('sends nothing and says so once where a key cannot be a header, without the key', async () => {
    const lines = diagLines();
    const destination = backend('honeycomb', { apiKey: 'hcaik_first\nsecond' });
    expect(await sent(destination)).toBeUndefined();
    expect(destination.stats()).toEqual({ queued: 0, exported: 0, failed: 0, lost: 1 });
    expect(lines.lines).toEqual([
      'warn decotel: honeycomb: the value of its header x-honeycomb-team cannot be sent; its spans are dropped',
    ]);
  });

  it('sends nothing and says so once where a key is missing', async () => {
    const lines = diagLines();
    const destination = backend('honeycomb', { apiKey: undefined });
    expect(await sent(destination)).toBeUndefined();
    expect([destination.name, destination.stats().lost]).toEqual(['honeycomb', 1]);
    expect(lines.lines).toEqual([
      'warn decotel: honeycomb: apiKey (HONEYCOMB_API_KEY) is missing; its spans are dropped',
    ]);
  });

  it.each([
    [() => backend('honey' as 'honeycomb'), /backend\(\): expected one of braintrust, .*, got "honey"\./],
    [
      () => backend('honeycomb', { region: 'mars' as 'eu' }),
      /backend\('honeycomb'\): region: expected "us" or "eu", got "mars"\./,
    ],
    [
      () => backend('jaeger', { apiKey: 'k' } as object),
      /backend\('jaeger'\): there is no option "apiKey"\. The options are content, limits, url,/,
    ],
  ])('refuses what it does not know', (attempt, message) => {
    expect(attempt).toThrow(message);
  });
});

describe('a backend with keys of its own', () => {
  it('gets nothing that the OTEL_EXPORTER_OTLP_* variables have for another endpoint', async () => {
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-other=secret',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    for (const destination of [
      langfuse({ publicKey: 'p', secretKey: 's', baseUrl: receiver.url }),
      confident({ apiKey: 'c', url: receiver.url }),
      phoenix({ url: receiver.url }),
      backend('honeycomb', { apiKey: 'h', url: receiver.url }),
    ])
      await sent(destination);
    expect(receiver.requests.map(ownHeaders)).toEqual([
      { authorization: basic('p:s'), 'x-langfuse-ingestion-version': '4' },
      { 'x-confident-api-key': 'c' },
      {},
      { 'x-honeycomb-team': 'h' },
    ]);
    await sent(otlp({ url: receiver.url }));
    expect(ownHeaders(receiver.requests[4])).toEqual({ 'api-key': 'secret', 'x-other': 'secret' });
    expect(process.env['OTEL_EXPORTER_OTLP_HEADERS']).toBe('api-key=secret');
  });
});

describe('a backend with a limit', () => {
  const messages = (bytes: number) =>
    Array.from({ length: 6 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      parts: [{ type: 'text', content: `${index} begins ${'word '.repeat(bytes / 5)}and ends ${index}` }],
    }));

  it.each([
    ['tempo', 2048],
    ['new-relic', 4095],
  ] as const)(
    '%s gets values of at most %i bytes: the oldest messages are cut, in their middle',
    async (name, most) => {
      const destination = backend(name, { url: receiver.url });
      const input = messages(1000);
      spanMaker(destination).make('ask', { record: chatRecord({ messages: { input: () => input } }) });
      await destination.shutdown();
      const { attributes } = receiver.spans[0] ?? {};
      const value = String(attributes?.['gen_ai.input.messages']);
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(most);
      expect(attributes?.['decotel.truncated']).toEqual(['gen_ai.input.messages']);
      const texts = (JSON.parse(value) as typeof input).map(({ parts }) => parts[0]?.content ?? '');
      expect(texts).toHaveLength(6);
      expect(texts[5]).toBe(input[5]?.parts[0]?.content);
      for (const [index, text] of texts.entries())
        if (text.includes('…[truncated]…')) expect(text).toMatch(new RegExp(`^${index} begins .* ends ${index}$`));
      const areCut = texts.map((text) => text.includes('…[truncated]…'));
      expect(areCut).toEqual([...areCut].sort((one, other) => Number(other) - Number(one)));
      expect(areCut[0]).toBe(true);
    },
  );

  it('takes a lower limit from the options', async () => {
    const destination = backend('tempo', { url: receiver.url, limits: { valueBytes: 1000 } });
    spanMaker(destination).make('ask', { record: chatRecord({ messages: { input: () => messages(500) } }) });
    await destination.shutdown();
    const value = receiver.spans[0]?.attributes['gen_ai.input.messages'];
    expect(Buffer.byteLength(String(value))).toBeLessThanOrEqual(1000);
    expect(JSON.parse(String(value))).toHaveLength(6);
  });
});

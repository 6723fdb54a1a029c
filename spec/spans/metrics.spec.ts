import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type HistogramMetricData,
} from '@opentelemetry/sdk-metrics';
import OpenAI from 'openai';
import { agent, observe, span, tool, withOtel } from '../../src/index.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let provider: MeterProvider;
let exporter: InMemoryMetricExporter;

const start = (): void => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  metrics.setGlobalMeterProvider(provider);
};
beforeEach(() => {
  telemetry = startTelemetry();
  start();
});
afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints.filter((line) => !line.includes('whose request is not known'))).toEqual([]);
  metrics.disable();
  await provider.shutdown();
  await telemetry.stop();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What was measured, once the calls of this turn have been. */
async function measured(): Promise<HistogramMetricData[]> {
  await turn();
  await provider.forceFlush();
  return exporter.getMetrics().flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) => {
      expect(scope.scope.name).toBe('decotel');
      return scope.metrics as HistogramMetricData[];
    }),
  );
}

/** Of each metric, the attributes and counts of its points. */
async function points(): Promise<Record<string, [object, number][]>> {
  return Object.fromEntries(
    (await measured()).map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ attributes, value }) => [attributes, value.count]),
    ]),
  );
}

const MODEL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
};
const ONE_CALL = {
  'gen_ai.client.operation.duration': [[MODEL, 1]],
  'gen_ai.client.token.usage': [
    [{ ...MODEL, 'gen_ai.token.type': 'input' }, 1],
    [{ ...MODEL, 'gen_ai.token.type': 'output' }, 1],
  ],
};
const completion = (): object => openAiCompletion('Dune');
async function* chunks(): AsyncGenerator {
  for (const chunk of openAiChunks(['Du', 'ne']).slice(0, -1)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    yield chunk;
  }
}

describe('metrics of model calls', () => {
  it('are the histograms of the conventions, with their units and buckets', async () => {
    for await (const _ of withOtel(chunks)());
    const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    const tokens = Array.from({ length: 14 }, (_, power) => 4 ** power);
    const found = await measured();
    expect(
      Object.fromEntries(
        found.map(({ descriptor, dataPoints }) => [
          descriptor.name,
          [descriptor.unit, dataPoints[0]?.value.buckets.boundaries, dataPoints.map(({ value }) => value.count)],
        ]),
      ),
    ).toEqual({
      'gen_ai.client.operation.duration': ['s', seconds, [1]],
      'gen_ai.client.operation.time_to_first_chunk': ['s', seconds, [1]],
      'gen_ai.client.operation.time_per_output_chunk': ['s', seconds, [4]],
      'gen_ai.client.token.usage': ['{token}', tokens, [1, 1]],
    });
    const sums = Object.fromEntries(found.map((each) => [each.descriptor.name, each.dataPoints[0]?.value.sum ?? 0]));
    const {
      'gen_ai.client.operation.duration': whole = 0,
      'gen_ai.client.operation.time_to_first_chunk': first = 0,
      'gen_ai.client.operation.time_per_output_chunk': gaps = 0,
    } = sums;
    expect(first).toBeGreaterThan(0.015);
    expect(gaps).toBeGreaterThan(0.06);
    expect(first + gaps).toBeLessThanOrEqual(whole);
    expect(whole).toBeLessThan(5);
    const usage = found.find(({ descriptor }) => descriptor.name === 'gen_ai.client.token.usage');
    expect(usage?.dataPoints.map(({ value }) => value.sum)).toEqual([20, 7]);
  });

  it('count a call once, however many methods pass its answer on', async () => {
    const ask = withOtel(async () => completion());
    const twice = withOtel(() => ask());
    await agent({ name: 'a' })(() => twice())();
    expect(await points()).toEqual(ONE_CALL);
  });

  it('are not of tools, agents and plain spans', async () => {
    tool({ name: 't' })(() => 1)();
    agent({ name: 'a' })(() => completion())();
    span('s')(() => completion())();
    expect(await points()).toEqual({});
  });

  it('tell of which error a call failed', async () => {
    const fail = withOtel({ provider: 'openai' })(() => {
      throw Object.assign(new Error('private'), { status: 429 });
    });
    expect(fail).toThrow('private');
    expect(await points()).toEqual({
      'gen_ai.client.operation.duration': [
        [{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'error.type': '429' }, 1],
      ],
    });
  });

  it('are masked where the code of an error is a secret', async () => {
    const fail = withOtel({ provider: 'openai' })(() => {
      throw Object.assign(new Error('private'), { code: `sk-${'a1B2'.repeat(6)}` });
    });
    expect(fail).toThrow('private');
    expect(await points()).toEqual({
      'gen_ai.client.operation.duration': [
        [{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'error.type': '[masked]' }, 1],
      ],
    });
  });

  describe('through an observed client', () => {
    let server: Loopback;
    let client: OpenAI;
    beforeEach(async () => {
      server = await loopback((_, body) =>
        (body as { stream?: boolean }).stream ? { events: openAiChunks(['Du', 'ne']) } : { body: completion() },
      );
      client = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
    });
    afterEach(() => server.close());

    const CHAT = { model: 'gpt-5-mini', messages: [{ role: 'user' as const, content: 'Which book?' }] };

    it('are of one call where it fills the method’s span, and of each where there are several', async () => {
      await withOtel(async () => (await client.chat.completions.create(CHAT)).choices[0]?.message.content)();
      await withOtel(async () => {
        await Promise.all([client.chat.completions.create(CHAT), client.chat.completions.create(CHAT)]);
        return 'both';
      })();
      const { port } = new URL(server.url);
      const attributes = {
        ...MODEL,
        'gen_ai.request.model': 'gpt-5-mini',
        'server.address': '127.0.0.1',
        'server.port': Number(port),
      };
      expect(await points()).toEqual({
        'gen_ai.client.operation.duration': [[attributes, 3]],
        'gen_ai.client.token.usage': [
          [{ ...attributes, 'gen_ai.token.type': 'input' }, 3],
          [{ ...attributes, 'gen_ai.token.type': 'output' }, 3],
        ],
      });
    });

    it('are of a stream of the SDK’s that a method returns, once', async () => {
      const stream = await withOtel(() => client.chat.completions.create({ ...CHAT, stream: true }))();
      for await (const _ of stream);
      const counts = Object.entries(await points()).map(([name, found]) => [name, found.map(([, count]) => count)]);
      expect(Object.fromEntries(counts)).toEqual({
        'gen_ai.client.operation.duration': [1],
        'gen_ai.client.operation.time_to_first_chunk': [1],
        'gen_ai.client.operation.time_per_output_chunk': [4],
        'gen_ai.client.token.usage': [1, 1],
      });
    });
  });

  it('follow a provider that is replaced', async () => {
    await withOtel(async () => completion())();
    expect(await points()).toEqual(ONE_CALL);
    metrics.disable();
    await provider.shutdown();
    await withOtel(async () => completion())();
    start();
    await withOtel(async () => completion())();
    expect(await points()).toEqual(ONE_CALL);
  });

  it('are nobody’s where no meter provider is registered: the record is not put together for them', async () => {
    metrics.disable();
    const capture = jest.fn();
    await withOtel({ capture })(async () => completion())();
    expect(capture).toHaveBeenCalledTimes(1);
    expect(await points()).toEqual({});
  });
});

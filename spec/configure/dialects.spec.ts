import { context, propagation, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { CapturedAttributes } from '../../src/core/content.js';
import type { Dialect } from '../../src/dialects.js';
import { genAi } from '../../src/dialects/gen-ai.js';
import { viewOf } from '../../src/destinations/span-view.js';
import { configure, type DecotelHandle } from '../../src/configure.js';
import { withOtel } from '../../src/index.js';

const shout: Dialect = {
  name: 'shout',
  render: (record) => ({
    attributes: CapturedAttributes.of({ OUTCOME: record.outcome?.toUpperCase() }),
    events: [{ name: 'ENDED', attributes: CapturedAttributes.of({ LOUD: true }) }],
  }),
};

const ask = withOtel({ name: 'ask' })(() => 'The Name of the Wind');

let telemetry: DecotelHandle;
let exporter: InMemorySpanExporter;

function provider(...spanProcessors: SpanProcessor[]): BasicTracerProvider {
  return new BasicTracerProvider({ spanProcessors });
}

beforeEach(() => {
  exporter = new InMemorySpanExporter();
});

afterEach(async () => {
  await telemetry.shutdown();

  for (const api of [trace, context, propagation]) api.disable();
});

describe('the dialect of configure', () => {
  it("is what processors of decotel's own provider see, and no other", () => {
    telemetry = configure({
      processors: [new SimpleSpanProcessor(exporter)],
      dialects: [shout],
      dialect: 'shout',
    });
    ask();
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes).toEqual({ OUTCOME: 'COMPLETED' });
    expect(span?.events.map(({ name, attributes }) => [name, attributes])).toEqual([['ENDED', { LOUD: true }]]);
  });

  it('is written on the spans of a provider that decotel joined, beside what samplers decide on', () => {
    trace.setGlobalTracerProvider(provider(new SimpleSpanProcessor(exporter)));
    telemetry = configure({ processors: [], dialects: [shout], dialect: 'shout' });
    ask();
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes).toMatchObject({ OUTCOME: 'COMPLETED', 'gen_ai.operation.name': 'chat' });
    expect(span?.attributes).not.toHaveProperty(['decotel.outcome']);
    expect(span?.events.map((event) => event.name)).toEqual(['ENDED']);
  });

  it('leaves nothing in what a destination with another one gets', () => {
    trace.setGlobalTracerProvider(provider(new SimpleSpanProcessor(exporter)));
    telemetry = configure({ processors: [], dialects: [shout], dialect: 'shout' });
    ask();
    const [span] = exporter.getFinishedSpans();
    const view = span && viewOf(span, { dialect: genAi });
    expect(view?.attributes).toMatchObject({ 'decotel.outcome': 'completed', 'gen_ai.operation.name': 'chat' });
    expect(view?.attributes).not.toHaveProperty('OUTCOME');
    expect(view?.events).toEqual([]);
  });
});

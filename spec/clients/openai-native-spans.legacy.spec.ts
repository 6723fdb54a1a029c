import { SpanKind } from '@opentelemetry/api';
import { runChild } from '../support/child-program.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

const NATIVE = '@opentelemetry/instrumentation-openai';

/**
 * An application in CommonJS: the instrumentation is registered before the SDK is loaded. It prints the name of each
 * case and the spans of it that say anything of a model call.
 */
const PROGRAM = `
const { context, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
import { embeddings, observe, withOtel } from './src/index.js';
import { configure } from './src/configure.js';

const exporter = new InMemorySpanExporter();
const processors = [new SimpleSpanProcessor(exporter)];
if (process.env.PIPELINE === 'joined') {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: processors }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
}
const telemetry = configure({
  nativeSpans: process.env.NATIVE_SPANS,
  ...(process.env.PIPELINE === 'own' && { processors }),
});
telemetry.tracer.startSpan('first').end();
registerInstrumentations({ instrumentations: [new OpenAIInstrumentation()] });

const { OpenAI } = require('openai');
const client = new OpenAI({ baseURL: process.env.URL + '/v1', apiKey: 'k', maxRetries: 0 });
const seen = observe(client);
const messages = [{ role: 'user', content: 'Which book?' }];

const CALLS = {
  chat: (of) => of.chat.completions.create({ model: 'gpt-5-mini', messages }),
  stream: (of) =>
    of.chat.completions.create({ model: 'gpt-5-mini', messages, stream: true, stream_options: { include_usage: true } }),
  embeddings: (of) => of.embeddings.create({ model: 'text-embedding-3-small', input: 'Dune', encoding_format: 'float' }),
  responses: (of) => of.responses.create({ model: 'gpt-5-mini', input: 'Which book?' }),
  failing: (of) => of.chat.completions.create({ model: 'failing', messages }),
};

const read = async (value) => {
  const answer = await value;
  if (answer[Symbol.asyncIterator] !== undefined && typeof answer !== 'string') for await (const _ of answer);
  return 'read';
};

const MANNERS = {
  'decorated, returned': (kind, ask) => kind({ name: 'own' })(() => ask(client))(),
  'decorated, awaited': (kind, ask) => kind({ name: 'own' })(async () => await ask(client))(),
  'decorated, its text': (kind, ask) => kind({ name: 'own' })(async () => read(ask(client)))(),
  observed: (kind, ask) => ask(seen),
  'both, returned': (kind, ask) => kind({ name: 'own' })(() => ask(seen))(),
  'both, awaited': (kind, ask) => kind({ name: 'own' })(async () => await ask(seen))(),
  'both, its text': (kind, ask) => kind({ name: 'own' })(async () => read(ask(seen)))(),
  'both, after one of the client itself': (kind, ask) =>
    kind({ name: 'own' })(async () => {
      await read(ask(client));
      return read(ask(seen));
    })(),
  'both, twice': (kind, ask) =>
    kind({ name: 'own' })(async () => {
      await read(ask(seen));
      return read(ask(seen));
    })(),
  'both, twice at once': (kind, ask) =>
    kind({ name: 'own' })(async () => {
      await Promise.all([read(ask(seen)), read(ask(seen))]);
      return 'read';
    })(),
  neither: (kind, ask) => ask(client),
};

async function main() {
  for (const [call, ask] of Object.entries(CALLS)) {
    for (const [manner, run] of Object.entries(MANNERS)) {
      exporter.reset();
      const outcome = await read(run(call === 'embeddings' ? embeddings : withOtel, ask)).catch((error) => error.status);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const spans = exporter.getFinishedSpans().map((span) => ({
        scope: span.instrumentationScope.name,
        kind: span.kind,
        attributes: span.attributes,
      }));
      console.log(JSON.stringify({ call, manner, outcome, spans, open: telemetry.stats().openCalls }));
    }
  }
}
main();
`;

interface Case {
  call: string;
  manner: string;
  outcome: unknown;
  spans: { scope: string; kind: SpanKind; attributes: Record<string, unknown> }[];
  open: number;
}

let server: Loopback;

beforeAll(async () => {
  server = await loopback((path, body) => {
    const { model, stream } = body as { model?: string; stream?: boolean };
    if (model === 'failing') return { status: 401, body: { error: { message: 'no key', code: 'invalid_api_key' } } };
    if (path.endsWith('/embeddings')) return { body: EMBEDDINGS };
    if (path.endsWith('/responses')) return { body: RESPONSE };
    return stream === true ? { events: openAiChunks(['Du', 'ne']) } : { body: openAiCompletion('Dune') };
  });
});

afterAll(() => server.close());

const EMBEDDINGS = {
  object: 'list',
  model: 'text-embedding-3-small',
  data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
  usage: { prompt_tokens: 20, total_tokens: 20 },
};

const RESPONSE = {
  id: 'resp_7',
  object: 'response',
  status: 'completed',
  model: 'gpt-5-mini-2025-08-07',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Dune', annotations: [] }],
    },
  ],
  usage: { input_tokens: 20, output_tokens: 7, total_tokens: 27 },
};

/** Every case of one run of the program. */
async function run(pipeline: string, nativeSpans: string): Promise<Case[]> {
  const { ended } = runChild(PROGRAM, { PIPELINE: pipeline, NATIVE_SPANS: nativeSpans, URL: server.url });
  const { code, printed } = await ended;
  expect(code).toBe(0);
  return printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Case);
}

const isModelCall = ({ attributes }: Case['spans'][number]): boolean =>
  attributes['gen_ai.operation.name'] !== undefined || attributes['gen_ai.usage.input_tokens'] !== undefined;

/** Who said what of the model calls in it: scope, kind, operation and tokens of each span. */
const counted = ({ spans }: Case): unknown[] =>
  spans
    .filter(isModelCall)
    .map(({ scope, kind, attributes }) => [
      scope,
      kind,
      attributes['gen_ai.operation.name'],
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
    ]);

/** One model call, as one span has to report it. */
function reported(call: string, scope: string): unknown[] {
  if (call === 'failing') return [scope, SpanKind.CLIENT, 'chat', undefined, undefined];
  if (call === 'embeddings') return [scope, SpanKind.CLIENT, 'embeddings', 20, undefined];
  return [scope, SpanKind.CLIENT, 'chat', 20, 7];
}

const CALLS = ['chat', 'stream', 'embeddings', 'responses', 'failing'];

describe.each(['own', 'joined'])(
  "OpenTelemetry's instrumentation of OpenAI's SDK, on a provider that is %s",
  (pipeline) => {
    describe.each(['ours', 'theirs'])("nativeSpans: '%s'", (nativeSpans) => {
      let cases: Case[];
      beforeAll(async () => {
        cases = await run(pipeline, nativeSpans);
      }, 30_000);

      const casesOf = (manner: string): Case[] => cases.filter((one) => one.manner === manner);
      const native = (one: Case): Case['spans'] => one.spans.filter(({ scope }) => scope === NATIVE);
      const own = (one: Case): Case['spans'] => one.spans.filter(({ scope }) => scope === 'decotel');
      const whose = nativeSpans === 'ours' ? 'decotel' : NATIVE;

      it.each([
        'decorated, returned',
        'decorated, awaited',
        'observed',
        'both, returned',
        'both, awaited',
        'both, its text',
      ])('is one span of a model call: %s', (manner) => {
        expect(casesOf(manner).map(({ call }) => call)).toEqual(CALLS);
        for (const one of casesOf(manner)) {
          expect([one.call, counted(one)]).toEqual([one.call, [reported(one.call, whose)]]);
          // The other is there as well, and says nothing of a model call.
          expect([native(one), own(one)].map(({ length }) => length)).toEqual([1, 1]);
          const kind = nativeSpans === 'ours' ? SpanKind.CLIENT : SpanKind.INTERNAL;
          expect(own(one)[0]?.kind).toBe(kind);
        }
      });

      it('is left to the instrumentation, where only it sees the answer', () => {
        for (const one of casesOf('decorated, its text')) {
          const scope = one.call === 'failing' ? whose : NATIVE;
          expect([one.call, counted(one)]).toEqual([one.call, [reported(one.call, scope)]]);
        }
      });

      it('is left to the instrumentation, where decotel does not look', () => {
        for (const one of casesOf('neither')) expect(one.spans.map(({ scope }) => scope)).toEqual([NATIVE]);
        expect(casesOf('neither').map(counted)).toEqual(CALLS.map((call) => [reported(call, NATIVE)]));
      });

      it.each(['both, twice', 'both, twice at once'])('is one span for each of several calls: %s', (manner) => {
        const answered = casesOf(manner).filter(({ call }) => call !== 'failing');
        expect(answered).toHaveLength(4);
        for (const one of answered) {
          const each = [reported(one.call, whose), reported(one.call, whose)];
          expect([one.call, counted(one)]).toEqual([one.call, each]);
          expect(native(one)).toHaveLength(2);
        }
      });

      it('is one span for each of two calls of which one is not observed', () => {
        for (const one of casesOf('both, after one of the client itself').filter(({ call }) => call !== 'failing')) {
          expect([one.call, counted(one)]).toEqual([one.call, [reported(one.call, NATIVE), reported(one.call, whose)]]);
          expect(native(one)).toHaveLength(2);
        }
      });

      it('changes nothing for whoever calls, and leaves no call open', () => {
        expect(cases.map(({ outcome }) => outcome)).toEqual(
          cases.map(({ call }) => (call === 'failing' ? 401 : 'read')),
        );
        expect(cases.map(({ open }) => open)).toEqual(cases.map(() => 0));
        expect(cases).toHaveLength(55);
      });
    });
  },
);

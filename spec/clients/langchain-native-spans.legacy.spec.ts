import { runChild } from '../support/child-program.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

/** OpenTelemetry's instrumentation of the SDK that LangChain asks; it prints who counted what in each case. */
const PROGRAM = `
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');
const { InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
import { observe, withOtel } from './src/index.js';
import { configure } from './src/configure.js';
import { callbackHandler } from './src/langchain.js';

const exporter = new InMemorySpanExporter();
const telemetry = configure({ processors: [new SimpleSpanProcessor(exporter)] });
telemetry.tracer.startSpan('first').end();
registerInstrumentations({ instrumentations: [new OpenAIInstrumentation()] });
const { ChatOpenAI } = require('@langchain/openai');

const model = (fields) =>
  new ChatOpenAI({
    model: 'gpt-5-mini', apiKey: 'k', maxRetries: 0, configuration: { baseURL: process.env.URL + '/v1' }, ...fields,
  });
const bare = model();
const seen = observe(model());
const told = model({ callbacks: [callbackHandler] });

const read = async (value) => {
  const answer = await value;
  if (answer[Symbol.asyncIterator] !== undefined && typeof answer !== 'string') for await (const _ of answer);
};

const CASES = {
  'observed': () => seen.invoke('Which book?'),
  'observed, streamed': () => seen.stream('Which book?'),
  'decorated, bare': () => withOtel({ name: 'own' })(() => bare.invoke('Which book?'))(),
  'decorated, bare, streamed': () => withOtel({ name: 'own' })(() => bare.stream('Which book?'))(),
  'decorated, callbacks': () => withOtel({ name: 'own' })(() => told.invoke('Which book?'))(),
  'decorated, observed': () => withOtel({ name: 'own' })(() => seen.invoke('Which book?'))(),
  'decorated, observed, its text': () =>
    withOtel({ name: 'own' })(async () => (await seen.invoke('Which book?')).text)(),
};

async function main() {
  for (const [name, run] of Object.entries(CASES)) {
    exporter.reset();
    await read(run());
    await new Promise((resolve) => setTimeout(resolve, 5));
    const counted = exporter
      .getFinishedSpans()
      .filter(({ attributes }) => attributes['gen_ai.usage.input_tokens'] !== undefined)
      .map(({ instrumentationScope }) => instrumentationScope.name);
    console.log(JSON.stringify([name, counted]));
  }
}
main();
`;

let server: Loopback;

beforeAll(async () => {
  server = await loopback((_path, body) =>
    (body as { stream?: boolean }).stream === true
      ? { events: openAiChunks(['Du', 'ne']) }
      : { body: openAiCompletion('Dune') },
  );
});

afterAll(() => server.close());

it("counts a model call of LangChain once, where OpenAI's SDK is instrumented as well", async () => {
  const { code, printed } = await runChild(PROGRAM, { URL: server.url }).ended;
  expect([
    code,
    printed
      .split('\n')
      .filter((line) => line.startsWith('['))
      .map((line) => JSON.parse(line) as unknown),
  ]).toEqual([
    0,
    [
      ['observed', ['decotel']],
      ['observed, streamed', ['decotel']],
      ['decorated, bare', ['decotel']],
      ['decorated, bare, streamed', ['decotel']],
      ['decorated, callbacks', ['decotel']],
      ['decorated, observed', ['decotel']],
      ['decorated, observed, its text', ['decotel']],
    ],
  ]);
}, 30_000);

import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { finishedCall } from '../../src/core/finished.js';
import { modelCall, throughEngine } from '../support/decorated.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicEvents, openAiChunks } from '../support/wire.js';

const REMEDY = 'stream_options.include_usage';

let telemetry: Telemetry;
let server: Loopback;
let events: unknown[];

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback(() => ({ events }));
  events = openAiChunks(['Du', 'ne']).filter((event) => !hasUsage(event));
});
afterEach(async () => {
  await server.close();
  await telemetry.stop();
});

const hasUsage = (event: unknown): boolean => (event as { usage?: unknown }).usage != null;
const warnings = (): string[] => telemetry.complaints.filter((line) => line.includes('token counts'));
const usageKeys = (): string[] =>
  Object.keys(telemetry.spans[0]?.attributes ?? {}).filter((key) => key.includes('usage'));

/** What the console is told of the only span. */
const remedy = (): string | undefined => {
  const [span] = telemetry.spans;
  expect(telemetry.spans).toHaveLength(1);
  return span && finishedCall(span)?.record.usageRemedy;
};

const client = (): OpenAI => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 });
const body = { model: 'gpt-5-mini', messages: [{ role: 'user' as const, content: 'Which?' }], stream: true as const };

async function readAll(stream: unknown): Promise<number> {
  let chunks = 0;
  for await (const _ of stream as AsyncIterable<unknown>) chunks += 1;
  return chunks;
}

describe("a stream of OpenAI's wire format without usage", () => {
  it('has no token attributes, and says once how to get them', async () => {
    const ask = throughEngine(function askWithout() {
      return client().chat.completions.create(body);
    }, modelCall);
    await readAll(await ask());
    expect(usageKeys()).toEqual([]);
    expect(remedy()).toBe(REMEDY);
    telemetry.clear();
    await readAll(await ask());
    expect(warnings()).toEqual([
      'decotel: Spec.askWithout streamed an answer without token counts. Ask for them in the request: ' + `${REMEDY}.`,
    ]);
  });

  it('is named by its model where no method is known', async () => {
    await readAll(await observe(client()).chat.completions.create({ ...body, model: 'observed-alone' }));
    expect(remedy()).toBe(REMEDY);
    expect(warnings()[0]).toMatch(/^decotel: observed-alone streamed /);
  });

  it('is known to the method that the observed call fills', async () => {
    await throughEngine(async function fill() {
      await readAll(await observe(client()).chat.completions.create({ ...body, model: 'filling' }));
      return 'Dune';
    }, modelCall)();
    expect(remedy()).toBe(REMEDY);
    expect(warnings()).toHaveLength(1);
  });

  it('counts for legacy completions too', async () => {
    events = [
      { id: 'c', object: 'text_completion', model: 'm', choices: [{ index: 0, text: 'Dune', finish_reason: 'stop' }] },
    ];
    const asked = { model: 'completing', prompt: 'Which?', stream: true as const };
    await readAll(await observe(client()).completions.create(asked));
    expect(remedy()).toBe(REMEDY);
  });
});

describe('no usage is asked for', () => {
  const ask = (): unknown =>
    throughEngine(function askAgain() {
      return client().chat.completions.create(body);
    }, modelCall)();

  it('where it came', async () => {
    events = openAiChunks(['Dune']);
    await readAll(await ask());
    expect(telemetry.spans[0]?.attributes['gen_ai.usage.output_tokens']).toBe(7);
    expect(remedy()).toBeUndefined();
  });

  it('of a stream that its consumer left', async () => {
    for await (const _ of (await ask()) as AsyncIterable<unknown>) break;
    expect(telemetry.spans[0]?.attributes['decotel.outcome']).toBe('cancelled');
    expect(remedy()).toBeUndefined();
  });

  it('of a stream that failed', async () => {
    events = [...events.slice(0, 2), { error: { message: 'Gone' } }];
    await expect((async () => readAll(await ask()))()).rejects.toThrow('Gone');
    expect(remedy()).toBeUndefined();
  });

  it("of a stream in another provider's wire format", async () => {
    async function* stream(): AsyncGenerator {
      for (const event of anthropicEvents(['Dune'])) {
        const { usage: _, ...silent } = event as { usage?: unknown };
        yield silent;
      }
    }
    await readAll(throughEngine(stream, modelCall)());
    expect(remedy()).toBeUndefined();
  });

  afterEach(() => expect(warnings()).toEqual([]));
});

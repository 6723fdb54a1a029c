import Groq from 'groq-sdk';
import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

/** The SDKs' `fetch` option: nothing leaves the process, and the host asked is a real one. */
const answering = (body: object) => (): Promise<Response> =>
  Promise.resolve(new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }));

const options = (body: object = openAiCompletion('Dune')) => ({ apiKey: 'k', maxRetries: 0, fetch: answering(body) });
const messages = [{ role: 'user' as const, content: 'Which book?' }];
const body = { model: 'm', messages };

describe('gen_ai.provider.name of an observed client', () => {
  it.each([
    ['https://api.openai.com/v1', 'openai'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.deepseek.com', 'deepseek'],
    ['https://api.x.ai/v1', 'x_ai'],
    ['https://api.perplexity.ai', 'perplexity'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['https://router.huggingface.co/v1', 'huggingface'],
    ['https://gateway.example.com/v1', 'openai'],
  ])('of %s is %s', async (baseURL, name) => {
    await observe(new OpenAI({ ...options(), baseURL })).chat.completions.create(body);
    expect(telemetry.span('chat m').attributes['gen_ai.provider.name']).toBe(name);
  });

  it('of an embeddings server is told by its host too', async () => {
    const answer = {
      object: 'list',
      model: 'm',
      data: [{ object: 'embedding', embedding: [0.5] }],
      usage: { total_tokens: 3 },
    };
    const client = observe(new OpenAI({ ...options(answer), baseURL: 'https://api.voyageai.com/v1' }));
    await client.embeddings.create({ model: 'm', input: 'A book', encoding_format: 'float' });
    const { attributes } = telemetry.span('embeddings m');
    expect(attributes).toMatchObject({ 'gen_ai.provider.name': 'voyageai', 'decotel.usage.total_tokens': 3 });
    expect(attributes).not.toHaveProperty(['gen_ai.usage.input_tokens']);
  });

  it('is told by the class of Groq, behind any gateway', async () => {
    const client = observe(new Groq({ ...options(), baseURL: 'https://gateway.example.com' }));
    await client.chat.completions.create(body);
    expect(telemetry.span('chat m').attributes['gen_ai.provider.name']).toBe('groq');
  });
});

describe('gen_ai.provider.name of a decorated method', () => {
  const nameFor = async (baseURL: string, isObserved: boolean): Promise<unknown> => {
    const client = new OpenAI({ ...options(), baseURL });
    const { chat } = isObserved ? observe(client) : client;
    await withOtel({ name: 'ask', provider: 'together_ai' })(() => chat.completions.create(body))();
    const [span] = telemetry.spans;
    telemetry.clear();
    return span?.attributes['gen_ai.provider.name'];
  };

  it('is what its options say, where nothing tells but the shape of the wire', async () => {
    expect(await nameFor('https://gateway.example.com/v1', false)).toBe('together_ai');
    expect(await nameFor('https://gateway.example.com/v1', true)).toBe('together_ai');
  });

  it('is what the host tells, where it does', async () => {
    expect(await nameFor('https://api.deepseek.com', true)).toBe('deepseek');
  });
});

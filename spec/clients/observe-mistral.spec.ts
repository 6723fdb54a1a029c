import { Mistral } from '@mistralai/mistralai';
import { observe } from '../../src/clients/observe.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: Reply;
let client: Mistral;

const CHAT = { model: 'mistral-small-latest', messages: [{ role: 'user' as const, content: 'Which book?' }] };

const piece = (content: string): object => ({
  id: 'a',
  object: 'chat.completion.chunk',
  model: 'mistral-small-2603',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
});

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback(() => reply);
  client = observe(new Mistral({ apiKey: 'k', serverURL: server.url, retryConfig: { strategy: 'none' } }));
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await server.close();
  await telemetry.stop();
});

describe('a call of Mistral’s client', () => {
  it('is seen through resources that are made when they are first asked for', async () => {
    reply = { body: openAiCompletion('Dune') };
    const { choices } = await client.chat.complete({ ...CHAT, maxTokens: 9 });
    expect(choices[0]?.message?.content).toBe('Dune');
    expect(parsedAttributes(telemetry.span('chat mistral-small-latest'))).toMatchObject({
      'gen_ai.provider.name': 'mistral_ai',
      'gen_ai.request.max_tokens': 9,
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }],
      'decotel.outcome': 'completed',
    });
  });

  it('keeps provider and model of a call that fails', async () => {
    reply = { status: 429, body: { message: 'slow down' } };
    await expect(client.chat.complete(CHAT)).rejects.toThrow(/429/);
    expect(parsedAttributes(telemetry.span('chat mistral-small-latest'))).toMatchObject({
      'gen_ai.provider.name': 'mistral_ai',
      'gen_ai.request.model': 'mistral-small-latest',
      'error.type': '429',
      'decotel.outcome': 'error',
    });
  });

  it('streams as before, and ends where its reader leaves', async () => {
    reply = { events: [piece('Du'), piece('ne')], pauseMs: 5 };
    for await (const { data } of await client.chat.stream(CHAT)) {
      if (data.choices[0]?.delta.content === 'Du') break;
    }
    expect(parsedAttributes(telemetry.span('chat mistral-small-latest'))).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.output.messages': [
        { role: 'assistant', parts: [{ type: 'text', content: 'Du' }], finish_reason: 'error' },
      ],
      'decotel.outcome': 'cancelled',
    });
  });
});

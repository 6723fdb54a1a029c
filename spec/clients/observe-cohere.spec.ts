import { CohereClient, CohereClientV2, CohereError } from 'cohere-ai';
import { observe } from '../../src/clients/observe.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { fixture } from '../support/fixtures.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: Reply;
let client: CohereClientV2;

const CHAT = { model: 'command-a-03-2025', messages: [{ role: 'user' as const, content: 'Which book?' }] };

beforeEach(async () => {
  telemetry = startTelemetry();
  reply = { body: fixture('cohere', 'weather', 'response') };
  server = await loopback(() => reply);
  client = observe(new CohereClientV2({ token: 'k', environment: server.url, maxRetries: 0 }));
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await server.close();
  await telemetry.stop();
});

describe('a promise of Cohere’s SDK', () => {
  it.each([
    ['await', async () => client.chat(CHAT)],
    ['catch', () => client.chat(CHAT).catch(() => undefined)],
    ['finally', () => client.chat(CHAT).finally(() => undefined)],
    ['withRawResponse', () => client.chat(CHAT).withRawResponse()],
  ])('ends the call where it is asked by %s', async (_, ask) => {
    await ask();
    expect(parsedAttributes(telemetry.span('chat command-a-03-2025'))).toMatchObject({
      'gen_ai.provider.name': 'cohere',
      'gen_ai.response.finish_reasons': ['TOOL_CALL'],
      'gen_ai.usage.input_tokens': 57,
      'decotel.usage.tokens.input_tokens': 1490,
      'decotel.outcome': 'completed',
    });
  });

  it('rejects with the SDK’s own error, whose handler sees it once', async () => {
    reply = { status: 429, body: { message: 'slow down' } };
    const failure: unknown = await client.chat(CHAT).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CohereError);
    expect(parsedAttributes(telemetry.span('chat command-a-03-2025'))).toMatchObject({
      'gen_ai.provider.name': 'cohere',
      'gen_ai.request.model': 'command-a-03-2025',
      'error.type': '429',
      'decotel.outcome': 'error',
    });
  });
});

describe('a call of Cohere’s client', () => {
  it('of v1 needs no model', async () => {
    reply = { body: fixture('cohere', 'old-weather', 'response') };
    const old = observe(new CohereClient({ token: 'k', environment: server.url, maxRetries: 0 }));
    const { text } = await old.chat({ message: 'Hi' });
    expect(text).toBe('Let me look.');
    expect(parsedAttributes(telemetry.span('chat'))).toMatchObject({
      'gen_ai.provider.name': 'cohere',
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
    });
  });

  it('through a resource is seen as well, and a stream that its reader leaves is cancelled', async () => {
    reply = { events: fixture('cohere', 'weather', 'stream') };
    const { v2 } = observe(new CohereClient({ token: 'k', environment: server.url, maxRetries: 0 }));
    for await (const event of await v2.chatStream(CHAT)) {
      if (event.type === 'content-delta') break;
    }
    const attributes = parsedAttributes(telemetry.span('chat command-a-03-2025'));
    expect(attributes).toMatchObject({ 'gen_ai.request.stream': true, 'decotel.outcome': 'cancelled' });
    expect(attributes['gen_ai.output.messages']).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool_plan', content: 'I will look up both places.' },
          { type: 'reasoning', content: 'Two places' },
        ],
        finish_reason: 'error',
      },
    ]);
  });

  it('that puts documents in order is a retrieval', async () => {
    reply = { body: fixture('cohere', 'order', 'response') };
    await client.rerank({ model: 'rerank-v3.5', query: 'Vienna', documents: ['Graz', 'Vienna'], topN: 1 });
    const attributes = parsedAttributes(telemetry.span('retrieval rerank-v3.5'));
    expect(attributes).toMatchObject({
      'decotel.usage.billed_units.search_units': 1,
      'gen_ai.request.top_k': 1,
      'gen_ai.retrieval.top_k': 1,
      'gen_ai.retrieval.query.text': 'Vienna',
      'gen_ai.retrieval.documents': [{ id: '1', score: 0.75809944 }],
    });
    expect(attributes).not.toHaveProperty(['decotel.result']);
    expect(attributes).not.toHaveProperty(['gen_ai.usage.input_tokens']);
  });
});

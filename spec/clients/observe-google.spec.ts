import { GoogleGenAI } from '@google/genai';
import { observe } from '../../src/clients/observe.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { fixture } from '../support/fixtures.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: Reply;

const REQUEST = { model: 'gemini-3', contents: 'Which book?' };

/** Without a `fetch` the SDK looks for Node's own dispatcher, which jest's sandbox does not have. */
function client(vertexai = false): GoogleGenAI {
  return observe(new GoogleGenAI({ vertexai, apiKey: 'test', httpOptions: { baseUrl: server.url, fetch } }));
}

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback(() => reply);
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await server.close();
  await telemetry.stop();
});

describe('Google’s client, observed', () => {
  it.each([
    ['gcp.gemini', false],
    ['gcp.vertex_ai', true],
  ])('names %s, which the answer does not', async (name, vertexai) => {
    reply = { body: fixture('google', 'trip', 'response') };
    await client(vertexai).models.generateContent(REQUEST);
    expect(parsedAttributes(telemetry.span('generate_content gemini-3'))).toMatchObject({
      'gen_ai.provider.name': name,
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }],
      'gen_ai.usage.input_tokens': 130,
    });
  });

  it('knows a stream that failed by the method that asked for it', async () => {
    reply = { status: 404, body: { error: { code: 404, message: 'no such model', status: 'NOT_FOUND' } } };
    await expect(client().models.generateContentStream(REQUEST)).rejects.toThrow('no such model');
    expect(parsedAttributes(telemetry.span('generate_content gemini-3'))).toMatchObject({
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.request.stream': true,
      'error.type': '404',
      'decotel.outcome': 'error',
    });
    await expect(client().models.generateContent(REQUEST)).rejects.toThrow('no such model');
    expect(telemetry.spans[1]?.attributes).not.toHaveProperty(['gen_ai.request.stream']);
  });

  it('keeps what came of a stream that is left early', async () => {
    reply = { events: fixture('google', 'trip', 'stream') };
    for await (const { candidates } of await client().models.generateContentStream(REQUEST)) {
      if (candidates?.[0]?.content?.parts?.length === 2) break;
    }
    expect(parsedAttributes(telemetry.span('generate_content gemini-3'))).toMatchObject({
      'decotel.outcome': 'cancelled',
      'decotel.stream.chunks': 2,
      'gen_ai.output.messages': [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'I count the nights first.' },
            { type: 'text', content: 'Let me ' },
          ],
          finish_reason: 'error',
        },
      ],
    });
  });

  it('reads an interaction, whose request looks like OpenAI’s', async () => {
    reply = { events: fixture('google', 'hike', 'stream') };
    const stream = await client().interactions.create({ model: 'gemini-3', input: 'How high is it?', stream: true });
    const seen: unknown[] = [];
    for await (const event of stream) seen.push(event.event_type);
    expect(seen).toHaveLength(fixture('google', 'hike', 'stream').length);
    expect(parsedAttributes(telemetry.span('generate_content gemini-3'))).toMatchObject({
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.response.id': 'v1_1',
      'gen_ai.response.finish_reasons': ['requires_action'],
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'How high is it?' }] }],
    });
  });

  it('reads embeddings', async () => {
    reply = { body: { embeddings: [{ values: [0.1, 0.2] }] } };
    await client().models.embedContent({ model: 'gemini-embedding-001', contents: ['Dune'] });
    expect(telemetry.span('embeddings gemini-embedding-001').attributes).toMatchObject({
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.embeddings.dimension.count': 2,
    });
  });

  it('leaves alone what asks no model, though it takes the same', async () => {
    reply = { body: { totalTokens: 3 } };
    expect(await client().models.countTokens(REQUEST)).toMatchObject({ totalTokens: 3 });
    expect(telemetry.spans).toEqual([]);
  });
});

import { Ollama } from 'ollama';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { observe } from '../../src/clients/observe.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { modelCall, throughEngine } from '../support/decorated.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
let server: Server;
let reply: (response: ServerResponse, body: Record<string, unknown>) => void;
let ollama: Ollama;

const CHAT = { model: 'llama3', messages: [{ role: 'user', content: 'Which book?' }] };
const chunk = (content: string, rest: object = { done: false }): string =>
  `${JSON.stringify({ model: 'llama3', created_at: 'now', message: { role: 'assistant', content }, ...rest })}\n`;
const END = { done: true, done_reason: 'stop', prompt_eval_count: 20, eval_count: 7 };

beforeEach(async () => {
  telemetry = startTelemetry();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => reply(response, JSON.parse(body) as Record<string, unknown>));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ollama = new Ollama({ host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await telemetry.stop();
});

describe('Ollama’s client, observed', () => {
  it('names the provider of a plain request that fails', async () => {
    reply = (response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"no such model"}');
    await expect(observe(ollama).chat(CHAT)).rejects.toThrow('no such model');
    expect(parsedAttributes(telemetry.span('chat llama3'))).toMatchObject({
      'gen_ai.provider.name': 'ollama',
      'gen_ai.request.model': 'llama3',
      'decotel.outcome': 'error',
    });
  });

  it('keeps the pictures out, which the SDK writes into the request as base64', async () => {
    reply = (response) => response.end(chunk('A cat', END));
    const picture = new Uint8Array(900).fill(7);
    await observe(ollama).chat({
      model: 'llava',
      messages: [{ role: 'user', content: 'What is it?', images: [picture] }],
    });
    expect(parsedAttributes(telemetry.span('chat llava'))).toMatchObject({
      'gen_ai.input.messages': [
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'What is it?' },
            { type: 'blob', modality: 'image', content: '', bytes: 900 },
          ],
        },
      ],
      'gen_ai.usage.input_tokens': 20,
    });
  });

  it('counts a stream once, whose answer has no id, where a generator passes its chunks on', async () => {
    reply = (response) => response.end(chunk('Du') + chunk('ne', END));
    const seen = observe(ollama);
    const passOn = throughEngine(async function* passOn(isWhole: boolean) {
      for await (const piece of await seen.chat({ ...CHAT, stream: true })) {
        if (isWhole || !piece.done) yield { ...piece };
      }
    }, modelCall);
    for await (const piece of passOn(true)) expect(piece.model).toBe('llama3');
    for await (const piece of passOn(false)) expect(piece.done).toBe(false);
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['passOn', 'passOn']);
    for (const span of telemetry.spans) {
      expect(parsedAttributes(span)).toMatchObject({
        'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }],
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 7,
      });
    }
  });

  it('counts a stream once that a generator passes on before it asks once more', async () => {
    let count = 7;
    reply = (response) => response.end(chunk('Dune', { ...END, eval_count: count++ }));
    const seen = observe(ollama);
    const first = throughEngine(async function* first() {
      yield* await seen.chat({ ...CHAT, stream: true });
      const title = await seen.chat(CHAT);
      expect(title.model).toBe('llama3');
    }, modelCall);
    for await (const piece of first()) expect(piece.model).toBe('llama3');
    expect(telemetry.spans.map(({ name, attributes }) => [name, attributes['gen_ai.usage.output_tokens']])).toEqual([
      ['chat llama3', 7],
      ['chat llama3', 8],
      ['first', undefined],
    ]);
  });

  it('reads embeddings', async () => {
    reply = (response) => response.end('{"model":"nomic","embeddings":[[0.1,0.2]],"prompt_eval_count":4}');
    await observe(ollama).embed({ model: 'nomic', input: 'Dune' });
    expect(telemetry.spans[0]?.attributes).toMatchObject({
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'ollama',
      'gen_ai.embeddings.dimension.count': 2,
      'gen_ai.usage.input_tokens': 4,
    });
  });
});

describe('Ollama’s stream, returned', () => {
  it('is the object that the SDK made, and ends the call with it', async () => {
    reply = (response) => response.end(chunk('Du') + chunk('ne') + chunk('', END));
    let sent: unknown;
    const ask = throughEngine(async function ask(request: typeof CHAT) {
      const stream = await ollama.chat({ ...request, stream: true });
      sent = stream;
      return stream;
    }, modelCall);
    const stream = await ask(CHAT);
    expect(stream).toBe(sent);
    expect(openCallCount()).toBe(1);
    let text = '';
    for await (const { message } of stream) text += message.content;
    expect(text).toBe('Dune');
    expect(telemetry.span('ask').attributes).toMatchObject({
      'gen_ai.provider.name': 'ollama',
      'gen_ai.request.stream': true,
      'gen_ai.usage.output_tokens': 7,
      'decotel.stream.chunks': 3,
      'decotel.outcome': 'completed',
    });
  });

  it('is aborted by its own method', async () => {
    reply = (response) => response.write(chunk('Du'));
    const ask = throughEngine((request: typeof CHAT) => ollama.chat({ ...request, stream: true }), modelCall);
    const stream = await ask(CHAT);
    const read = async (): Promise<void> => {
      for await (const _ of stream) stream.abort();
    };
    await expect(read()).rejects.toThrow(/abort/i);
    expect(telemetry.spans[0]?.attributes['decotel.outcome']).toBe('aborted');
  });

  it('fails with an error that arrives inside it', async () => {
    reply = (response) => response.end(`${chunk('Du')}{"error":"out of memory"}\n`);
    const ask = throughEngine((request: typeof CHAT) => ollama.chat({ ...request, stream: true }), modelCall);
    const stream = await ask(CHAT);
    const read = async (): Promise<number> => {
      let count = 0;
      for await (const _ of stream) count++;
      return count;
    };
    await expect(read()).rejects.toThrow('out of memory');
    expect(telemetry.spans[0]?.attributes['decotel.outcome']).toBe('error');
  });
});

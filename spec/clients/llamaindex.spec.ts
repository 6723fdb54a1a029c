import { Settings } from '@llamaindex/core/global';
import { tool } from '@llamaindex/core/tools';
import { OpenAI } from '@llamaindex/openai';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import OpenAiSdk from 'openai';
import { z } from 'zod';
import { observe } from '../../src/clients/observe.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: (path: string, body: unknown, index: number) => Reply;
let llm: OpenAI;

const MESSAGES = [{ role: 'user' as const, content: 'Which book?' }];

/** LlamaIndex imports its SDK when it is first needed, which jest's sandbox does not allow: it is given one. */
function model(): OpenAI {
  const session = new OpenAiSdk({ apiKey: 'k', baseURL: `${server.url}/v1`, maxRetries: 0 });
  return new OpenAI({
    model: 'gpt-4.1-mini',
    temperature: 0.5,
    maxTokens: 64,
    session: session as unknown as NonNullable<ConstructorParameters<typeof OpenAI>[0]>['session'],
    additionalChatOptions: { stream_options: { include_usage: true }, seed: 3 } as object,
  });
}

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((...request) => reply(...request));
  llm = observe(model());
  reply = (_path, body) =>
    (body as { stream?: boolean }).stream === true
      ? { events: openAiChunks(['Du', 'ne']) }
      : { body: openAiCompletion('Dune') };
});

afterEach(async () => {
  const open = openCallCount();
  await server.close();
  await telemetry.stop();
  expect(open).toBe(0);
  expect(telemetry.complaints).toEqual([]);
});

const QUESTION = [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }];

const ATTRIBUTES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4.1-mini',
  'gen_ai.request.temperature': 0.5,
  'gen_ai.request.max_tokens': 64,
  'gen_ai.request.seed': 3,
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
  'gen_ai.response.id': 'chatcmpl-7',
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 20,
  'gen_ai.usage.cache_read.input_tokens': 8,
  'gen_ai.usage.output_tokens': 7,
  'gen_ai.usage.reasoning.output_tokens': 3,
  'gen_ai.input.messages': QUESTION,
  'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'stop' }],
  'decotel.outcome': 'completed',
};

async function readAll(stream: AsyncIterable<{ delta: string }>): Promise<string> {
  let text = '';
  for await (const { delta } of stream) text += delta;
  return text;
}

describe('a model of LlamaIndex', () => {
  it('is the model itself', () => {
    const plain = model();
    const own = Object.keys(plain);
    expect(observe(plain)).toBe(plain);
    expect(observe(observe(plain))).toBe(plain);
    expect(plain).toBeInstanceOf(OpenAI);
    expect(Object.keys(plain)).toEqual(own);
    expect(plain.metadata.model).toBe('gpt-4.1-mini');
  });

  it('has one span per call, with the model’s parameters, streamed and not', async () => {
    const { message } = await llm.chat({ messages: MESSAGES });
    expect(message.content).toBe('Dune');
    const span = telemetry.span('chat gpt-4.1-mini');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(parsedAttributes(span)).toMatchObject(ATTRIBUTES);
    telemetry.clear();

    expect(await readAll(await llm.chat({ messages: MESSAGES, stream: true }))).toBe('Dune');
    expect(telemetry.spans).toHaveLength(1);
    expect(parsedAttributes(telemetry.span('chat gpt-4.1-mini'))).toMatchObject({
      ...ATTRIBUTES,
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': expect.any(Number) as number,
    });
  });

  it('sees the calls that the model makes of itself, and who else asks it', async () => {
    expect((await llm.complete({ prompt: 'Which book?' })).text).toBe('Dune');
    let text = '';
    for await (const piece of await llm.complete({ prompt: 'Which book?', stream: true })) text += piece.text;
    expect(text).toBe('Dune');
    await Settings.withLLM(llm, () => Settings.llm.chat({ messages: MESSAGES }));
    expect(telemetry.spans).toHaveLength(3);
    for (const span of telemetry.spans) expect(parsedAttributes(span)).toMatchObject(ATTRIBUTES);
  });

  it('records tool calls, their results and the tools of an agent’s steps', async () => {
    const lookUp = tool(({ isbn }: { isbn: string }) => `found ${isbn}`, {
      name: 'lookUp',
      description: 'Looks a book up',
      parameters: z.object({ isbn: z.string() }),
    });
    const asking = { ...(openAiCompletion('') as { choices: object[] }) };
    asking.choices = [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          tool_calls: ['1', '2'].map((isbn) => ({
            id: `call_${isbn}`,
            type: 'function',
            function: { name: 'lookUp', arguments: JSON.stringify({ isbn }) },
          })),
        },
        finish_reason: 'tool_calls',
      },
    ];
    reply = (_path, _body, index) => ({ body: index === 0 ? asking : openAiCompletion('Dune') });
    const messages = [...MESSAGES];
    const step = await llm.exec({ messages, tools: [lookUp] });
    await llm.exec({ messages: [...messages, ...step.newMessages], tools: [lookUp] });
    expect(telemetry.spans).toHaveLength(2);
    const [first, second] = telemetry.spans.map(parsedAttributes);
    const calls = ['1', '2'].map((isbn) => ({
      type: 'tool_call',
      id: `call_${isbn}`,
      name: 'lookUp',
      arguments: { isbn },
    }));
    expect(first).toMatchObject({
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.output.messages': [{ role: 'assistant', parts: calls, finish_reason: 'tool_calls' }],
      'gen_ai.tool.definitions': [{ type: 'function', name: 'lookUp', description: 'Looks a book up' }],
    });
    expect(second?.['gen_ai.input.messages']).toEqual([
      QUESTION[0],
      { role: 'assistant', parts: calls },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'found 1' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_2', response: 'found 2' }] },
    ]);
  });

  it('ends where the reader of a stream leaves, and with the status of a call that fails', async () => {
    for await (const { delta } of await llm.chat({ messages: MESSAGES, stream: true })) if (delta === 'Du') break;
    expect(parsedAttributes(telemetry.span('chat gpt-4.1-mini'))).toMatchObject({
      'gen_ai.output.messages': [{ parts: [{ type: 'text', content: 'Du' }], finish_reason: 'error' }],
      'decotel.outcome': 'cancelled',
    });
    telemetry.clear();
    reply = () => ({ status: 429, body: { error: { message: 'slow down', type: 'rate_limit', code: 'rate_limit' } } });
    await expect(llm.chat({ messages: MESSAGES })).rejects.toThrow(/slow down/);
    const span = telemetry.span('chat gpt-4.1-mini');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({ 'error.type': '429', 'gen_ai.provider.name': 'openai' });
  });

  it('fills the span of a decorated method that returns the answer, its text or the stream', async () => {
    class Librarian {
      @withOtel()
      async answer() {
        return llm.chat({ messages: MESSAGES });
      }
      @withOtel()
      async text() {
        return (await llm.complete({ prompt: 'Which book?' })).text;
      }
      @withOtel()
      async stream() {
        return llm.chat({ messages: MESSAGES, stream: true });
      }
    }
    const librarian = new Librarian();
    expect((await librarian.answer()).message.content).toBe('Dune');
    expect(await librarian.text()).toBe('Dune');
    expect(await readAll(await librarian.stream())).toBe('Dune');
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['answer', 'text', 'stream']);
    for (const span of telemetry.spans) expect(parsedAttributes(span)).toMatchObject(ATTRIBUTES);
  });
});

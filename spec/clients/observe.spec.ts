import Anthropic from '@anthropic-ai/sdk';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { collectUntil } from '../support/collect.js';
import { agentCall, modelCall, throughEngine } from '../support/decorated.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicEvents, anthropicMessage, openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: (path: string, body: unknown, index: number) => Reply;
let openai: OpenAI;
let anthropic: Anthropic;

const MESSAGES = [{ role: 'user' as const, content: 'Which book?' }];
const CHAT = { model: 'gpt-5-mini', messages: MESSAGES };

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((...request) => reply(...request));
  openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
  anthropic = observe(new Anthropic({ baseURL: server.url, apiKey: 'k', maxRetries: 0 }));
  reply = (path, body) => {
    const isStream = (body as { stream?: boolean }).stream === true;
    if (path.includes('/chat/completions')) {
      return isStream ? { events: openAiChunks(['Du', 'ne']) } : { body: openAiCompletion('Dune') };
    }
    return isStream ? { events: anthropicEvents(['Du', 'ne']) } : { body: anthropicMessage('Dune') };
  };
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await server.close();
  await telemetry.stop();
});

const llmSpans = (): ReadableSpan[] =>
  telemetry.spans.filter((span) => span.attributes['gen_ai.operation.name'] === 'chat');

const OPENAI_ATTRIBUTES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
  'gen_ai.response.id': 'chatcmpl-7',
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 20,
  'gen_ai.usage.cache_read.input_tokens': 8,
  'gen_ai.usage.output_tokens': 7,
  'gen_ai.usage.reasoning.output_tokens': 3,
  'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }],
  'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'stop' }],
  'server.address': '127.0.0.1',
  'decotel.outcome': 'completed',
};

describe('the same client', () => {
  it('is the same object again, an instance of its class, and observes its copies', () => {
    const plain = new OpenAI({ apiKey: 'k' });
    const seen = observe(plain);
    expect(observe(seen)).toBe(seen);
    expect(observe(plain)).toBe(seen);
    expect(seen).toBeInstanceOf(OpenAI);
    expect(seen.chat.completions).toBe(seen.chat.completions);
    expect(seen.chat.completions.create.name).toBe(plain.chat.completions.create.name);
    const copy = seen.withOptions({ maxRetries: 3 });
    expect(observe(copy)).toBe(copy);
    expect(copy.maxRetries).toBe(3);
    seen.maxRetries = 1;
    expect(plain.maxRetries).toBe(1);
    expect(Reflect.ownKeys(plain.chat.completions)).toEqual(
      Reflect.ownKeys(new OpenAI({ apiKey: 'k' }).chat.completions),
    );
  });

  it('is what a method gives that gives its own object', async () => {
    class Client {
      readonly #answers: string[] = [];
      add(answer: string): this {
        this.#answers.push(answer);
        return this;
      }
      create(_body: object): Promise<object> {
        return Promise.resolve(openAiCompletion(this.#answers.join(' ')));
      }
    }
    const seen = observe(new Client());
    expect(seen.add('Dune')).toBe(seen);
    await seen.add('and more').create(CHAT);
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))['gen_ai.output.messages']).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Dune and more' }], finish_reason: 'stop' },
    ]);
  });

  it('refuses what is no client, with the remedy', () => {
    expect(() => observe('client' as never)).toThrow(/expected the client of an SDK, got string/);
  });
});

describe('a call of an observed client on its own', () => {
  it('has a span of its own, named after operation and model', async () => {
    await openai.chat.completions.create(CHAT);
    const span = telemetry.span('chat gpt-5-mini');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(parsedAttributes(span)).toMatchObject(OPENAI_ATTRIBUTES);
  });

  it('has the text that the model gave a custom tool, whole and streamed', async () => {
    const tools = [{ type: 'custom' as const, custom: { name: 'shell' } }];
    const chunk = (call: object): object => ({
      id: 'chatcmpl-7',
      object: 'chat.completion.chunk',
      model: 'gpt-5',
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: null }],
    });
    const whole = { id: 'call_1', type: 'custom', custom: { name: 'shell', input: 'ls -l' } };
    reply = (_, body) =>
      (body as { stream?: boolean }).stream === true
        ? {
            events: [
              chunk({ id: 'call_1', type: 'custom', custom: { name: 'shell', input: 'ls' } }),
              { ...chunk({ custom: { input: ' -l' } }), usage: { prompt_tokens: 20, completion_tokens: 7 } },
              '[DONE]',
            ],
          }
        : {
            body: {
              ...openAiCompletion(''),
              choices: [
                {
                  index: 0,
                  message: { role: 'assistant', content: null, tool_calls: [whole] },
                  finish_reason: 'tool_calls',
                },
              ],
            },
          };
    await openai.chat.completions.create({ ...CHAT, tools });
    for await (const _ of await openai.chat.completions.create({ ...CHAT, tools, stream: true }));
    const called = { type: 'tool_call', id: 'call_1', name: 'shell', arguments: 'ls -l' };
    for (const span of telemetry.spans) {
      expect(parsedAttributes(span)).toMatchObject({
        'gen_ai.tool.definitions': [{ type: 'custom', name: 'shell' }],
        'gen_ai.output.messages': [{ role: 'assistant', parts: [called] }],
      });
    }
    expect(telemetry.spans).toHaveLength(2);
  });

  it('has its own span below an agent', async () => {
    const run = throughEngine(async function run() {
      const completion = await openai.chat.completions.create(CHAT);
      return completion.choices[0]?.message.content;
    }, agentCall);
    expect(await run()).toBe('Dune');
    const agent = telemetry.span('run');
    expect(telemetry.span('chat gpt-5-mini').parentSpanContext?.spanId).toBe(agent.spanContext().spanId);
    expect(agent.attributes['gen_ai.usage.input_tokens']).toBeUndefined();
  });

  it('keeps request, provider and model of a call that fails', async () => {
    reply = () => ({ status: 429, body: { error: { message: 'slow down', type: 'rate_limit', code: 'rate_limit' } } });
    const failure: unknown = await openai.chat.completions.create(CHAT).then(undefined, (error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError);
    const span = telemetry.span('chat gpt-5-mini');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({
      'error.type': '429',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.provider.name': 'openai',
      'decotel.outcome': 'error',
    });
    expect(span.events).toHaveLength(1);
  });

  it('leaves calls alone that are not a model call', async () => {
    reply = () => ({ body: { object: 'list', data: [{ id: 'gpt-5' }] } });
    const page = await openai.models.list();
    expect(page.data[0]?.id).toBe('gpt-5');
    reply = () => ({ body: { input_tokens: 5 } });
    expect(await anthropic.messages.countTokens({ model: 'claude-sonnet-5', messages: MESSAGES })).toEqual({
      input_tokens: 5,
    });
    // The Anthropic SDK's own span of the second call.
    expect(llmSpans()).toEqual([]);
  });
});

describe('inside a method that returns something else', () => {
  it('fills the span of the method', async () => {
    const ask = throughEngine(async function ask(_question: string) {
      const completion = await openai.chat.completions.create(CHAT);
      return completion.choices[0]?.message.content;
    }, modelCall);
    expect(await ask('Which book?')).toBe('Dune');
    expect(telemetry.spans.map((span) => span.name)).toEqual(['ask']);
    expect(parsedAttributes(telemetry.span('ask'))).toMatchObject(OPENAI_ATTRIBUTES);
    expect(telemetry.span('ask').attributes['decotel.arguments']).toBeUndefined();
  });

  it('fills it from a stream that the method read, and from one that its generator passes on', async () => {
    const readAll = throughEngine(async function readAll() {
      let text = '';
      const stream = await openai.chat.completions.create({
        ...CHAT,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    }, modelCall);
    const passOn = throughEngine(async function* passOn() {
      const stream = await openai.chat.completions.create({
        ...CHAT,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? '';
    }, modelCall);
    expect(await readAll()).toBe('Dune');
    let text = '';
    for await (const piece of passOn()) text += piece;
    expect(text).toBe('Dune');
    expect(telemetry.spans.map((span) => span.name)).toEqual(['readAll', 'passOn']);
    for (const span of telemetry.spans) {
      expect(parsedAttributes(span)).toMatchObject({ ...OPENAI_ATTRIBUTES, 'gen_ai.request.stream': true });
      expect(span.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
    }
  });

  it('is completed where the method read as much of a stream as it wanted', async () => {
    const firstPiece = throughEngine(async function firstPiece() {
      const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
      for await (const chunk of stream) return chunk.choices[0]?.delta.content;
      return undefined;
    }, modelCall);
    expect(await firstPiece()).toBe('');
    expect(telemetry.span('firstPiece').attributes).toMatchObject({ 'decotel.outcome': 'completed' });
  });

  it('gives each call its own span where there are several, and the method no usage', async () => {
    const twice = throughEngine(async function twice() {
      const answers = await Promise.all([
        openai.chat.completions.create(CHAT),
        anthropic.messages.create({ ...CHAT, model: 'claude-sonnet-5', max_tokens: 9 }),
      ]);
      return answers.length;
    }, modelCall);
    expect(await twice()).toBe(2);
    const method = telemetry.span('twice');
    expect(method.kind).toBe(SpanKind.INTERNAL);
    expect(method.attributes).toEqual({
      'code.function.name': 'Spec.twice',
      'decotel.result': '2',
      'decotel.outcome': 'completed',
    });
    for (const name of ['chat gpt-5-mini', 'chat claude-sonnet-5']) {
      const span = telemetry.span(name);
      expect(span.parentSpanContext?.spanId).toBe(method.spanContext().spanId);
      expect(span.attributes['gen_ai.usage.input_tokens']).toBe(20);
      expect(span.startTime[0]).toBeGreaterThan(0);
    }
    expect(telemetry.spans).toHaveLength(3);
  });

  it('counts an answer that the method passes on once, where it asked once more after that', async () => {
    const passOn = throughEngine(async function* passOn() {
      const stream = await openai.chat.completions.create({
        ...CHAT,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) yield chunk;
      await anthropic.messages.create({ ...CHAT, model: 'claude-sonnet-5', max_tokens: 9 });
    }, modelCall);
    for await (const chunk of passOn()) expect(chunk.id).toBe('chatcmpl-7');
    expect(telemetry.spans.map(({ name, attributes }) => [name, attributes['gen_ai.usage.output_tokens']])).toEqual([
      ['chat gpt-5-mini', 7],
      ['chat claude-sonnet-5', 7],
      ['passOn', undefined],
    ]);
    expect(telemetry.span('passOn').kind).toBe(SpanKind.INTERNAL);
    expect(parsedAttributes(telemetry.span('passOn'))['gen_ai.output.messages']).toEqual(
      OPENAI_ATTRIBUTES['gen_ai.output.messages'],
    );
  });

  it('records a failure that the method dealt with as the call’s, not the method’s', async () => {
    reply = () => ({ status: 500, body: { error: { message: 'down' } } });
    const fallBack = throughEngine(async function fallBack() {
      try {
        return await openai.chat.completions.create(CHAT);
      } catch {
        return 'later';
      }
    }, modelCall);
    expect(await fallBack()).toBe('later');
    expect(telemetry.span('fallBack').status.code).toBe(SpanStatusCode.UNSET);
    expect(llmSpans().map(({ name }) => name)).toEqual(['chat gpt-5-mini']);
    expect(telemetry.span('chat gpt-5-mini').status.code).toBe(SpanStatusCode.ERROR);
  });

  it('reports a failure that the method passes on once', async () => {
    reply = () => ({ status: 401, body: { error: { message: 'no key', code: 'invalid_api_key' } } });
    const ask = throughEngine(async function ask() {
      const completion = await openai.chat.completions.create(CHAT);
      return completion.choices.length;
    }, modelCall);
    await expect(ask()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const span = telemetry.span('ask');
    expect(telemetry.spans).toHaveLength(1);
    expect(span.events.map((event) => event.name)).toEqual(['exception']);
    expect(span.attributes).toMatchObject({ 'error.type': '401', 'gen_ai.request.model': 'gpt-5-mini' });
  });
});

describe('inside a method that returns the result', () => {
  it('is one span, for a response, a promise and a stream', async () => {
    const response = throughEngine(async function response() {
      return openai.chat.completions.create(CHAT);
    }, modelCall);
    const promise = throughEngine(function promise() {
      return openai.chat.completions.create(CHAT);
    }, modelCall);
    const stream = throughEngine(async function stream() {
      return openai.chat.completions.create({ ...CHAT, stream: true, stream_options: { include_usage: true } });
    }, modelCall);
    await response();
    await promise();
    for await (const chunk of await stream()) {
      expect(chunk.id).toBe('chatcmpl-7');
      expect(llmSpans()).toHaveLength(2);
    }
    expect(telemetry.spans.map((span) => span.name)).toEqual(['response', 'promise', 'stream']);
    for (const span of telemetry.spans) expect(parsedAttributes(span)).toMatchObject(OPENAI_ATTRIBUTES);
  });

  it('is one span for Anthropic, whose own tracing is on, in all its forms', async () => {
    const body = { model: 'claude-sonnet-5', max_tokens: 64, messages: MESSAGES };
    const create = throughEngine(async function create() {
      return anthropic.messages.create(body);
    }, modelCall);
    const events = throughEngine(async function events() {
      return anthropic.messages.create({ ...body, stream: true });
    }, modelCall);
    const helper = throughEngine(function helper() {
      return anthropic.messages.stream(body);
    }, modelCall);
    await create();
    const types = [];
    for await (const event of await events()) types.push(event.type);
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const stream = helper();
    expect(await stream.finalText()).toBe('Dune');
    await telemetry.ended(3);
    expect(telemetry.spans.map((span) => span.name)).toEqual(['create', 'events', 'helper']);
    for (const span of telemetry.spans) {
      expect(parsedAttributes(span)).toMatchObject({
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude-sonnet-5',
        'gen_ai.request.max_tokens': 64,
        'gen_ai.response.model': 'claude-sonnet-5',
        'gen_ai.response.finish_reasons': ['end_turn'],
        'gen_ai.usage.output_tokens': 7,
        'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }],
        'gen_ai.output.messages': [
          { role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'end_turn' },
        ],
        'decotel.outcome': 'completed',
      });
    }
    expect(trace.getSpan(context.active())).toBeUndefined();
  });
});

describe('a method that the application replaced', () => {
  type Create = (...values: unknown[]) => Promise<OpenAI.ChatCompletion>;
  type Completions = Record<'create' | 'parse', Create>;
  let completions: Completions;

  beforeEach(() => {
    completions = openai.chat.completions as unknown as Completions;
  });

  const replacements: Record<string, (made: Completions) => void> = {
    'a function that passes all on': (made) => {
      const bare = made.create;
      made.create = function (...values) {
        return bare.apply(this, values);
      };
    },
    'a function that holds the bound method': (made) => {
      const bare = made.create.bind(made);
      made.create = (...values) => bare(...values);
    },
    'a function that waits first, and asks again what failed': (made) => {
      const bare = made.create;
      made.create = async function (...values) {
        await Promise.resolve();
        await bare.call(this, { ...CHAT, model: 'none' }).catch(() => undefined);
        return bare.apply(this, values);
      };
    },
    'the spy of a test': (made) => void jest.spyOn(made, 'create'),
    'the method itself, put back': (made) => {
      const bare = made.create;
      made.create = bare;
    },
  };

  it.each(Object.keys(replacements))('by %s has one span for each call', async (name) => {
    replacements[name]?.(completions);
    const answered = reply;
    reply = (path, body, index) =>
      (body as typeof CHAT).model === 'none' ? { status: 500, body: {} } : answered(path, body, index);
    const answer = throughEngine(async () => completions.create(CHAT), modelCall);
    const text = throughEngine(async () => (await completions.create(CHAT)).choices[0]?.message.content, modelCall);
    await completions.create(CHAT);
    await answer();
    expect(await text()).toBe('Dune');
    expect(telemetry.spans.map(parsedAttributes)).toEqual(
      Array(3).fill(expect.objectContaining(OPENAI_ATTRIBUTES) as unknown),
    );
  });

  it('has one span for a method of the SDK that calls it', async () => {
    jest.spyOn(completions, 'create');
    await completions.parse(CHAT);
    expect(telemetry.spans.map(parsedAttributes)).toEqual([expect.objectContaining(OPENAI_ATTRIBUTES)]);
  });

  it('and which answers by itself is seen, as is what it asks otherwise', async () => {
    const bare = completions.create.bind(completions);
    completions.create = () => Promise.resolve(openAiCompletion('Dune') as never);
    await completions.create(CHAT);
    completions.create = (question) => bare({ ...CHAT, messages: [{ role: 'user', content: question }] });
    await completions.create('Which book?');
    expect(telemetry.spans.map(parsedAttributes)).toEqual(
      Array(2).fill(expect.objectContaining(OPENAI_ATTRIBUTES) as unknown),
    );
  });

  it('tells a call of its own from one that a tool makes while it runs', async () => {
    const bare = completions.create;
    completions.create = async function (this: unknown, ...values) {
      const completion = await bare.apply(this, values);
      // As a runner does that calls the application's tools.
      if ((values[0] as typeof CHAT).model === 'gpt-5-mini') await completions.create({ ...CHAT, model: 'gpt-5' });
      return completion;
    };
    await completions.create(CHAT);
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['chat gpt-5', 'chat gpt-5-mini']);
  });
});

describe('what the SDKs return', () => {
  const stream = (): Promise<AsyncIterable<unknown>> =>
    openai.chat.completions.create({ ...CHAT, stream: true, stream_options: { include_usage: true } });

  it('keeps withResponse, asResponse, tee, toReadableStream and abort, one ended span each', async () => {
    const { data, response, request_id } = await openai.chat.completions.create(CHAT).withResponse();
    expect([data.id, response.status, request_id]).toEqual(['chatcmpl-7', 200, null]);

    const raw = await openai.chat.completions.create(CHAT).asResponse();
    expect(raw).toBeInstanceOf(Response);
    expect(((await raw.json()) as { id: string }).id).toBe('chatcmpl-7');

    const teed = (await stream()) as Awaited<ReturnType<typeof openai.chat.completions.create>> & {
      tee(): AsyncIterable<unknown>[];
    };
    const counts = await Promise.all(teed.tee().map(async (branch) => (await all(branch)).length));
    expect(counts[0]).toBe(counts[1]);

    const readable = ((await stream()) as unknown as { toReadableStream(): ReadableStream }).toReadableStream();
    expect((await all(readable as unknown as AsyncIterable<unknown>)).length).toBe(counts[0]);

    reply = () => ({ events: openAiChunks(Array.from({ length: 50 }, () => 'x')), pauseMs: 5 });
    const aborted = (await stream()) as AsyncIterable<unknown> & { controller: AbortController };
    for await (const chunk of aborted) if (chunk !== undefined) aborted.controller.abort();

    await telemetry.ended(5);
    expect(telemetry.spans.map((span) => span.attributes['decotel.outcome'])).toEqual([
      'completed',
      'completed',
      'completed',
      'completed',
      'aborted',
    ]);
    expect(telemetry.spans.slice(0, 4).map((span) => span.attributes['gen_ai.usage.input_tokens'])).toEqual([
      20, 20, 20, 20,
    ]);
  });

  it('ends one span on break, a throw in the consumer and an error in the source', async () => {
    for await (const chunk of await stream()) if (chunk !== undefined) break;
    await expect(
      (async () => {
        for await (const chunk of await stream()) throw new Error(`consumer ${typeof chunk}`);
      })(),
    ).rejects.toThrow('consumer');
    reply = () => ({
      events: [...openAiChunks(['Du']).slice(0, 2), { error: { message: 'overloaded', type: 'server_error' } }],
    });
    await expect(stream().then(all)).rejects.toThrow('overloaded');
    reply = () => ({ events: openAiChunks(['Du']).slice(0, 2), cut: true });
    await expect(stream().then(all)).rejects.toThrow();
    expect(telemetry.spans.map((span) => span.attributes['decotel.outcome'])).toEqual([
      'cancelled',
      'cancelled',
      'error',
      'error',
    ]);
    expect(parsedAttributes(telemetry.spans[2] as ReadableSpan)['gen_ai.output.messages']).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Du' }], finish_reason: 'error' },
    ]);
  });

  it('ends the span of a stream that nobody reads when it is collected', async () => {
    await (async () => {
      await stream();
    })();
    await collectUntil(() => telemetry.spans.length > 0);
    expect(telemetry.spans.map((span) => span.attributes['decotel.outcome'])).toEqual(['abandoned']);
  });
});

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen = [];
  for await (const item of stream) seen.push(item);
  return seen;
}

import { ChatAnthropic } from '@langchain/anthropic';
import { InMemoryCache } from '@langchain/core/caches';
import type { Callbacks } from '@langchain/core/callbacks/manager';
import {
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type AIMessageChunk,
  type BaseMessage,
} from '@langchain/core/messages';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { BaseRetriever } from '@langchain/core/retrievers';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAI } from '@langchain/openai';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { z } from 'zod';
import { agent } from '../../src/decorators/agent.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { observe } from '../../src/clients/observe.js';
import { callbackHandler } from '../../src/langchain.js';
import { DEFAULT_LIMITS } from '../../src/core/settings.js';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicEvents, anthropicMessage, openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: (path: string, body: unknown, index: number) => Reply;

const wholeOrStreamed = (path: string, body: unknown): Reply => {
  const isStream = (body as { stream?: boolean }).stream === true;
  if (path.includes('/chat/completions')) {
    return isStream ? { events: openAiChunks(['Du', 'ne']) } : { body: openAiCompletion('Dune') };
  }
  return isStream ? { events: anthropicEvents(['Du', 'ne']) } : { body: anthropicMessage('Dune') };
};

const openai = (fields: object = {}): ChatOpenAI =>
  new ChatOpenAI({
    model: 'gpt-5-mini',
    apiKey: 'k',
    maxRetries: 0,
    configuration: { baseURL: `${server.url}/v1` },
    ...fields,
  });

const anthropic = (fields: object = {}): ChatAnthropic =>
  new ChatAnthropic({
    model: 'claude-sonnet-5',
    apiKey: 'k',
    maxRetries: 0,
    maxTokens: 64,
    anthropicApiUrl: server.url,
    ...fields,
  });

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((...request) => reply(...request));
  reply = wholeOrStreamed;
});

afterEach(async () => {
  const open = openCallCount();
  await server.close();
  await telemetry.stop();
  expect(open).toBe(0);
  expect(telemetry.complaints).toEqual([]);
});

const llmSpans = (): ReadableSpan[] =>
  telemetry.spans.filter((span) => span.attributes['gen_ai.operation.name'] === 'chat');

const QUESTION = [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }];
const DUNE = [{ role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'stop' }];

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
  'gen_ai.input.messages': QUESTION,
  'gen_ai.output.messages': DUNE,
  'decotel.outcome': 'completed',
};

const ANTHROPIC_ATTRIBUTES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-5',
  'gen_ai.request.max_tokens': 64,
  'gen_ai.response.model': 'claude-sonnet-5',
  'gen_ai.response.id': 'msg_7',
  'gen_ai.response.finish_reasons': ['end_turn'],
  'gen_ai.usage.output_tokens': 7,
  'gen_ai.input.messages': QUESTION,
  'gen_ai.output.messages': [{ ...DUNE[0], finish_reason: 'end_turn' }],
  'decotel.outcome': 'completed',
};

async function readAll(stream: AsyncIterable<BaseMessage>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.text;
  return text;
}

interface Way {
  name: string;
  /** A model that is seen in this way. */
  seen: <M extends ChatOpenAI | ChatAnthropic>(make: (fields?: object) => M) => M;
}

const WAYS: Way[] = [
  { name: 'observe(model)', seen: (make) => observe(make()) },
  { name: 'callbacks: [callbackHandler]', seen: (make) => make({ callbacks: [callbackHandler] }) },
  { name: 'both at once', seen: (make) => observe(make({ callbacks: [callbackHandler] })) },
];

describe.each(WAYS)('a model of LangChain, seen by $name', ({ seen }) => {
  it('has one span per call, with request, answer and tokens', async () => {
    const answer = await seen(openai).invoke('Which book?');
    expect(answer.text).toBe('Dune');
    expect(telemetry.spans).toHaveLength(1);
    const span = telemetry.span('chat gpt-5-mini');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(parsedAttributes(span)).toMatchObject(OPENAI_ATTRIBUTES);

    await seen(anthropic).invoke([new HumanMessage('Which book?')]);
    expect(telemetry.spans).toHaveLength(2);
    expect(parsedAttributes(telemetry.span('chat claude-sonnet-5'))).toMatchObject({
      ...ANTHROPIC_ATTRIBUTES,
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.cache_read.input_tokens': 8,
      'decotel.usage.input_tokens': 12,
    });
  });

  it('counts a stream as its provider does, with the time to its first chunk', async () => {
    expect(await readAll(await seen(openai).stream('Which book?'))).toBe('Dune');
    expect(await readAll(await seen(anthropic).stream('Which book?'))).toBe('Dune');
    expect(telemetry.spans).toHaveLength(2);
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))).toMatchObject({
      ...OPENAI_ATTRIBUTES,
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': expect.any(Number) as number,
    });
    // LangChain itself adds the first count of the output to the last one.
    expect(parsedAttributes(telemetry.span('chat claude-sonnet-5'))).toMatchObject({
      ...ANTHROPIC_ATTRIBUTES,
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.request.stream': true,
    });
  });

  it('has a span for each input of a batch, and one for a model that streams on its own', async () => {
    await seen(openai).batch(['Which book?', 'Which author?']);
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['chat gpt-5-mini', 'chat gpt-5-mini']);
    telemetry.clear();
    await seen((fields) => anthropic({ ...fields, streaming: true })).invoke('Which book?');
    expect(telemetry.spans).toHaveLength(1);
    expect(telemetry.span('chat claude-sonnet-5').attributes['gen_ai.usage.input_tokens']).toBe(12);
  });

  it('sees it in a chain, and with its tools', async () => {
    const chain = ChatPromptTemplate.fromMessages([
      ['system', 'You are a librarian.'],
      ['human', 'Which {kind}?'],
    ])
      .pipe(seen(openai))
      .pipe(new StringOutputParser());
    expect(await chain.invoke({ kind: 'book' })).toBe('Dune');
    expect(telemetry.spans).toHaveLength(1);
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))['gen_ai.input.messages']).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'You are a librarian.' }] },
      QUESTION[0],
    ]);
    telemetry.clear();
    let text = '';
    for await (const piece of await chain.stream({ kind: 'book' })) text += piece;
    expect(text).toBe('Dune');
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))).toMatchObject({
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.request.stream': true,
    });
  });

  it('records structured output, and the schema that was asked for', async () => {
    reply = () => ({ body: openAiCompletion('{"title":"Dune"}') });
    const model = seen(openai).withStructuredOutput(z.object({ title: z.string() }), { name: 'book' });
    expect(await model.invoke('Which book?')).toEqual({ title: 'Dune' });
    expect(telemetry.spans).toHaveLength(1);
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))).toMatchObject({
      'gen_ai.output.type': 'json',
      'gen_ai.output.messages': [{ parts: [{ type: 'text', content: '{"title":"Dune"}' }] }],
    });
  });

  it('keeps request, provider and status of a call that fails', async () => {
    reply = () => ({ status: 429, body: { error: { message: 'slow down', type: 'rate_limit', code: 'rate_limit' } } });
    await expect(seen(openai).invoke('Which book?')).rejects.toThrow(/slow down/);
    expect(telemetry.spans).toHaveLength(1);
    const span = telemetry.span('chat gpt-5-mini');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(parsedAttributes(span)).toMatchObject({
      'error.type': '429',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.input.messages': QUESTION,
      'decotel.outcome': 'error',
    });
  });

  it('ends with what had come of a stream that fails', async () => {
    const error = { message: 'overloaded', type: 'server_error', code: 'overloaded' };
    reply = () => ({ events: [...openAiChunks(['Du', 'ne']).slice(0, 2), { error }] });
    await expect(readAll(await seen(openai).stream('Which book?'))).rejects.toThrow('overloaded');
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))).toMatchObject({
      'gen_ai.output.messages': [{ parts: [{ type: 'text', content: 'Du' }], finish_reason: 'error' }],
      'error.type': 'overloaded',
      'decotel.outcome': 'error',
    });
  });

  it.each([
    ['OpenAI', openai, openAiChunks],
    ['Anthropic', anthropic, anthropicEvents],
  ] as const)('ends as aborted by a signal, by %s', async (_, make, events) => {
    reply = () => ({ events: events(['Du', 'ne']), pauseMs: 20 });
    const controller = new AbortController();
    const model = seen<ChatOpenAI | ChatAnthropic>(make);
    const stream = await model.stream('Which book?', { signal: controller.signal });
    const reading = (async () => {
      for await (const { text } of stream) if (text === 'Du') controller.abort(new Error('the reader left'));
    })();
    await expect(reading).rejects.toThrow('the reader left');
    await telemetry.ended(1);
    expect(telemetry.spans.map(({ attributes }) => attributes['decotel.outcome'])).toEqual(['aborted']);
  });

  it('fills the span of a decorated method that returns the message, its text or the stream', async () => {
    const model = seen(openai);
    class Librarian {
      @withOtel()
      async message() {
        return model.invoke('Which book?');
      }
      @withOtel()
      async text() {
        return (await model.invoke('Which book?')).text;
      }
      @withOtel()
      async stream() {
        return model.stream('Which book?');
      }
      @withOtel()
      async *pieces() {
        for await (const { text } of await model.stream('Which book?')) yield text;
      }
    }
    const librarian = new Librarian();
    expect((await librarian.message()).text).toBe('Dune');
    expect(await librarian.text()).toBe('Dune');
    expect(await readAll(await librarian.stream())).toBe('Dune');
    let text = '';
    for await (const piece of librarian.pieces()) text += piece;
    expect(text).toBe('Dune');
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['message', 'text', 'stream', 'pieces']);
    for (const span of telemetry.spans) expect(parsedAttributes(span)).toMatchObject(OPENAI_ATTRIBUTES);
  });

  it('counts each of several calls in a decorated method once, below it', async () => {
    const model = seen(openai);
    class Librarian {
      @withOtel()
      async twice() {
        const first = await model.invoke('Which book?');
        await model.invoke('Which author?');
        return first;
      }
    }
    await new Librarian().twice();
    expect(llmSpans().map(({ attributes }) => attributes['gen_ai.usage.input_tokens'])).toEqual([20, 20, undefined]);
    const whole = telemetry.span('twice');
    for (const span of llmSpans().slice(0, 2)) {
      expect(span.parentSpanContext?.spanId).toBe(whole.spanContext().spanId);
    }
  });

  it('sees every step of an agent and the tools that it is offered', async () => {
    const lookUp = tool(({ isbn }: { isbn: string }) => `found ${isbn}`, {
      name: 'lookUp',
      description: 'Looks a book up',
      schema: z.object({ isbn: z.string() }),
    });
    reply = (_path, _body, index) =>
      index === 0
        ? {
            events: [
              chunk({ role: 'assistant', content: null }),
              chunk({ tool_calls: [call(0, 'call_1', 'lookUp', '{"is')] }),
              chunk({ tool_calls: [call(0, undefined, undefined, 'bn":"1"}')] }),
              chunk({ tool_calls: [call(1, 'call_2', 'lookUp', '{"isbn":"2"}')] }),
              chunk({}, 'tool_calls'),
              ...openAiChunks([]).slice(-2),
            ],
          }
        : { body: openAiCompletion('Dune') };
    const model = seen(openai).bindTools([lookUp]);

    class Librarian {
      @agent()
      async run(question: string) {
        const messages: BaseMessage[] = [new SystemMessage('You are a librarian.'), new HumanMessage(question)];
        let answer: AIMessageChunk | undefined;
        for await (const piece of await model.stream(messages)) answer = answer?.concat(piece) ?? piece;
        for (const toolCall of answer?.tool_calls ?? []) {
          messages.push(
            new ToolMessage({
              content: await lookUp.invoke(toolCall.args as { isbn: string }),
              tool_call_id: toolCall.id ?? '',
            }),
          );
        }
        messages.splice(2, 0, answer as BaseMessage);
        return (await model.invoke(messages)).text;
      }
    }
    expect(await new Librarian().run('Which book?')).toBe('Dune');
    const [first, second] = llmSpans().map(parsedAttributes);
    expect(llmSpans()).toHaveLength(2);
    const calls = [
      { type: 'tool_call', id: 'call_1', name: 'lookUp', arguments: { isbn: '1' } },
      { type: 'tool_call', id: 'call_2', name: 'lookUp', arguments: { isbn: '2' } },
    ];
    expect(first).toMatchObject({
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.output.messages': [{ role: 'assistant', parts: calls, finish_reason: 'tool_calls' }],
      'gen_ai.tool.definitions': [{ type: 'function', name: 'lookUp', description: 'Looks a book up' }],
    });
    expect(second?.['gen_ai.input.messages']).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'You are a librarian.' }] },
      QUESTION[0],
      { role: 'assistant', parts: calls },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'found 1' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_2', response: 'found 2' }] },
    ]);
    const run = telemetry.span('invoke_agent run');
    for (const span of llmSpans()) expect(span.parentSpanContext?.spanId).toBe(run.spanContext().spanId);
  });
});

const chunk = (delta: object, finish_reason: string | null = null): object => ({
  id: 'chatcmpl-7',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ index: 0, delta, finish_reason }],
});

const call = (index: number, id: string | undefined, name: string | undefined, args: string): object => ({
  index,
  ...(id === undefined ? {} : { id, type: 'function' }),
  function: { ...(name === undefined ? {} : { name }), arguments: args },
});

describe('observe(model)', () => {
  it('asks for no span where LangChain answers from its cache, of which its callbacks tell', async () => {
    const seen = observe(openai({ cache: new InMemoryCache() }));
    for (const _ of [1, 2]) expect((await seen.invoke('Which book?')).text).toBe('Dune');
    expect(server.requests).toHaveLength(1);
    expect(telemetry.spans).toHaveLength(1);
    telemetry.clear();
    const told = openai({ cache: new InMemoryCache(), callbacks: [callbackHandler] });
    for (const _ of [1, 2]) await told.invoke('Which book?');
    expect(telemetry.spans.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([7, 0]);
  });

  it('is the model itself, and its copies are observed', () => {
    const plain = openai();
    const own = Object.keys(plain);
    const json = JSON.stringify(plain);
    const seen = observe(plain);
    expect(seen).toBe(plain);
    expect(observe(seen)).toBe(seen);
    expect(seen).toBeInstanceOf(ChatOpenAI);
    expect(Object.keys(seen)).toEqual(own);
    expect(JSON.stringify(seen)).toBe(json);
    const bound = seen.withConfig({ stop: ['.'] });
    expect(observe(bound)).toBe(bound);
  });

  it('ends where the reader of a stream leaves', async () => {
    reply = () => ({ events: openAiChunks(['Du', 'ne']), pauseMs: 5 });
    for await (const { text } of await observe(openai()).stream('Which book?')) if (text === 'Du') break;
    await telemetry.ended(1);
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))).toMatchObject({
      'gen_ai.provider.name': 'openai',
      'decotel.outcome': 'cancelled',
    });
  });

  it('leaves the usage of a decorated method’s broken-off stream in one place', async () => {
    const model = observe(anthropic());
    reply = () => ({ events: anthropicEvents(['Du', 'ne']), pauseMs: 5 });
    class Librarian {
      @withOtel()
      async stream() {
        return model.stream('Which book?');
      }
    }
    for await (const { text } of await new Librarian().stream()) if (text === 'Du') break;
    await telemetry.ended(1);
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['stream']);
    expect(parsedAttributes(telemetry.span('stream'))).toMatchObject({
      'gen_ai.usage.input_tokens': 12,
      'decotel.outcome': 'cancelled',
    });
  });

  it('sees the events of a stream, whatever the provider', async () => {
    const events: string[] = [];
    for await (const { event } of observe(openai()).streamEvents('Which book?')) events.push(event);
    for await (const { event } of observe(anthropic()).streamEvents('Which book?')) events.push(event);
    expect(events).toContain('message-finish');
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))).toMatchObject(OPENAI_ATTRIBUTES);
    expect(parsedAttributes(telemetry.span('chat claude-sonnet-5'))).toMatchObject({
      'gen_ai.usage.input_tokens': 12,
      // LangChain adds the first count of the output to the last one, and tells no other.
      'gen_ai.usage.output_tokens': 8,
      'gen_ai.output.messages': [{ parts: [{ type: 'text', content: 'Dune' }] }],
    });
  });

  it('tells the server, and who answers there', async () => {
    await observe(openai()).invoke('Which book?');
    expect(telemetry.span('chat gpt-5-mini').attributes).toMatchObject({
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(server.url).port),
    });
    const failing = observe(openai({ configuration: { baseURL: 'https://api.deepseek.com', fetch: refuse } }));
    await expect(failing.invoke('Which book?')).rejects.toThrow();
    expect(telemetry.spans[1]?.attributes['gen_ai.provider.name']).toBe('deepseek');
  });

  it('does no work for telemetry that is off', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { enabled: false } });
    const times = await Promise.all(
      [openai(), observe(openai())].map(async (model) => {
        const parameters = jest.spyOn(model, 'invocationParams');
        await model.invoke('Which book?');
        return parameters.mock.calls.length;
      }),
    );
    expect(telemetry.spans).toEqual([]);
    expect(times[1]).toBe(times[0]);
  });
});

const refuse = (): Promise<Response> => Promise.reject(new Error('no network in specs'));

describe('callbacks: [callbackHandler]', () => {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- LangChain's own type for "any of these methods" is a class
  const callbacks = [callbackHandler] as Callbacks;

  it('sees a model that completes texts', async () => {
    reply = () => ({
      body: {
        id: 'cmpl-7',
        object: 'text_completion',
        created: 1,
        model: 'gpt-3.5-turbo-instruct',
        choices: [{ index: 0, text: 'Dune', finish_reason: 'stop', logprobs: null }],
        usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      },
    });
    const fields = {
      model: 'gpt-3.5-turbo-instruct',
      apiKey: 'k',
      maxRetries: 0,
      configuration: { baseURL: `${server.url}/v1` },
    };
    const models = [new OpenAI({ ...fields, callbacks }), observe(new OpenAI(fields))];
    for (const model of models) expect(await model.invoke('Which book?')).toBe('Dune');
    expect(telemetry.spans).toHaveLength(2);
    for (const span of telemetry.spans) {
      expect(span.name).toBe('text_completion gpt-3.5-turbo-instruct');
      expect(parsedAttributes(span)).toMatchObject({
        'gen_ai.operation.name': 'text_completion',
        'gen_ai.provider.name': 'openai',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 5,
        'gen_ai.usage.output_tokens': 2,
        'gen_ai.input.messages': QUESTION,
        'gen_ai.output.messages': DUNE,
      });
    }
  });

  it('makes a tool’s run a span, with the models that it asks below it', async () => {
    const ask = tool(
      async ({ question }: { question: string }, config) =>
        (await ChatPromptTemplate.fromTemplate('{question}').pipe(openai()).invoke({ question }, config)).text,
      { name: 'ask', description: 'Asks', schema: z.object({ question: z.string() }) },
    );
    const answer = await ask.invoke(
      { type: 'tool_call', id: 'call_1', name: 'ask', args: { question: 'Which book?' } },
      { callbacks },
    );
    expect((answer as ToolMessage).content).toBe('Dune');
    const span = telemetry.span('execute_tool ask');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(parsedAttributes(span)).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'ask',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.call.arguments': { question: 'Which book?' },
      'gen_ai.tool.call.result': { result: 'Dune' },
      'decotel.outcome': 'completed',
    });
    expect(telemetry.span('chat gpt-5-mini').parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  });

  it('records the failure of a tool, and leaves tools out where it is told to', async () => {
    const fail = tool(
      (): string => {
        throw new RangeError('no such book');
      },
      { name: 'fail', description: 'Fails', schema: z.object({}) },
    );
    await expect(fail.invoke({}, { callbacks })).rejects.toThrow('no such book');
    expect(telemetry.span('execute_tool fail').attributes).toMatchObject({
      'error.type': 'RangeError',
      'decotel.outcome': 'error',
    });
    telemetry.clear();
    const withoutTools = [{ ...callbackHandler, ignoreAgent: true }] as Callbacks;
    await expect(fail.invoke({}, { callbacks: withoutTools })).rejects.toThrow();
    expect(telemetry.spans).toEqual([]);
  });

  it('makes a retriever’s search a span', async () => {
    class Shelf extends BaseRetriever {
      override lc_namespace = ['spec'];
      override _getRelevantDocuments(query: string) {
        return query === 'none'
          ? Promise.reject(new RangeError('empty shelf'))
          : Promise.resolve([{ id: 'b1', pageContent: 'Dune', metadata: { year: 1965 } }]);
      }
    }
    expect(await new Shelf().invoke('sand', { callbacks })).toHaveLength(1);
    await expect(new Shelf().invoke('none', { callbacks })).rejects.toThrow('empty shelf');
    const [found, failed] = telemetry.spans;
    expect(found?.name).toBe('retrieval');
    expect(found?.kind).toBe(SpanKind.CLIENT);
    expect(parsedAttributes(found as ReadableSpan)).toMatchObject({
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.retrieval.query.text': 'sand',
      'gen_ai.retrieval.documents': [{ id: 'b1', content: 'Dune' }],
    });
    expect(failed?.attributes).toMatchObject({ 'error.type': 'RangeError', 'decotel.outcome': 'error' });
  });

  it('ends a stream that its reader left once it has been idle', async () => {
    await telemetry.stop();
    // The timer of streams before this one.
    endOpenCalls('shutdown');
    telemetry = startTelemetry({ settings: { limits: { ...DEFAULT_LIMITS, idleMs: 30 } } });
    for await (const { text } of await openai({ callbacks }).stream('Which book?')) if (text === 'Du') break;
    await telemetry.ended(1);
    expect(parsedAttributes(telemetry.span('chat gpt-5-mini'))).toMatchObject({
      'gen_ai.response.id': 'chatcmpl-7',
      'decotel.outcome': 'abandoned',
    });
  });
});

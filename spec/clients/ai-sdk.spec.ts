import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { registerTelemetry } from 'ai-v7';
import { z } from 'zod';
import { languageModelMiddleware, telemetryIntegration } from '../../src/ai-sdk.js';
import { observe } from '../../src/clients/observe.js';
import { agent } from '../../src/decorators/agent.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { readFolder } from '../replay/folder.js';
import type { Recording } from '../replay/recording.js';
import { startServer } from '../replay/server.js';
import { embeddingModel, VERSIONS, type Models, type Sdk, type Streamed } from '../support/ai-sdk.js';
import { collectUntil } from '../support/collect.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { describeWithShared } from '../support/shared-folder.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

/** Answers to the specs' requests, written after OpenAI's documented wire format. */
const TOOL_CALL = { id: 'call_1', type: 'function', function: { name: 'stock', arguments: '{"title":"Dune"}' } };
const TOOL_USAGE = { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 };
const toolCompletion = {
  ...openAiCompletion(''),
  id: 'chatcmpl-tool',
  choices: [{ index: 0, message: { role: 'assistant', tool_calls: [TOOL_CALL] }, finish_reason: 'tool_calls' }],
  usage: TOOL_USAGE,
};
const chunkOf = (members: object): object => ({
  ...toolCompletion,
  object: 'chat.completion.chunk',
  usage: null,
  ...members,
});
const toolChunks = [
  chunkOf({ choices: [{ index: 0, delta: { role: 'assistant', tool_calls: [{ index: 0, ...TOOL_CALL }] } }] }),
  chunkOf({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
  chunkOf({ choices: [], usage: TOOL_USAGE }),
  '[DONE]',
];
const embeddings = {
  object: 'list',
  model: 'text-embedding-3-small',
  data: [
    { object: 'embedding', index: 0, embedding: [0.1, 0.2, 0.3] },
    { object: 'embedding', index: 1, embedding: [0.4, 0.5, 0.6] },
  ],
  usage: { prompt_tokens: 6, total_tokens: 6 },
};

class Librarian {
  constructor(private readonly work: (librarian: Librarian) => unknown) {}

  @withOtel()
  ask(): unknown {
    return this.work(this);
  }

  @agent()
  advise(): unknown {
    return this.work(this);
  }

  @tool()
  stock(_wanted: unknown): object {
    return { copies: 3 };
  }
}
const ask = <Result>(work: (librarian: Librarian) => Result): Result => new Librarian(work).ask() as Result;

let telemetry: Telemetry;
let server: Loopback;
let reply: (body: { messages?: { role: string }[]; stream?: boolean }, path: string) => Reply;

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((path, body) => reply(body as object, path));
  reply = ({ stream, messages = [] }, path) => {
    if (path === '/embeddings') return { body: embeddings };
    const wantsTool = messages.length === 1 && JSON.stringify(messages).includes('in stock');
    if (wantsTool) return stream === true ? { events: toolChunks } : { body: toolCompletion };
    if (JSON.stringify(messages).includes('as JSON')) {
      return stream === true
        ? { events: openAiChunks(['{"title":', '"Dune"}']) }
        : { body: openAiCompletion('{"title":"Dune"}') };
    }
    return stream === true ? { events: openAiChunks(['Du', 'ne']) } : { body: openAiCompletion('Dune') };
  };
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  await server.close();
  await telemetry.stop();
});

/** Each span that carries token counts: its name, its input and its output. */
const counted = (): unknown[][] =>
  telemetry.spans
    .filter((span) => 'gen_ai.usage.input_tokens' in span.attributes)
    .map(({ name, attributes }) => [
      name,
      attributes['gen_ai.usage.input_tokens'],
      attributes['gen_ai.usage.output_tokens'],
    ]);
const attributesOf = (name: string): Record<string, unknown> => parsedAttributes(telemetry.span(name));
const parentOf = ({ parentSpanContext }: ReadableSpan): string | undefined =>
  telemetry.spans.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name;
const textOf = async (stream: AsyncIterable<unknown>): Promise<unknown[]> => {
  const pieces: unknown[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
};

const prompt = 'Which book?';
const SEEN = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.response.id': 'chatcmpl-7',
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 20,
  'gen_ai.usage.cache_read.input_tokens': 8,
  'gen_ai.usage.output_tokens': 7,
  'gen_ai.usage.reasoning.output_tokens': 3,
  'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: prompt }] }],
  'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'stop' }],
  'decotel.outcome': 'completed',
};
/** Version 5 has no word of the provider's, and says this for it. */
const toolCalls = (version: string): string => (version === '5' ? 'tool-calls' : 'tool_calls');

describe.each(VERSIONS)('version $version of the AI SDK', ({ version, sdk, openai }) => {
  let models: Models;
  let bare: object;
  let model: object;
  /** Two steps: the model asks for a tool, then answers. */
  let twoSteps: (librarian?: Librarian) => Parameters<Sdk['generateText']>[0];

  beforeEach(() => {
    models = openai(server.url);
    bare = models.chat('gpt-5-mini');
    model = observe(bare);
    twoSteps = (librarian) => ({
      model,
      prompt: 'Is Dune in stock?',
      stopWhen: sdk.stepCountIs(3),
      tools: {
        stock: sdk.tool({
          description: 'Copies in stock',
          inputSchema: z.object({ title: z.string() }),
          execute: (input: unknown) => librarian?.stock(input) ?? { copies: 3 },
        }),
      },
    });
  });

  describe('an observed model', () => {
    it('fills the method that asked it once, and has a span of its own elsewhere', async () => {
      const options = { model, prompt, maxOutputTokens: 90, seed: 7, maxRetries: 0 };
      expect(await ask(async () => (await sdk.generateText(options)).text)).toBe('Dune');
      expect(attributesOf('ask')).toMatchObject({
        ...SEEN,
        'code.function.name': 'Librarian.ask',
        'gen_ai.request.max_tokens': 90,
        'gen_ai.request.seed': 7,
      });
      telemetry.clear();
      expect((await sdk.generateText(options)).text).toBe('Dune');
      expect(attributesOf('chat gpt-5-mini')).toMatchObject(SEEN);
      expect(telemetry.spans).toHaveLength(1);
    });

    it('counts once where the method returns the SDK’s result, which stays the same object', async () => {
      let made: unknown;
      const result = await ask(async () => (made = await sdk.generateText({ model, prompt })) as { text: string });
      expect(result).toBe(made);
      expect(result.text).toBe('Dune');
      expect(counted()).toEqual([['ask', 20, 7]]);
      expect(attributesOf('ask')).toMatchObject(SEEN);
      expect(telemetry.spans).toHaveLength(1);
    });

    it.each(['textStream', 'fullStream'] as const)('streams %s as it is consumed', async (name) => {
      const result = ask(() => sdk.streamText({ model, prompt }));
      const pieces = await textOf(result[name]);
      if (name === 'textStream') expect(pieces).toEqual(['Du', 'ne']);
      else expect(pieces.at(-1)).toMatchObject({ type: 'finish', totalUsage: { inputTokens: 20, outputTokens: 7 } });
      expect(await result.text).toBe('Dune');
      await telemetry.ended(1);
      expect(attributesOf('ask')).toMatchObject({ ...SEEN, 'gen_ai.request.stream': true });
      expect(counted()).toEqual([['ask', 20, 7]]);
    });

    it('streams to a method that gives the text alone', async () => {
      async function* words(): AsyncGenerator<string> {
        yield* sdk.streamText({ model, prompt }).textStream;
      }
      expect(await textOf(ask(words))).toEqual(['Du', 'ne']);
      expect(attributesOf('ask')).toMatchObject(SEEN);
      expect(telemetry.spans).toHaveLength(1);
    });

    it('ends what nobody consumes as abandoned, once it was collected', async () => {
      reply = () => ({ events: openAiChunks(Array<string>(30).fill('Du')), pauseMs: 1 });
      ask(() => sdk.streamText({ model, prompt }));
      await collectUntil(() => openCallCount() === 0, 15_000);
      expect(attributesOf('ask')).toMatchObject({ 'decotel.outcome': 'abandoned' });
      // Versions 5 and 6 read on where nobody else does, and what they read was paid for.
      const readAhead = version === '7' ? [] : [['ask', 20, 7]];
      expect(counted()).toEqual(readAhead);
      for (const { attributes } of telemetry.spans) expect(attributes['decotel.outcome']).toBe('abandoned');
    }, 20_000);

    it('is not taken for abandoned while its stream is read, though the SDK lets go of what held it', async () => {
      reply = () => ({ events: openAiChunks(['Du', 'ne']), pauseMs: 30 });
      const { textStream } = sdk.streamText({ model, prompt });
      const collecting = collectUntil(() => telemetry.spans.length > 0);
      expect(await textOf(textStream)).toEqual(['Du', 'ne']);
      await collecting;
      expect(attributesOf('chat gpt-5-mini')).toMatchObject(SEEN);
    }, 20_000);

    it('sees the call of an object, whole and streamed', async () => {
      const asked = { model, prompt: 'A book as JSON' };
      const schema = z.object({ title: z.string() });
      const options = { ...asked, schema };
      expect((await ask(() => sdk.generateObject(options))).object).toEqual({ title: 'Dune' });
      const streamed = ask(() => sdk.streamObject(options));
      expect((await textOf(streamed.partialObjectStream)).at(-1)).toEqual({ title: 'Dune' });
      const output = sdk.Output.object({ schema });
      await ask(() => sdk.generateText({ ...asked, output, experimental_output: output }));
      await telemetry.ended(3);
      expect(counted()).toEqual(Array(3).fill(['ask', 20, 7]));
      expect(telemetry.spans.map(({ attributes }) => attributes['gen_ai.output.type'])).toEqual(Array(3).fill('json'));
      expect(telemetry.spans).toHaveLength(3);
    });

    it('sees embeddings', async () => {
      const embedding = observe(embeddingModel(models, 'text-embedding-3-small'));
      const { embeddings: vectors } = await sdk.embedMany({ model: embedding, values: ['Dune', 'Emma'] });
      expect(vectors).toEqual([
        [0.1, 0.2, 0.3],
        [0.4, 0.5, 0.6],
      ]);
      expect((await ask(() => sdk.embed({ model: embedding, value: 'Dune' }))).usage).toEqual({ tokens: 6 });
      const seen = {
        'gen_ai.operation.name': 'embeddings',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'text-embedding-3-small',
        'gen_ai.usage.input_tokens': 6,
        'gen_ai.embeddings.dimension.count': 3,
      };
      expect(attributesOf('embeddings text-embedding-3-small')).toMatchObject(seen);
      expect(attributesOf('ask')).toMatchObject(seen);
      expect(telemetry.spans).toHaveLength(2);
    });

    it('has one span for each step of an agent, below the method, which counts nothing itself', async () => {
      const result = await ask((librarian) => sdk.generateText(twoSteps(librarian)));
      expect([result.text, result.steps.length]).toEqual(['Dune', 2]);
      expect(counted()).toEqual([
        ['chat gpt-5-mini', 11, 5],
        ['chat gpt-5-mini', 20, 7],
      ]);
      expect(telemetry.spans.map((span) => [span.name, parentOf(span)])).toEqual([
        ['execute_tool stock', 'ask'],
        ['chat gpt-5-mini', 'ask'],
        ['chat gpt-5-mini', 'ask'],
        ['ask', undefined],
      ]);
      const [, first, second] = telemetry.spans.map(parsedAttributes);
      expect(first).toMatchObject({
        'gen_ai.response.finish_reasons': [toolCalls(version)],
        'gen_ai.tool.definitions': [{ type: 'function', name: 'stock', description: 'Copies in stock' }],
        'gen_ai.output.messages': [
          { parts: [{ type: 'tool_call', id: 'call_1', name: 'stock', arguments: { title: 'Dune' } }] },
        ],
      });
      expect(second).toMatchObject({
        'gen_ai.input.messages': [
          { role: 'user' },
          { role: 'assistant', parts: [{ type: 'tool_call', id: 'call_1' }] },
          { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: { copies: 3 } }] },
        ],
      });
    });

    it('has the same for a streamed agent', async () => {
      const result = ask((librarian) => sdk.streamText(twoSteps(librarian)));
      expect(await textOf(result.textStream)).toEqual(['Du', 'ne']);
      expect(await result.totalUsage).toMatchObject({ inputTokens: 31, outputTokens: 12 });
      await telemetry.ended(4);
      expect(counted()).toEqual([
        ['chat gpt-5-mini', 11, 5],
        ['chat gpt-5-mini', 20, 7],
      ]);
      expect(attributesOf('ask')).toMatchObject({
        'gen_ai.output.messages': [{ parts: [{ type: 'text', content: 'Dune' }] }],
        'decotel.outcome': 'completed',
      });
    });

    it('is seen in a tool that asks the same model while a stream of it is open', async () => {
      const asked = reply;
      reply = (...request) => ({ ...asked(...request), pauseMs: 5 });
      const options = twoSteps();
      const stock = sdk.tool({
        inputSchema: z.object({ title: z.string() }),
        execute: async () => (await sdk.generateText({ model, prompt })).text,
      });
      await textOf(sdk.streamText({ ...options, tools: { stock } }).textStream);
      expect(
        counted()
          .map(([, input]) => input)
          .sort(),
      ).toEqual([11, 20, 20]);
    });

    it('tells an error and an abort', async () => {
      reply = () => ({ status: 400, body: { error: { message: 'no such model', type: 'invalid_request_error' } } });
      await expect(ask(() => sdk.generateText({ model, prompt }))).rejects.toThrow('no such model');
      expect(attributesOf('ask')).toMatchObject({ 'error.type': '400', 'decotel.outcome': 'error' });
      telemetry.clear();

      const failing = ask(() => sdk.streamText({ model, prompt, onError: () => undefined }));
      await textOf(failing.textStream).catch(() => undefined);
      await telemetry.ended(1);
      expect(telemetry.spans).toHaveLength(1);
      expect(attributesOf('ask')).toMatchObject({ 'error.type': '400', 'decotel.outcome': 'error' });
      telemetry.clear();
    });
  });

  describe('a stream that a signal stops', () => {
    type Use = (streamed: Streamed) => PromiseLike<unknown>;
    const uses: [string, Use][] = [
      ['text stream', ({ textStream }) => textOf(textStream)],
      ['full stream', ({ fullStream }) => textOf(fullStream)],
      ['text', ({ text }) => text],
      ['response', (streamed) => streamed.toTextStreamResponse().text()],
    ];
    const outcomes = (): unknown[][] =>
      telemetry.spans.map(({ name, attributes, status }) => [name, attributes['decotel.outcome'], status.code]);
    let controller: AbortController;
    const streamed = (asked: object): Streamed => {
      const { signal: abortSignal } = controller;
      return sdk.streamText({ model: asked, prompt, abortSignal, onError: () => undefined });
    };

    beforeEach(() => {
      controller = new AbortController();
      reply = () => {
        setTimeout(() => controller.abort(), 50);
        return { events: openAiChunks(['Du', 'ne', '.', '.', '.', '.']), pauseMs: 20 };
      };
    });

    it.each(uses)('is aborted for the method that returned the result, by its %s', async (_name, use) => {
      for (const asked of [bare, model]) {
        telemetry.clear();
        controller = new AbortController();
        await use(ask(() => streamed(asked))).then(undefined, () => undefined);
        await telemetry.ended(1);
        expect(outcomes()).toEqual([['ask', 'aborted', SpanStatusCode.UNSET]]);
      }
    });

    it('is aborted before it began, and for an agent', async () => {
      controller.abort();
      await textOf(ask(() => streamed(bare)).textStream);
      const advice = new Librarian(() => streamed(bare)).advise() as Streamed;
      await textOf(advice.textStream);
      await telemetry.ended(2);
      expect(outcomes()).toEqual([
        ['ask', 'aborted', SpanStatusCode.UNSET],
        ['invoke_agent advise', 'aborted', SpanStatusCode.UNSET],
      ]);
    });

    it('is aborted for a model that is observed, or seen through the middleware', async () => {
      const wrapped = sdk.wrapLanguageModel({ model: bare, middleware: languageModelMiddleware });
      for (const asked of [model, wrapped]) {
        telemetry.clear();
        controller = new AbortController();
        await textOf(streamed(asked).textStream);
        await telemetry.ended(1);
        expect(outcomes()).toEqual([['chat gpt-5-mini', 'aborted', SpanStatusCode.UNSET]]);
        expect(counted()).toEqual([]);
      }
    });
  });

  it('keeps its model what it was for the SDK', () => {
    expect(observe(model)).toBe(model);
    expect({ ...model }).toEqual({ ...bare });
    expect(model).toBeInstanceOf(bare.constructor);
    expect(model).toMatchObject({ modelId: 'gpt-5-mini', provider: 'openai.chat' });
  });

  describe('a model that is not observed', () => {
    it('leaves its steps to the result that the method returns, added up', async () => {
      const options = { ...twoSteps(), model: bare };
      expect((await ask(() => sdk.generateText(options))).totalUsage).toMatchObject({ inputTokens: 31 });
      const streamed = ask(() => sdk.streamText(options));
      expect(await streamed.text).toBe('Dune');
      await telemetry.ended(2);
      expect(counted()).toEqual([
        ['ask', 31, 12],
        ['ask', 31, 12],
      ]);
      for (const { attributes } of telemetry.spans) {
        expect(attributes).toMatchObject({ 'gen_ai.response.id': 'chatcmpl-7', 'decotel.request.missing': true });
      }
    });

    it('is seen through the middleware, once where it is observed as well', async () => {
      const wrapped = sdk.wrapLanguageModel({ model: bare, middleware: languageModelMiddleware });
      for (const one of [wrapped, observe(wrapped)]) {
        telemetry.clear();
        expect(await ask(async () => (await sdk.generateText({ model: one, prompt })).text)).toBe('Dune');
        expect(await textOf(sdk.streamText({ model: one, prompt }).textStream)).toEqual(['Du', 'ne']);
        expect(attributesOf('ask')).toMatchObject(SEEN);
        expect(attributesOf('chat gpt-5-mini')).toMatchObject(SEEN);
        expect(telemetry.spans).toHaveLength(2);
      }
    });
  });

  describe('the SDK’s own telemetry', () => {
    const experimental_telemetry = { isEnabled: true, functionId: 'books' };

    it('keeps its spans, without the counts that decotel carries', async () => {
      const options = { model, prompt, experimental_telemetry };
      await ask(async () => (await sdk.generateText(options)).text);
      await textOf(ask(() => sdk.streamText(options)).textStream);
      await sdk.generateText(options);
      await telemetry.ended(version === '7' ? 3 : 9);
      expect(counted()).toEqual(
        [
          ['ask', 20, 7],
          ['ask', 20, 7],
          ['chat gpt-5-mini', 20, 7],
        ].sort(),
      );
      const native = telemetry.spans.filter(({ instrumentationScope }) => instrumentationScope.name === 'ai');
      // In version 7 it is a package of its own.
      expect(native).toHaveLength(version === '7' ? 0 : 6);
      for (const { attributes } of native) expect(attributes['ai.operationId']).toMatch(/^ai\.(generate|stream)Text/);
    });

    it('counts each step of an agent once', async () => {
      await ask(async (librarian) => (await sdk.generateText({ ...twoSteps(librarian), experimental_telemetry })).text);
      await textOf(ask((librarian) => sdk.streamText({ ...twoSteps(librarian), experimental_telemetry })).textStream);
      await new Librarian((librarian) => sdk.generateText({ ...twoSteps(librarian), experimental_telemetry })).advise();
      await telemetry.ended(version === '7' ? 12 : 24);
      expect(counted().map(([name, input]) => [name, input])).toEqual(
        [1, 2, 3].flatMap(() => [
          ['chat gpt-5-mini', 11],
          ['chat gpt-5-mini', 20],
        ]),
      );
      for (const { kind, attributes } of telemetry.spans.filter(({ name }) => name === 'ask')) {
        expect(kind).toBe(SpanKind.INTERNAL);
        expect(attributes).not.toHaveProperty('gen_ai.operation.name');
      }
    });

    it('leaves the counts of a model that is not observed to what the method returns', async () => {
      const options = { ...twoSteps(), model: bare, experimental_telemetry };
      await ask(() => sdk.generateText(options));
      await textOf(ask(() => sdk.streamText(options)).textStream);
      await telemetry.ended(version === '7' ? 2 : 10);
      expect(counted()).toEqual([
        ['ask', 31, 12],
        ['ask', 31, 12],
      ]);
    });

    const itTraces = version === '7' ? it.skip : it;
    itTraces('keeps the counts where decotel sees nothing of the call', async () => {
      const options = { ...twoSteps(), model: bare, experimental_telemetry };
      await ask(async () => (await sdk.generateText(options)).text);
      expect(counted()).toEqual([
        ['ai.generateText.doGenerate', 11, 5],
        ['ai.generateText.doGenerate', 20, 7],
      ]);
    });

    itTraces('keeps the counts where they are to be the SDK’s', async () => {
      await telemetry.stop();
      telemetry = startTelemetry({ settings: { nativeSpans: 'theirs' } });
      await ask(async () => (await sdk.generateText({ model, prompt, experimental_telemetry })).text);
      await sdk.generateText({ model, prompt, experimental_telemetry });
      expect(counted()).toEqual([
        ['ai.generateText.doGenerate', 20, 7],
        ['ai.generateText.doGenerate', 20, 7],
      ]);
    });
  });

  describeWithShared('recordings', 'recorded traffic', (found) => {
    const recordings = ['openai.chat', 'openai.responses', 'openai.embeddings'].flatMap(
      (api) => readFolder(`${found}/${api}`).recordings,
    );

    it.each(recordings.map((one) => [one.id, one] as const))('%s', async (id, recording) => {
      const replay = await startServer();
      try {
        replay.serve(recording);
        const failure = await send(openai(`${replay.base}/v1`), recording).catch((error: unknown) => error);
        const { status } = recording.response;
        expect(telemetry.spans).toHaveLength(1);
        const { attributes } = telemetry.spans[0] as ReadableSpan;
        const isRefused = REFUSED.has(id) || (version === '5' && REFUSED_BY_5.has(id));
        expect(failure === undefined).toBe(status < 400 && !isRefused);
        expect(attributes['decotel.outcome']).toBe(failure === undefined ? 'completed' : 'error');
        if (failure !== undefined) {
          expect(attributes['error.type']).toBe(isRefused ? 'APICallError' : String(status));
          return;
        }
        const { expect: expected } = recording;
        const counts = {
          input: expected.input_tokens,
          output: expected.output_tokens,
          cached: expected.cached_tokens,
          reasoning: expected.reasoning_tokens,
        };
        expect({
          input: attributes['gen_ai.usage.input_tokens'],
          output: attributes['gen_ai.usage.output_tokens'],
          cached: attributes['gen_ai.usage.cache_read.input_tokens'],
          reasoning: attributes['gen_ai.usage.reasoning.output_tokens'],
        }).toEqual(Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count ?? undefined])));
        expect(attributes['gen_ai.response.id']).toBe(expected.response_id ?? undefined);
      } finally {
        await replay.close();
      }
    });
  });
});

/** Answers that the SDK finds fault with: a call of a custom tool, base64 in place of numbers, one that is queued. */
const REFUSED = new Set(['chat-completion-custom-tool-call-3bbe701e20', 'test-embeddings-metrics-fee4cb2321']);
const REFUSED_BY_5 = new Set(['test-background-mode-reasoning-vcr-4f79a94ad1']);

/** Sends a request that a recording answers through the observed model; resolves to nothing. */
async function send(models: Models, { api, streaming }: Recording): Promise<undefined> {
  type Call = (options: object) => Promise<{ stream: ReadableStream }>;
  if (api === 'openai.embeddings') {
    await (observe(embeddingModel(models, 'm')) as { doEmbed: Call }).doEmbed({ values: ['Dune'] });
    return;
  }
  const model = observe(models[api === 'openai.chat' ? 'chat' : 'responses']('m')) as Record<string, Call>;
  const answer = await model[streaming ? 'doStream' : 'doGenerate']?.({
    prompt: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
  });
  if (!streaming) return;
  for await (const part of answer?.stream ?? []) {
    const { type, error } = part as { type: string; error?: unknown };
    if (type === 'error') throw error;
  }
}

describe('the telemetry integration of version 7', () => {
  const { sdk, openai } = VERSIONS.at(-1) as (typeof VERSIONS)[number];

  afterEach(() => {
    globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = undefined;
  });

  it('sees the calls of a model that is not observed, and once those of one that is', async () => {
    registerTelemetry(telemetryIntegration);
    const bare = openai(server.url).chat('gpt-5-mini');
    for (const model of [bare, observe(bare)]) {
      telemetry.clear();
      expect(await ask(async () => (await sdk.generateText({ model, prompt, system: 'Be short.' })).text)).toBe('Dune');
      expect(await textOf(sdk.streamText({ model, prompt }).textStream)).toEqual(['Du', 'ne']);
      expect(attributesOf('ask')).toMatchObject({
        ...SEEN,
        'gen_ai.input.messages': [
          { role: 'system', parts: [{ type: 'text', content: 'Be short.' }] },
          { role: 'user', parts: [{ type: 'text', content: prompt }] },
        ],
      });
      expect(attributesOf('chat gpt-5-mini')).toMatchObject({ ...SEEN, 'gen_ai.request.stream': true });
      expect(telemetry.spans).toHaveLength(2);
    }
  });

  it('is not told of the signal that stops a stream; what the method returns is', async () => {
    let controller = new AbortController();
    reply = () => {
      setTimeout(() => controller.abort(), 50);
      return { events: openAiChunks(['Du', 'ne', '.', '.', '.', '.']), pauseMs: 20 };
    };
    const model = openai(server.url).chat('gpt-5-mini');
    const options = { model, prompt, telemetry: { integrations: telemetryIntegration } };
    for (const call of [ask, (work: () => Streamed) => work()]) {
      controller = new AbortController();
      await textOf(call(() => sdk.streamText({ ...options, abortSignal: controller.signal })).textStream);
    }
    await telemetry.ended(2);
    expect(attributesOf('ask')).toMatchObject({ 'decotel.outcome': 'aborted' });
    expect(attributesOf('chat gpt-5-mini')).toMatchObject({ 'decotel.outcome': 'cancelled' });
  });

  it('can be given to one call', async () => {
    const model = openai(server.url).chat('gpt-5-mini');
    await sdk.generateText({ model, prompt, telemetry: { integrations: telemetryIntegration } });
    await sdk.generateText({ model, prompt });
    expect(counted()).toEqual([['chat gpt-5-mini', 20, 7]]);
  });
});

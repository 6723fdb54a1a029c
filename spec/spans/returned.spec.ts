import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { openCallCount } from '../../src/spans/open-calls.js';
import { collectUntil } from '../support/collect.js';
import { modelCall, throughEngine } from '../support/decorated.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicEvents, anthropicMessage, openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: (isStream: boolean) => Reply;

const messages = [{ role: 'user' as const, content: 'Which book?' }];

interface SdkStream extends AsyncIterable<unknown> {
  controller: AbortController;
  tee(): [AsyncIterable<unknown>, AsyncIterable<unknown>];
  toReadableStream(): ReadableStream;
}

interface SdkPromise<T> extends Promise<T> {
  withResponse(): Promise<{ data: T; response: Response }>;
  asResponse(): Promise<Response>;
}

interface Sdk {
  name: string;
  whole: object;
  chunks: (texts: string[]) => unknown[];
  create(): SdkPromise<{ id: string }>;
  stream(): SdkPromise<SdkStream>;
}

const SDKS: ((url: string) => Sdk)[] = [
  (url) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 });
    const body = { model: 'gpt-5-mini', messages };
    return {
      name: 'openai',
      whole: openAiCompletion('Dune'),
      chunks: openAiChunks,
      create: () => client.chat.completions.create(body),
      stream: () =>
        client.chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } }) as never,
    };
  },
  (url) => {
    const client = new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0, openTelemetry: false });
    const body = { model: 'claude-sonnet-5', max_tokens: 9, messages };
    return {
      name: 'anthropic',
      whole: anthropicMessage('Dune'),
      chunks: anthropicEvents,
      create: () => client.messages.create(body) as never,
      stream: () => client.messages.create({ ...body, stream: true }) as never,
    };
  },
];

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((_path, body) => reply((body as { stream?: boolean }).stream === true));
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints.filter((line) => !line.includes('whose request is not known'))).toEqual([]);
  await server.close();
  await telemetry.stop();
});

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen = [];
  for await (const item of stream) seen.push(item);
  return seen;
}

/** What the engine's method hands out beside what the SDK made, to compare the two. */
function decorated<T>(make: () => T): { made: () => T; call: () => T } {
  let made: T | undefined;
  return { made: () => made as T, call: throughEngine(() => (made = make()), modelCall) };
}

describe.each(SDKS.map((open) => [open('http://127.0.0.1:1').name, open] as const))(
  '%s, returned from a decorated method',
  (_name, open) => {
    let sdk: Sdk;

    beforeEach(() => {
      sdk = open(server.url);
      reply = (isStream) => (isStream ? { events: sdk.chunks(['Du', 'ne']) } : { body: sdk.whole });
    });

    const outcomes = (): unknown[] => telemetry.spans.map((span) => span.attributes['decotel.outcome']);

    it('gives the same promise and the same stream', async () => {
      const promise = decorated(() => sdk.create());
      const returned = promise.call();
      expect(returned).toBe(promise.made());
      expect(returned.constructor.name).toBe('APIPromise');
      const response = await returned;
      expect(await returned).toBe(response);

      const streaming = decorated(() => sdk.stream());
      const streamPromise = streaming.call();
      expect(streamPromise).toBe(streaming.made());
      const stream = await streamPromise;
      expect(stream.constructor.name).toBe('Stream');
      expect(outcomes()).toEqual(['completed']);
      expect((await all(stream)).length).toBeGreaterThan(3);
      expect(outcomes()).toEqual(['completed', 'completed']);
      for (const span of telemetry.spans) {
        expect(span.attributes['gen_ai.usage.output_tokens']).toBe(7);
        expect(span.attributes['gen_ai.request.model']).toMatch(/gpt-5-mini|claude-sonnet-5/);
      }
    });

    it('sends nothing before, and parses nothing that nobody asked for', async () => {
      const raw = await decorated(() => sdk.create())
        .call()
        .asResponse();
      expect(raw).toBeInstanceOf(Response);
      expect(raw.bodyUsed).toBe(false);
      expect(outcomes()).toEqual([]);
      expect(((await raw.json()) as { id: string }).id).toMatch(/_7|-7/);
      expect(outcomes()).toEqual(['completed']);
      expect(telemetry.spans[0]?.attributes['gen_ai.usage.output_tokens']).toBe(7);
    });

    it('keeps withResponse', async () => {
      const { data, response } = await decorated(() => sdk.create())
        .call()
        .withResponse();
      expect([data.id, response.status]).toEqual([(sdk.whole as { id: string }).id, 200]);
      const streamed = await decorated(() => sdk.stream())
        .call()
        .withResponse();
      expect((await all(streamed.data)).length).toBeGreaterThan(3);
      expect(outcomes()).toEqual(['completed', 'completed']);
    });

    it('keeps tee and toReadableStream', async () => {
      const teed = await decorated(() => sdk.stream()).call();
      const [left, right] = await Promise.all(teed.tee().map(all));
      expect(left).toEqual(right);
      const readable = (await decorated(() => sdk.stream()).call()).toReadableStream();
      expect(await all(readable as unknown as AsyncIterable<unknown>)).toHaveLength(left?.length ?? 0);
      expect(outcomes()).toEqual(['completed', 'completed']);
    });

    it('ends one span, and says how, for each way a stream can end', async () => {
      const slow = (): Reply => ({ events: sdk.chunks(Array.from({ length: 50 }, () => 'x')), pauseMs: 5 });
      const ask = (): Promise<SdkStream> => decorated(() => sdk.stream()).call();

      for await (const chunk of await ask()) if (chunk !== undefined) break;
      await expect(
        (async () => {
          for await (const chunk of await ask()) throw new Error(`consumer of ${typeof chunk}`);
        })(),
      ).rejects.toThrow('consumer of object');
      reply = slow;
      const aborted = await ask();
      for await (const chunk of aborted) if (chunk !== undefined) aborted.controller.abort();
      reply = () => ({ events: sdk.chunks(['Du']).slice(0, 3), cut: true });
      await expect(ask().then(all)).rejects.toThrow();
      reply = () => ({
        status: 404,
        body: { type: 'error', error: { type: 'not_found_error', message: 'no such model' } },
      });
      await expect(ask()).rejects.toThrow('no such model');
      await telemetry.ended(5);
      expect(outcomes()).toEqual(['cancelled', 'cancelled', 'aborted', 'error', 'error']);
      expect(telemetry.spans.map((span) => span.events.length)).toEqual([0, 0, 0, 1, 1]);
      expect(telemetry.spans[4]?.attributes['error.type']).toBe('404');
    });

    it('ends the span of a stream that nobody reads, and of a promise that nobody awaits', async () => {
      await (async () => {
        await decorated(() => sdk.stream()).call();
      })();
      let answer: unknown;
      void decorated(() => {
        const promise = sdk.create();
        answer = (promise as unknown as { responsePromise: unknown }).responsePromise;
        return promise;
      }).call();
      await collectUntil(() => telemetry.spans.length === 2);
      // A server that closes before would be a rejection that nobody handles.
      await answer;
      expect(outcomes()).toEqual(['abandoned', 'abandoned']);
    });
  },
);

describe('the stream helper of Anthropic', () => {
  const ask = (url: string) => {
    const client = new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0, openTelemetry: false });
    return throughEngine(
      () => client.messages.stream({ model: 'claude-sonnet-5', max_tokens: 9, messages }),
      modelCall,
    );
  };

  it('is the same object with its events, iteration and final message, one span each', async () => {
    reply = () => ({ events: anthropicEvents(['Du', 'ne']) });
    const texts: string[] = [];
    const stream = ask(server.url)();
    stream.on('text', (text) => texts.push(text));
    expect((await stream.finalMessage()).content).toMatchObject([{ type: 'text', text: 'Dune' }]);
    expect(texts).toEqual(['Du', 'ne']);
    let events = 0;
    for await (const event of ask(server.url)()) if (event.type !== 'message_stop') events++;
    expect(events).toBe(6);
    const broken = ask(server.url)();
    for await (const event of broken) if (event.type === 'content_block_delta') break;
    await telemetry.ended(3);
    expect(telemetry.spans.map((span) => span.attributes['decotel.outcome'])).toEqual([
      'completed',
      'completed',
      'cancelled',
    ]);
    expect(telemetry.spans.map((span) => span.attributes['gen_ai.usage.output_tokens'])).toEqual([
      7,
      7,
      expect.anything(),
    ]);
  });

  it('reports an error once, to whoever would have heard of it', async () => {
    reply = () => ({ status: 500, body: { type: 'error', error: { type: 'api_error', message: 'down' } } });
    const stream = ask(server.url)();
    await expect(stream.done()).rejects.toThrow('down');
    await telemetry.ended(1);
    expect(telemetry.spans.map((span) => span.attributes['decotel.outcome'])).toEqual(['error']);
    expect(telemetry.spans[0]?.events).toHaveLength(1);
  });
});

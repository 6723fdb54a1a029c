import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import OpenAI from 'openai';
import { configure } from '../../src/configure.js';
import { agent, callOf, observe, span, withOtel, type EndedCall } from '../../src/index.js';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(openCallCount()).toBe(0);
  await telemetry.stop();
});

const traceparentOf = (name: string): string => {
  const { traceId, spanId } = telemetry.span(name).spanContext();
  return `00-${traceId}-${spanId}-01`;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const completion = (): object => openAiCompletion('Dune');
async function* chunks(): AsyncGenerator {
  for (const chunk of openAiChunks(['Du', 'ne']).slice(0, -1)) {
    await turn();
    yield chunk;
  }
}

const OF_COMPLETION = {
  operation: 'chat',
  provider: 'openai',
  outcome: 'completed',
  response: { id: 'chatcmpl-7', model: 'gpt-5-mini-2025-08-07', finishReasons: ['stop'] },
  usage: { inputTokens: 20, outputTokens: 7 },
};

describe('callOf()', () => {
  it('knows the call of a response, also long after it', async () => {
    const response = await withOtel({ name: 'ask' })(async () => completion())();
    await turn();
    expect(callOf(response).traceparent).toBe(traceparentOf('ask'));
    const ended = await callOf(response).ended;
    expect(ended).toMatchObject({ ...OF_COMPLETION, traceparent: traceparentOf('ask') });
    expect(JSON.stringify(ended)).not.toContain('Dune');
  });

  it('knows the call of a stream before, while and after it is read', async () => {
    const stream = withOtel({ name: 'ask' })(chunks)();
    const before = callOf(stream);
    let isOver = false;
    const waiting = before.ended.then((call) => {
      isOver = true;
      return call;
    });
    const { traceparent } = before;
    for await (const _ of stream) {
      expect([callOf(stream).traceparent, isOver]).toEqual([traceparent, false]);
    }
    expect(await waiting).toMatchObject({ ...OF_COMPLETION, streamChunks: 5 });
    expect(traceparent).toBe(traceparentOf('ask'));
    expect(await callOf(stream).ended).toEqual(await waiting);
  });

  it.each<[string, () => object]>([
    ['an iterable', () => ({ [Symbol.asyncIterator]: chunks })],
    ['a web stream', () => new ReadableStream({ start: (controller) => controller.close() })],
    ['a stream of Node', () => new PassThrough().end() as object],
    ['a web response', () => new Response('text')],
    ['a thenable', () => ({ then: (done: (value: number) => void) => done(1) })],
    ['streams that an object holds', () => ({ textStream: chunks() })],
  ])('knows the call of %s', async (_, make) => {
    const value = span('call')(make)();
    const { traceparent, ended } = callOf(value);
    endOpenCalls('shutdown');
    expect(traceparent).toBe(traceparentOf('call'));
    expect(await ended).toEqual(expect.objectContaining({ traceparent, outcome: 'shutdown' }));
  });

  it.each(['error', 'cancelled', 'abandoned'] as const)('tells of a stream that ended as %s', async (outcome) => {
    const failing = async function* (): AsyncGenerator<number> {
      yield 1;
      throw new TypeError('private');
    };
    const stream = span('call')(failing)();
    const { ended } = callOf(stream);
    if (outcome === 'abandoned') endOpenCalls('abandoned');
    else if (outcome === 'cancelled') await stream.return(undefined);
    else await expect(stream.next().then(() => stream.next())).rejects.toThrow(TypeError);
    const error = outcome === 'error' ? { type: 'TypeError', name: 'TypeError' } : undefined;
    expect(await ended).toEqual(expect.objectContaining({ outcome, error }));
  });

  it('is the innermost of several that pass an object on', async () => {
    const inner = withOtel({ name: 'inner' })(async () => completion());
    const response = await agent({ name: 'outer' })(() => inner())();
    expect(callOf(response).traceparent).toBe(traceparentOf('inner'));
  });

  it.each([undefined, null, 7, 'text', Symbol('s'), {}, [], () => 1, Promise.resolve(1), Object.freeze({})])(
    'is undefined-safe: %p',
    async (value) => {
      expect(callOf(value).traceparent).toBeUndefined();
      expect(await callOf(value).ended).toBeUndefined();
    },
  );

  it('leaves no trace on what it marks', async () => {
    const frozen = Object.freeze(completion());
    const ask = withOtel({ name: 'ask' })((value: object) => value);
    const plain = ask(completion());
    expect(Reflect.ownKeys(plain)).toEqual(Reflect.ownKeys(completion()));
    expect(callOf({ ...plain }).traceparent).toBeUndefined();
    expect(ask(frozen)).toBe(frozen);
    expect(callOf(frozen).traceparent).toMatch(/^00-/);
  });

  it('knows nothing where decotel is disabled', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { enabled: false } });
    const response = withOtel({ name: 'ask' })(() => completion())();
    expect([callOf(response).traceparent, await callOf(response).ended]).toEqual([undefined, undefined]);
  });

  describe('through an observed client', () => {
    let server: Loopback;
    let client: OpenAI;
    beforeEach(async () => {
      server = await loopback((_, body) =>
        (body as { stream?: boolean }).stream ? { events: openAiChunks(['Du', 'ne']) } : { body: completion() },
      );
      client = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
    });
    afterEach(() => server.close());

    const CHAT = { model: 'gpt-5-mini', messages: [{ role: 'user' as const, content: 'Which book?' }] };

    it('is the decorated call that reports it, for its promise, its stream and its response', async () => {
      let promise: object | undefined;
      const ask = withOtel({ name: 'ask' })(() => (promise = client.chat.completions.create(CHAT)));
      const response = await ask();
      const ended = await callOf(response).ended;
      expect(ended).toMatchObject({ ...OF_COMPLETION, request: { model: 'gpt-5-mini' } });
      expect([callOf(response).traceparent, callOf(promise).traceparent]).toEqual([
        traceparentOf('ask'),
        traceparentOf('ask'),
      ]);
      telemetry.clear();
      const stream = await withOtel({ name: 'tell' })(() =>
        client.chat.completions.create({ ...CHAT, stream: true }),
      )();
      const waiting = callOf(stream).ended;
      const { traceparent } = callOf(stream);
      for await (const _ of stream);
      expect(traceparent).toBe(traceparentOf('tell'));
      expect(await waiting).toMatchObject({ ...OF_COMPLETION, traceparent });
    });

    it('is its own call where the method makes several, known in the method and after it', async () => {
      const seen: unknown[] = [];
      const ask = withOtel({ name: 'ask' })(async () => {
        const responses = [await client.chat.completions.create(CHAT), await client.chat.completions.create(CHAT)];
        seen.push(...responses);
        return 'two';
      });
      await ask();
      const own = telemetry.spans
        .filter(({ name }) => name === 'chat gpt-5-mini')
        .map((each) => each.spanContext().spanId);
      expect(seen.map((response) => callOf(response).traceparent?.slice(36, 52))).toEqual(own);
      expect(await callOf(seen[0]).ended).toMatchObject(OF_COMPLETION);
    });

    it('may be awaited inside the method without being counted twice', async () => {
      let inside: Promise<EndedCall | undefined> | undefined;
      const ask = withOtel({ name: 'ask' })(async () => {
        const response = await client.chat.completions.create(CHAT);
        inside = callOf(response).ended;
        return response.choices[0]?.message.content;
      });
      await ask();
      expect(await inside).toMatchObject({ ...OF_COMPLETION, traceparent: traceparentOf('ask') });
      expect(telemetry.spans.map(({ name }) => name)).toEqual(['ask']);
    });
  });
});

describe('what callOf() knows', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  const collected = async (reference: WeakRef<object>): Promise<boolean> => {
    for (let tries = 0; tries < 50 && reference.deref() !== undefined; tries++) {
      await turn();
      collect();
    }
    return reference.deref() === undefined;
  };

  it('does not keep the conversation alive once the span has been exported', async () => {
    await telemetry.stop();
    telemetry = startTelemetry();
    let reference: WeakRef<object> | undefined;
    const ask = withOtel({
      name: 'ask',
      capture: (call) => {
        call.arguments = { held: 'x' };
        reference = new WeakRef(call.arguments as object);
      },
    })(async (_: object) => completion());
    const response = await ask({ question: 'Which book?' });
    telemetry.clear();
    expect(await collected(reference as WeakRef<object>)).toBe(true);
    expect((await callOf(response).ended)?.usage).toMatchObject({ inputTokens: 20 });
  });

  it('does not keep a stream alive that nobody reads', async () => {
    const ask = span('ask')(chunks);
    const waiting = ((): Promise<EndedCall | undefined> => callOf(ask()).ended)();
    for (let tries = 0; tries < 100 && openCallCount() > 0; tries++) {
      await turn();
      collect();
    }
    expect(await waiting).toMatchObject({ outcome: 'abandoned' });
  });

  it('is complete at the end of the call on a provider of decotel’s own, where records are put together later', async () => {
    await telemetry.stop();
    const exporter = new InMemorySpanExporter();
    const handle = configure({ processors: [new SimpleSpanProcessor(exporter)] });
    const stream = withOtel({ name: 'ask' })(chunks)();
    const waiting = callOf(stream).ended;
    for await (const _ of stream);
    expect(await waiting).toMatchObject(OF_COMPLETION);
    const response = withOtel({ name: 'ask' })(() => completion())();
    expect(await callOf(response).ended).toMatchObject(OF_COMPLETION);
    await handle.shutdown();
  });
});

import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { CallRecord } from '../../src/core/record.js';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import { modelCall, plainCall, throughEngine } from '../support/decorated.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

const completion = (text: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

let telemetry: Telemetry;

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints.filter((line) => /ended Span|only call end/.test(line))).toEqual([]);
  await telemetry.stop();
});

describe('a call', () => {
  beforeEach(() => {
    telemetry = startTelemetry();
  });

  it('records name, kind, arguments by name, result and outcome', () => {
    const add = throughEngine(function add(left: number, right: number) {
      return left + right;
    });
    expect(add(2, 3)).toBe(5);
    const span = telemetry.span('add');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(parsedAttributes(span)).toEqual({
      'code.function.name': 'Spec.add',
      'decotel.arguments': { left: 2, right: 3 },
      'decotel.result': '5',
      'decotel.outcome': 'completed',
    });
  });

  it('rethrows the same error and records it once', async () => {
    class NotFound extends Error {}
    const error = new NotFound('no such book');
    const fail = throughEngine(function fail() {
      throw error;
    });
    const reject = throughEngine(async function reject() {
      await Promise.resolve();
      throw error;
    });
    expect(fail).toThrow(error);
    await expect(reject()).rejects.toBe(error);
    for (const name of ['fail', 'reject']) {
      const span = telemetry.span(name);
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such book' });
      expect(span.events.map((event) => event.name)).toEqual(['exception']);
      expect(span.events[0]?.attributes).toMatchObject({
        'exception.type': 'NotFound',
        'exception.message': 'no such book',
      });
      expect(span.attributes).toMatchObject({ 'error.type': 'NotFound', 'decotel.outcome': 'error' });
    }
  });

  it('is the parent of what the method and its generator body do, over awaits and Promise.all', async () => {
    const leaf = throughEngine(async function leaf(name: string) {
      await Promise.resolve();
      return name;
    });
    const tree = throughEngine(async function* tree() {
      yield await leaf('one');
      await Promise.all([leaf('two'), leaf('three')]);
      yield 'end';
    });
    const consumer = throughEngine(async function consumer(stream: AsyncIterable<string>) {
      const seen = [];
      for await (const item of stream) seen.push(item);
      return seen;
    });
    expect(await consumer(tree())).toEqual(['one', 'end']);
    const { spanId } = telemetry.span('tree').spanContext();
    const leaves = telemetry.spans.filter((span) => span.name === 'leaf');
    expect(leaves.map((span) => span.parentSpanContext?.spanId)).toEqual([spanId, spanId, spanId]);
    expect(telemetry.span('consumer').parentSpanContext).toBeUndefined();
    expect(trace.getSpan(context.active())).toBeUndefined();
  });

  it('keeps a stream open until it is exhausted, and joins its text', async () => {
    const stream = throughEngine(async function* stream() {
      yield 'Hel';
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield 'lo';
    });
    const chunks = [];
    for await (const chunk of stream()) {
      expect(telemetry.spans).toEqual([]);
      chunks.push(chunk);
    }
    expect(chunks).toEqual(['Hel', 'lo']);
    expect(parsedAttributes(telemetry.span('stream'))).toMatchObject({
      'decotel.result': 'Hello',
      'decotel.stream.chunks': 2,
      'decotel.outcome': 'completed',
    });
  });

  it('ends a stream that was abandoned at shutdown, once', async () => {
    const stream = throughEngine(async function* stream() {
      yield 1;
      yield 2;
    });
    const generator = stream();
    await generator.next();
    endOpenCalls('shutdown');
    expect(telemetry.span('stream').attributes['decotel.outcome']).toBe('shutdown');
    expect(await generator.next()).toEqual({ value: 2, done: false });
    expect(await generator.next()).toEqual({ value: undefined, done: true });
    expect(telemetry.spans).toHaveLength(1);
  });

  it('ends the inner of two calls that return one stream first at shutdown, too', () => {
    const inner = throughEngine(function* inner() {
      yield 1;
    });
    const outer = throughEngine(function outer() {
      return inner();
    });
    const generator = outer();
    endOpenCalls('shutdown');
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['inner', 'outer']);
    expect([...generator]).toEqual([1]);
  });

  it('ends a stream that nobody reads when it is idle', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({
      settings: { limits: { valueBytes: 1000, depth: 4, items: 10, keys: 10, idleMs: 20 } },
    });
    const unread = throughEngine(function unread() {
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: 1 }) }) };
    });
    const kept = unread();
    await telemetry.ended(1);
    // Still held, so it was idleness that ended it, not collection.
    expect(Object.keys(kept)).toEqual([]);
    expect(telemetry.span('unread').attributes['decotel.outcome']).toBe('abandoned');
  });

  it('records the response that a model call returns', async () => {
    const ask = throughEngine(async function ask(_question: string) {
      await Promise.resolve();
      return completion('Dune');
    }, modelCall);
    await ask('Which book?');
    const span = telemetry.span('ask');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(parsedAttributes(span)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
      'decotel.usage.total_tokens': 15,
      'decotel.request.missing': true,
      'gen_ai.output.messages': [
        { role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'stop' },
      ],
    });
  });

  it('counts one response once, however many decorated methods it passes through', async () => {
    const inner = throughEngine(async function inner() {
      await Promise.resolve();
      return completion('Dune');
    }, modelCall);
    const outer = throughEngine(async function outer() {
      return inner();
    }, modelCall);
    await outer();
    expect(telemetry.span('inner').attributes['gen_ai.usage.input_tokens']).toBe(10);
    expect(telemetry.span('outer').attributes['gen_ai.usage.input_tokens']).toBeUndefined();
    const [first, second] = telemetry.spans as [ReadableSpan, ReadableSpan];
    expect([first.name, second.name]).toEqual(['inner', 'outer']);
  });
});

describe('what is recorded where', () => {
  const secret = throughEngine(async function secret(text: string) {
    await Promise.resolve();
    throw new Error(`prompt was ${text}`);
  });

  it('leaves content and error texts off a span on a provider that was merely joined', async () => {
    telemetry = startTelemetry({ content: false });
    await expect(secret('private words')).rejects.toThrow();
    const span = telemetry.span('secret');
    expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain('private words');
    expect(span.events[0]?.attributes).toEqual({ 'exception.type': 'Error' });
    expect(span.attributes['error.type']).toBe('Error');
  });

  it('renders content once, for a processor that masks in place and for one that reads twice', async () => {
    const seen: unknown[] = [];
    telemetry = startTelemetry({
      processors: [
        {
          onStart: () => undefined,
          onEnd: (span) => {
            const attributes = span.attributes as Record<string, unknown>;
            seen.push(attributes['decotel.arguments'], attributes['decotel.arguments'], span.attributes === attributes);
            attributes['decotel.arguments'] = 'masked';
          },
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    });
    await expect(secret('private words')).rejects.toThrow();
    expect(seen).toEqual(['{"text":"private words"}', '{"text":"private words"}', true]);
    expect(telemetry.span('secret').attributes['decotel.arguments']).toBe('masked');
  });

  it('does not let later changes of an argument leak in', () => {
    telemetry = startTelemetry();
    const take = throughEngine(function take(history: { text: string }[]) {
      return history.length;
    });
    const history = [{ text: 'before' }];
    take(history);
    (history[0] as { text: string }).text = 'after';
    history.push({ text: 'more' });
    expect(parsedAttributes(telemetry.span('take'))['decotel.arguments']).toEqual({ history: [{ text: 'before' }] });
  });

  it('lets capture replace what is recorded, but not past the gate', () => {
    telemetry = startTelemetry();
    const take = throughEngine(
      function take(_card: string) {
        return 'done';
      },
      plainCall,
      { capture: (call) => void (call.arguments = { key: `sk-${'a'.repeat(30)}` }) },
    );
    take('4111');
    expect(telemetry.span('take').attributes['decotel.arguments']).toBe('{"key":"[masked]"}');
  });

  it('bounds what capture puts in, whatever it is', () => {
    telemetry = startTelemetry();
    const circular: Record<string, unknown> = {
      id: 10n,
      at: new Map([['shelf', new Date(0)]]),
      cover: Buffer.alloc(9),
    };
    circular['self'] = circular;
    const wide = Array.from({ length: 200_000 }, (_, id) => ({ id, title: 'Dune' }));
    const capture = (call: CallRecord): void => {
      Object.assign(call, { arguments: circular, result: wide });
    };
    const started = performance.now();
    throughEngine(
      function take() {
        return 1;
      },
      plainCall,
      { capture },
    )();
    const { attributes } = telemetry.span('take');
    expect(performance.now() - started).toBeLessThan(500);
    expect(JSON.parse(String(attributes['decotel.arguments']))).toEqual({
      id: '10',
      at: { shelf: '1970-01-01T00:00:00.000Z' },
      cover: { type: 'blob', bytes: 9 },
      self: '[circular]',
    });
    expect(JSON.parse(String(attributes['decotel.result']))).toContain('[199000 items left out]');
  });

  it('masks the attributes of its decorator, by their names too', () => {
    telemetry = startTelemetry();
    const secret = `sk-${'a1B2'.repeat(6)}`;
    const attributes = { 'db.password': 'opaque', [`of ${secret}`]: 1, store: `at ${secret}` };
    const metadata = { [`of ${secret}`]: 'x', has_password: true };
    throughEngine(
      function take() {
        return 1;
      },
      plainCall,
      { attributes, metadata },
    )();
    expect(telemetry.span('take').attributes).toEqual({
      'code.function.name': expect.any(String) as string,
      'db.password': '[masked]',
      'of [masked]': 1,
      store: 'at [masked]',
      'decotel.metadata.of [masked]': 'x',
      'decotel.metadata.has_password': true,
      'decotel.outcome': 'completed',
      'decotel.result': '1',
    });
  });

  it('touches no argument of a call that is not sampled, and keeps its children unsampled', async () => {
    telemetry = startTelemetry({ sampler: new AlwaysOffSampler() });
    const touched = jest.fn();
    const argument = {
      get value() {
        return touched();
      },
      toJSON: touched,
    };
    const take = throughEngine(async function* take(_argument: object) {
      yield trace.getSpan(context.active())?.spanContext().traceId;
    });
    const generator = take(argument);
    const { value } = await generator.next();
    expect(value).toMatch(/^[0-9a-f]{32}$/);
    expect(touched).not.toHaveBeenCalled();
    expect(telemetry.spans).toEqual([]);
  });

  it('does nothing at all where nobody registered a provider', async () => {
    telemetry = startTelemetry();
    await telemetry.stop();
    const plain = throughEngine(async function plain(value: number) {
      return Promise.resolve(value);
    });
    const generator = (function* () {
      yield 1;
    })();
    const give = throughEngine(function give() {
      return generator;
    });
    expect(await plain(4)).toBe(4);
    expect(give()).toBe(generator);
    expect(Reflect.ownKeys(generator)).toEqual([]);
  });
});

import { trace } from '@opentelemetry/api';
import { session, span, withSession } from 'decotel';
import { carry, consumer, createRuntimeTracing, producer } from 'decotel/messaging';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry({ settings: { messaging: false } });
});

afterEach(async () => {
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

class Desk {
  @producer({ destination: 'books' })
  order(title: string) {
    return carry({ title });
  }

  @consumer({ destination: 'books' })
  async handle(_message: object) {
    await Promise.resolve();
    return this.lookUp();
  }

  @consumer({ destination: 'books' })
  async *stream(_message: object) {
    yield this.lookUp();
  }

  @span('look up')
  lookUp() {
    return session().id;
  }
}

describe('without the spans of messages', () => {
  const desk = new Desk();
  const runtime = createRuntimeTracing({ prefix: 'library', as: 'parent' });
  const clerk = { type: 'clerk', key: 'a' };
  const read = async (values: AsyncIterable<unknown>): Promise<unknown> => {
    for await (const value of values) return value;
    return undefined;
  };

  it.each<[string, (message: object) => unknown]>([
    ['a method', (message) => desk.handle(message)],
    ['a stream', (message) => read(desk.stream(message))],
    ['the body of a loop', (from) => consumer.run({ destination: 'books', from }, () => desk.lookUp())],
    ['a runtime of agents', (from) => runtime.trace('process', clerk, { from }, () => desk.lookUp())],
  ])('the spans in %s are below the sender, in its session', async (_handler, handle) => {
    const message = withSession({ id: 's1' }, () => span('sender')(() => desk.order('Emma'))());
    expect(await handle(message)).toBe('s1');
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['sender', 'look up']);
    const [sender, inside] = ['sender', 'look up'].map((name) => telemetry.span(name));
    expect(inside?.spanContext().traceId).toBe(sender?.spanContext().traceId);
    expect(inside?.parentSpanContext?.spanId).toBe(sender?.spanContext().spanId);
    expect(inside?.attributes['session.id']).toBe('s1');
  });

  it('a message from nowhere begins a trace', async () => {
    expect(await desk.handle({})).toBeUndefined();
    expect(telemetry.spans.map(({ name, parentSpanContext }) => [name, parentSpanContext])).toEqual([
      ['look up', undefined],
    ]);
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});

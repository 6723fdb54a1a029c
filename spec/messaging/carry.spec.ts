import { context, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { span } from 'decotel';
import { carry, consumer } from 'decotel/messaging';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});

afterEach(async () => {
  await telemetry.stop();
});

/** Runs `work` in the span of a producer; gives what it returned and what the producer's span is called on the wire. */
function produced<Result>(work: () => Result): { made: Result; traceparent: string } {
  let traceparent = '';
  const made = span('producer')(() => {
    const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? { traceId: '', spanId: '' };
    traceparent = `00-${traceId}-${spanId}-01`;
    return work();
  })();
  return { made, traceparent };
}

/** gRPC's `Metadata`, as far as it is looked at: a stand-in with the same methods and no package behind it. */
class Metadata {
  private readonly values = new Map<string, string[]>();
  get(key: string): string[] {
    return this.values.get(key.toLowerCase()) ?? [];
  }
  set(key: string, value: string): void {
    this.values.set(key.toLowerCase(), [value]);
  }
  getMap(): Record<string, string> {
    return Object.fromEntries([...this.values].map(([key, [value = '']]) => [key, value]));
  }
}

/** An event of the CloudEvents SDK is frozen, and makes others: a stand-in that does the same. */
class FrozenEvent {
  readonly specversion = '1.0';
  readonly type = 'book.lent';
  constructor(extensions: object = {}) {
    Object.assign(this, extensions);
    Object.freeze(this);
  }
  cloneWith(extensions: object): FrozenEvent {
    return new FrozenEvent(Object.assign({}, this, extensions));
  }
}

const CARRIERS: [name: string, make: () => object, expected: (traceparent: string) => unknown][] = [
  ['HTTP headers', () => ({ accept: '*/*' }), (traceparent) => ({ accept: '*/*', traceparent })],
  ['a message to a worker thread', () => ({ task: 1 }), (traceparent) => ({ task: 1, traceparent })],
  ['the data of a BullMQ job', () => ({ genre: 'crime' }), (traceparent) => ({ genre: 'crime', traceparent })],
  ['an MCP `_meta`', () => ({ progressToken: 7 }), (traceparent) => ({ progressToken: 7, traceparent })],
  [
    'an MCP request',
    () => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'lookUp' } }),
    (traceparent) => ({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'lookUp', _meta: { traceparent } },
    }),
  ],
  [
    'AMQP properties',
    () => ({ persistent: true, headers: { tenant: 'a' } }),
    (traceparent) => ({ persistent: true, headers: { tenant: 'a', traceparent } }),
  ],
  ['AMQP properties without headers', () => ({ headers: undefined }), (traceparent) => ({ headers: { traceparent } })],
  [
    'a message for Kafka with headers of bytes',
    () => ({ value: 'x', headers: { tenant: Buffer.from('a') } }),
    (traceparent) => ({ value: 'x', headers: { tenant: Buffer.from('a'), traceparent: Buffer.from(traceparent) } }),
  ],
  ["librdkafka's list of headers", () => [{ tenant: 'a' }], (traceparent) => [{ tenant: 'a' }, { traceparent }]],
  [
    'a CloudEvent',
    () => ({ specversion: '1.0', id: '1', source: '/books', type: 'book.lent' }),
    (traceparent) => ({ specversion: '1.0', id: '1', source: '/books', type: 'book.lent', traceparent }),
  ],
];

const WITH_METHODS: [name: string, make: () => object, read: (carrier: never) => unknown][] = [
  ['Headers', () => new Headers({ accept: '*/*' }), (headers: Headers) => headers.get('traceparent')],
  ['a Map', () => new Map(), (map: Map<string, string>) => map.get('traceparent')],
  ['NATS headers', () => natsHeaders(), (headers: ReturnType<typeof natsHeaders>) => headers.get('traceparent')],
  ['gRPC metadata', () => new Metadata(), (metadata: Metadata) => metadata.get('traceparent')[0]],
];

describe('carry', () => {
  it.each(CARRIERS)('writes the running span into %s and returns it', (_name, make, expected) => {
    const carrier = make();
    const { made, traceparent } = produced(() => carry(carrier));
    expect(made).toBe(carrier);
    expect(made).toEqual(expected(traceparent));
  });

  it.each(WITH_METHODS)('writes the running span into %s and returns it', (_name, make, read) => {
    const carrier = make();
    const { made, traceparent } = produced(() => carry(carrier));
    expect(made).toBe(carrier);
    expect(read(made as never)).toBe(traceparent);
  });

  it('makes another CloudEvent of a frozen one', () => {
    const { made, traceparent } = produced(() => carry(new FrozenEvent()));
    expect(made).toBeInstanceOf(FrozenEvent);
    expect(Object.assign({}, made)).toEqual({ specversion: '1.0', type: 'book.lent', traceparent });
  });

  it('writes a new place over an old one, and the trace state', () => {
    const state = trace.wrapSpanContext({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 0,
      traceState: { serialize: () => 'vendor=1', get: () => undefined, set: () => never(), unset: () => never() },
    });
    const message = { traceparent: 'old' };
    context.with(trace.setSpan(context.active(), state), () => carry(message));
    expect(message).toEqual({
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
      tracestate: 'vendor=1',
    });
  });

  it.each([
    ['no span is active', () => carry({ task: 1 })],
    [
      'the active span is not valid',
      () => {
        const invalid = trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 1 });
        return context.with(trace.setSpan(context.active(), invalid), () => carry({ task: 1 }));
      },
    ],
  ])('writes nothing where %s', (_when, work) => {
    expect(work()).toEqual({ task: 1 });
  });

  it('lets the registered propagator decide what is written and read', () => {
    const w3c = new W3CTraceContextPropagator();
    propagation.setGlobalPropagator({
      fields: () => ['x-trace'],
      inject: (from, carrier, setter) =>
        w3c.inject(from, carrier, { set: (into, _key, value) => setter.set(into, 'x-trace', value) }),
      extract: (from, carrier, getter) =>
        w3c.extract(from, carrier, {
          keys: (fields) => getter.keys(fields),
          get: (fields, key) => (key === 'traceparent' ? getter.get(fields, 'x-trace') : undefined),
        }),
    });
    const { made, traceparent } = produced(() => carry({}));
    expect(made).toEqual({ 'x-trace': traceparent });
    consumer.run({ destination: 'books', from: made }, () => 1);
    expect(telemetry.span('process books').parentSpanContext?.spanId).toBe(traceparent.split('-')[2]);
  });

  it('gives back what is no object, and says so once', () => {
    const values = [null, undefined, 'text', 7];
    expect(produced(() => values.map((value) => carry(value as never))).made).toEqual(values);
    expect(telemetry.complaints).toEqual(['decotel: carry(message): a message is an object']);
  });

  it('survives a carrier that refuses', () => {
    const refusing = { set: () => never(), get: () => never() };
    expect(produced(() => carry(refusing)).made).toBe(refusing);
    expect(telemetry.complaints).toEqual([expect.stringMatching(/^decotel: a message could not be given its trace/)]);
  });
});

describe('what carry wrote', () => {
  it.each([...CARRIERS, ...WITH_METHODS])('is read from %s', (_name, make) => {
    const { made, traceparent } = produced(() => carry(make()));
    const [, traceId, spanId] = traceparent.split('-');
    // A list is a batch, but for a list of headers.
    consumer.run({ destination: 'books', from: made, as: 'parent' }, () => 1);
    const received = telemetry.span('process books');
    expect([received.spanContext().traceId, received.parentSpanContext?.spanId]).toEqual([traceId, spanId]);
    expect(received.links).toEqual([]);
  });

  it('is read whatever the case of its name, and from bytes', () => {
    const { made, traceparent } = produced(() => carry<Record<string, string>>({}));
    const spellings = [
      { Traceparent: made['traceparent'] },
      { headers: { TRACEPARENT: [Buffer.from(traceparent)] } },
      { topic: 'books', partition: 0, message: { value: null, headers: { traceparent: Buffer.from(traceparent) } } },
      { fields: {}, properties: { headers: { traceparent } }, content: Buffer.alloc(0) },
      { id: '7', attemptsMade: 0, data: { traceparent } },
    ];
    for (const from of spellings) consumer.run({ destination: 'books', from, as: 'parent' }, () => 1);
    const parents = telemetry.spans
      .filter(({ name }) => name === 'process books')
      .map((ended) => ended.parentSpanContext?.spanId);
    expect(parents).toEqual(spellings.map(() => traceparent.split('-')[2]));
  });
});

function never(): never {
  throw new Error('not to be called');
}

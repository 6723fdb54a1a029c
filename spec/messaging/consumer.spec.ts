import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { span } from 'decotel';
import { carry, consumer, producer } from 'decotel/messaging';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

interface Job {
  id?: string;
  data: { genre: string; traceparent?: string };
  attemptsMade?: number;
}

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});

afterEach(async () => {
  expect(telemetry.complaints.filter((line) => /ended Span|only call end/.test(line))).toEqual([]);
  await telemetry.stop();
});

/** A message that a producer made, and the producer's span. */
function sent(message: object = {}): { message: object; spanId: string; traceId: string } {
  const made = span('sender')(() => ({ message: carry(message), place: trace.getActiveSpan()?.spanContext() }))();
  return { message: made.message, spanId: made.place?.spanId ?? '', traceId: made.place?.traceId ?? '' };
}

describe('@producer', () => {
  class Orders {
    readonly queue: Job[] = [];

    @producer({ destination: 'orders', system: 'bullmq', operation: 'publish' })
    async place(genre: string) {
      await Promise.resolve();
      this.queue.push(carry({ data: carry({ genre }) }));
      return this.queue.length;
    }

    @producer({ destination: (topic: string) => topic })
    static announce(topic: string, text: string) {
      return carry({ topic, text });
    }
  }

  it('is a span of kind PRODUCER that the message names', async () => {
    const orders = new Orders();
    expect(await orders.place('crime')).toBe(1);
    const placed = telemetry.span('publish orders');
    const { traceId, spanId } = placed.spanContext();
    expect(placed.kind).toBe(SpanKind.PRODUCER);
    expect(orders.queue[0]?.data).toEqual({ genre: 'crime', traceparent: `00-${traceId}-${spanId}-01` });
    expect(parsedAttributes(placed)).toEqual({
      'code.function.name': 'Orders.place',
      'messaging.system.name': 'bullmq',
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'orders',
      'decotel.arguments': { genre: 'crime' },
      'decotel.result': '1',
      'decotel.outcome': 'completed',
    });
  });

  it('takes its destination from the arguments', () => {
    Orders.announce('news', 'open');
    expect(telemetry.span('send news').attributes['messaging.destination.name']).toBe('news');
  });

  it('wraps a plain function', () => {
    expect(producer({ destination: 'orders', operation: 'create' })(() => 7)()).toBe(7);
    expect(telemetry.span('create orders').attributes['messaging.operation.type']).toBe('create');
  });
});

describe('@consumer', () => {
  class Recommender {
    @consumer({ destination: 'recommend', from: (job: Job) => job.data })
    async handle(job: Job) {
      await Promise.resolve();
      return this.find(job.data.genre);
    }

    @span()
    find(genre: string) {
      return `a ${genre} book`;
    }

    @consumer({ destination: 'recommend', as: 'link' })
    linked(_message: object) {
      return 1;
    }

    @consumer({ destination: (message: { subject: string }) => message.subject })
    async *stream(_message: { subject: string }) {
      yield 1;
      yield 2;
    }

    @consumer({ destination: 'recommend' })
    fail(_job: object) {
      throw new RangeError('no such genre');
    }
  }

  it('continues the trace of a job, with the number of the attempt', async () => {
    const { message, spanId, traceId } = sent({ genre: 'crime' });
    const job = { id: '7', data: message as Job['data'], attemptsMade: 1 };
    expect(await new Recommender().handle(job)).toBe('a crime book');
    const handled = telemetry.span('process recommend');
    expect(handled.kind).toBe(SpanKind.CONSUMER);
    expect([handled.spanContext().traceId, handled.parentSpanContext?.spanId]).toEqual([traceId, spanId]);
    expect(handled.links).toEqual([]);
    expect(telemetry.span('find').parentSpanContext?.spanId).toBe(handled.spanContext().spanId);
    expect(parsedAttributes(handled)).toEqual({
      'code.function.name': 'Recommender.handle',
      'messaging.system.name': 'bullmq',
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'recommend',
      'messaging.message.id': '7',
      'decotel.messaging.attempt': 2,
      'decotel.arguments': { genre: 'crime', traceparent: job.data.traceparent },
      'decotel.result': 'a crime book',
      'decotel.outcome': 'completed',
    });
  });

  it('links where it is told to, below what is active', () => {
    const { message, spanId, traceId } = sent();
    span('around')(() => new Recommender().linked(message))();
    const handled = telemetry.span('process recommend');
    const around = telemetry.span('around').spanContext();
    expect(handled.parentSpanContext?.spanId).toBe(around.spanId);
    expect(handled.spanContext().traceId).not.toBe(traceId);
    expect(handled.links.map(({ context }) => [context.traceId, context.spanId])).toEqual([[traceId, spanId]]);
  });

  it.each([
    ['no context', {}],
    ['an invalid context', { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` }],
    ['half a context', { traceparent: '00-0af7651916cd43dd8448eb211c80319c' }],
  ])('is a root without links where the message has %s, whatever is active', async (_what, data) => {
    const recommender = new Recommender();
    await span('around')(() => recommender.handle({ data: { genre: 'crime', ...data } }))();
    const handled = telemetry.span('process recommend');
    expect([handled.parentSpanContext, handled.links]).toEqual([undefined, []]);
    expect(handled.spanContext().traceId).not.toBe(telemetry.span('around').spanContext().traceId);
    recommender.linked(data);
    expect(telemetry.spans.map((ended) => ended.links)).toEqual(telemetry.spans.map(() => []));
  });

  it('keeps the span of a stream open until it is read', async () => {
    const { message, spanId } = sent({ subject: 'books' });
    const values: number[] = [];
    for await (const value of new Recommender().stream(message as { subject: string })) {
      expect(telemetry.spans.map(({ name }) => name)).toEqual(['sender']);
      values.push(value);
    }
    expect(values).toEqual([1, 2]);
    expect(telemetry.span('process books').parentSpanContext?.spanId).toBe(spanId);
  });

  it('rethrows the error, so that the queue delivers again: two attempts are two spans of one parent', () => {
    const { message, spanId } = sent({});
    const job = { data: message, attemptsMade: 0 };
    for (; job.attemptsMade < 2; job.attemptsMade++) {
      expect(() => new Recommender().fail(job)).toThrow(new RangeError('no such genre'));
    }
    const attempts = telemetry.spans.filter(({ name }) => name === 'process recommend');
    expect(
      attempts.map((attempt) => [
        attempt.parentSpanContext?.spanId,
        attempt.attributes['decotel.messaging.attempt'],
        attempt.status.code,
        attempt.events.map(({ name }) => name),
      ]),
    ).toEqual([1, 2].map((number) => [spanId, number, SpanStatusCode.ERROR, ['exception']]));
  });

  it.each([-1, -(2 ** 40), 0.5, NaN, Infinity, 1e300, Number.MAX_SAFE_INTEGER])(
    'gives a job with %p attempts made no number',
    (attemptsMade) => {
      const { message, spanId } = sent({});
      const handle = consumer({ destination: 'recommend' })((job: { data: object; attemptsMade: number }) => job.data);
      expect(handle({ data: message, attemptsMade })).toBe(message);
      const handled = telemetry.span('process recommend');
      expect(handled.parentSpanContext?.spanId).toBe(spanId);
      expect(parsedAttributes(handled)).toEqual({
        'code.function.name': expect.any(String),
        'messaging.system.name': 'bullmq',
        'messaging.system': 'bullmq',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'recommend',
        'decotel.arguments': message,
        'decotel.result': message,
        'decotel.outcome': 'completed',
      });
    },
  );

  it.each<[string, object, number | undefined]>([
    [
      'RabbitMQ',
      { fields: { redelivered: true }, properties: { headers: { 'x-delivery-count': -1 } }, content: '' },
      2,
    ],
    ['JetStream', { subject: 'a', data: Buffer.from('hi'), info: { deliveryCount: 0 } }, undefined],
  ])('does not believe a count of %s that cannot be', (_broker, message, attempt) => {
    consumer.run({ destination: 'recommend', from: message }, () => 1);
    expect(telemetry.span('process recommend').attributes['decotel.messaging.attempt']).toBe(attempt);
  });

  it('records no body where input is switched off', async () => {
    const handle = consumer({ destination: 'recommend', content: { input: false } })((job: Job) => job.data.genre);
    handle({ data: { genre: 'crime' }, attemptsMade: 0 });
    expect(telemetry.span('process recommend').attributes).toEqual({
      'code.function.name': expect.any(String),
      'messaging.system.name': 'bullmq',
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'recommend',
      'decotel.messaging.attempt': 1,
      'decotel.result': '"crime"',
      'decotel.outcome': 'completed',
    });
  });

  it('goes on as a root where `from` fails', () => {
    const handle = consumer({
      destination: 'recommend',
      from: () => {
        throw new Error('no data');
      },
    })(() => 3);
    expect(handle()).toBe(3);
    expect(telemetry.span('process recommend').parentSpanContext).toBeUndefined();
    expect(telemetry.complaints).toHaveLength(2);
  });

  it.each([
    [{}, '`@consumer` on an anonymous function: option `destination` is missing.'],
    [{ destination: 3 }, '`@consumer` on an anonymous function: option `destination` is 3.'],
    [{ destination: 'a', as: 'child' }, '`@consumer` on an anonymous function: option `as` is "child".'],
    [{ destination: 'a', topic: 'b' }, '`@consumer` on an anonymous function: unknown option `topic`.'],
    [undefined, "missing. Write @consumer({ destination: 'the queue, topic or subject' })."],
  ])('refuses %j at decoration', (options, message) => {
    expect(() => consumer(options as never)(() => 1)).toThrow(message);
  });

  it.each([
    ['@producer', producer],
    ['@consumer', consumer],
  ])('refuses %s bare, which the compiler does too', (name, decorator) => {
    const bare = decorator as unknown as (...values: unknown[]) => never;
    const declare = (): unknown => {
      class Desk {
        @bare order(): void {}
      }
      return Desk;
    };
    const remedy = `Write ${name}({ destination: 'the queue, topic or subject' }).`;
    expect(declare).toThrow(`order\`: option \`destination\` is missing. ${remedy}`);
  });
});

describe('consumer.run', () => {
  it('links to every message of a batch that has a valid context, once', () => {
    const made = [sent(), sent()];
    const [first, second] = made;
    const batch = [first?.message, {}, second?.message, first?.message, { traceparent: 'x' }];
    const size = consumer.run({ destination: 'books', from: batch, operation: 'receive' }, () => batch.length);
    expect(size).toBe(5);
    const received = telemetry.span('receive books');
    expect(received.parentSpanContext).toBeUndefined();
    expect(received.links.map(({ context }) => context.spanId)).toEqual(made.map(({ spanId }) => spanId));
    expect(received.attributes).toEqual({
      'messaging.operation.name': 'receive',
      'messaging.operation.type': 'receive',
      'messaging.destination.name': 'books',
      'messaging.batch.message_count': 5,
      'decotel.result': '5',
      'decotel.outcome': 'completed',
    });
  });

  it('links to the further spans that an envelope names', () => {
    const [earlier, later] = [sent(), sent()];
    const links = [(earlier.message as { traceparent: string }).traceparent, 'nonsense'];
    consumer.run({ destination: 'books', from: { ...later.message, links } }, () => 1);
    const received = telemetry.span('process books');
    expect(received.parentSpanContext?.spanId).toBe(later.spanId);
    expect(received.links.map(({ context }) => context.spanId)).toEqual([earlier.spanId]);
  });
});

/** Shapes as the clients' documentation gives them. */
const MESSAGES: [name: string, message: (headers: object) => object, expected: object, as: 'parent' | 'link'][] = [
  [
    'NATS, a request',
    (headers) => ({ subject: 'books', sid: 1, reply: '_INBOX.1', data: Buffer.from('hi'), headers: nats(headers) }),
    { 'messaging.system.name': 'nats', 'messaging.message.body.size': 2, 'decotel.arguments': '"hi"' },
    'parent',
  ],
  [
    'NATS, a topic',
    (headers) => ({ subject: 'books', sid: 1, data: Buffer.from('hi'), headers: nats(headers) }),
    { 'messaging.system.name': 'nats', 'messaging.message.body.size': 2, 'decotel.arguments': '"hi"' },
    'link',
  ],
  [
    'JetStream, the third delivery',
    (headers) => ({
      subject: 'books',
      seq: 12,
      info: { stream: 'S', deliveryCount: 3, redelivered: true },
      data: Buffer.from('hi'),
      headers: nats(headers),
    }),
    {
      'messaging.system.name': 'nats',
      'messaging.message.id': '12',
      'decotel.messaging.attempt': 3,
      'messaging.message.body.size': 2,
      'decotel.arguments': '"hi"',
    },
    'parent',
  ],
  [
    'RabbitMQ, a queue',
    (headers) => ({
      fields: { deliveryTag: 1, redelivered: false, exchange: '', routingKey: 'books' },
      properties: { headers, messageId: 'm1', correlationId: 'c1' },
      content: Buffer.from('{"genre":"crime"}'),
    }),
    {
      'messaging.system.name': 'rabbitmq',
      'messaging.message.id': 'm1',
      'messaging.message.conversation_id': 'c1',
      'decotel.messaging.attempt': 1,
      'messaging.message.body.size': 17,
      'decotel.arguments': '{"genre":"crime"}',
    },
    'parent',
  ],
  [
    'RabbitMQ, a quorum queue behind an exchange, redelivered twice',
    (headers) => ({
      fields: { deliveryTag: 3, redelivered: true, exchange: 'news', routingKey: 'books' },
      properties: { headers: { ...headers, 'x-delivery-count': 2 } },
      content: Buffer.from([0xff]),
    }),
    {
      'messaging.system.name': 'rabbitmq',
      'decotel.messaging.attempt': 3,
      'messaging.message.body.size': 1,
      'decotel.arguments': expect.stringContaining('"bytes":1'),
    },
    'link',
  ],
  [
    'RabbitMQ, redelivered, not counted',
    (headers) => ({ fields: { redelivered: true, exchange: '' }, properties: { headers }, content: Buffer.alloc(0) }),
    {
      'messaging.system.name': 'rabbitmq',
      'decotel.messaging.attempt': 2,
      'messaging.message.body.size': 0,
      'decotel.arguments': expect.stringContaining('"redelivered":true'),
    },
    'parent',
  ],
  [
    'Kafka, as kafkajs gives one message',
    (headers) => ({
      topic: 'books',
      partition: 0,
      message: { key: null, value: Buffer.from('hi'), offset: '4', headers },
    }),
    { 'messaging.system.name': 'kafka', 'messaging.message.body.size': 2, 'decotel.arguments': '"hi"' },
    'link',
  ],
  [
    'a CloudEvent',
    (headers) => ({
      specversion: '1.0',
      id: 'e1',
      type: 'book.lent',
      source: '/',
      data: { title: 'Dune' },
      ...headers,
    }),
    { 'messaging.message.id': 'e1', 'decotel.arguments': '{"title":"Dune"}' },
    'link',
  ],
];

function nats(headers: object): ReturnType<typeof natsHeaders> {
  const made = natsHeaders();
  for (const [name, value] of Object.entries(headers)) made.set(name, String(value));
  return made;
}

describe('a message of', () => {
  it.each(MESSAGES)(
    '%s says what it is, how often it came and how it stands to its sender',
    (_name, make, said, as) => {
      const { message, spanId } = sent();
      const { 'messaging.system.name': system } = said as Record<string, string>;
      consumer({ destination: 'books' })((_message: object) => undefined)(make(message));
      const handled = telemetry.span('process books');
      expect(handled.attributes).toEqual({
        'code.function.name': expect.any(String),
        ...(system !== undefined && { 'messaging.system': system }),
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'books',
        ...said,
        'decotel.outcome': 'completed',
      });
      expect([handled.parentSpanContext?.spanId, ...handled.links.map(({ context }) => context.spanId)]).toEqual(
        as === 'parent' ? [spanId] : [undefined, spanId],
      );
    },
  );

  it("Kafka's batch, as kafkajs gives it, is linked and counted", () => {
    const made = [sent(), sent()];
    const messages = made.map(({ message }, index) => ({
      offset: String(index),
      value: Buffer.from('x'),
      headers: message,
    }));
    const handle = consumer({ destination: 'books' })((_payload: object) => undefined);
    handle({ batch: { topic: 'books', partition: 0, messages } });
    const handled = telemetry.span('process books');
    expect(handled.links.map(({ context }) => context.spanId)).toEqual(made.map(({ spanId }) => spanId));
    expect(handled.attributes).toMatchObject({
      'messaging.system.name': 'kafka',
      'messaging.batch.message_count': 2,
      'decotel.arguments': '["x","x"]',
    });
  });
});

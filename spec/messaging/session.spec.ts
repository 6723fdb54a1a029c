import { headers as natsHeaders } from '@nats-io/transport-node';
import { session, span, withSession } from 'decotel';
import { carry, consumer, createRuntimeTracing } from 'decotel/messaging';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});

afterEach(async () => {
  await telemetry.stop();
});

const SESSION = { id: 's1', userId: 'Søren', tags: ['beta'], metadata: { plan: 'pro' } };
const OF_SESSION = {
  'session.id': 's1',
  'gen_ai.conversation.id': 's1',
  'user.id': 'Søren',
  'decotel.tags': ['beta'],
  'decotel.metadata.plan': 'pro',
};
const WRITTEN = 'id=s1&userId=S%C3%B8ren&tag=beta&metadata=%7B%22plan%22%3A%22pro%22%7D';
const secretly = { ...SESSION, content: { input: false } };

/** What a span says of its session. */
const sessionOf = (name: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(telemetry.span(name).attributes).filter(([key]) =>
      /^(?:session|user|gen_ai\.conv|decotel\.(?:tags|session|metadata))/.test(key),
    ),
  );

class Desk {
  @consumer({ destination: 'books' })
  async handle(_message: object) {
    await Promise.resolve();
    return this.lookUp('Emma');
  }

  @consumer({ destination: 'books' })
  async *stream(_message: object) {
    yield this.lookUp('Emma');
  }

  @span('look up')
  lookUp(title: string) {
    return `shelf of ${title}`;
  }
}

const CARRIERS: [name: string, make: () => object, read: (carrier: never) => unknown][] = [
  ['HTTP headers', () => ({ accept: '*/*' }), (headers: Record<string, string>) => headers['decotel-session']],
  ['Headers', () => new Headers(), (headers: Headers) => headers.get('decotel-session')],
  ['a Map', () => new Map(), (map: Map<string, string>) => map.get('decotel-session')],
  ['a plain object', () => ({ task: 1 }), (task: Record<string, string>) => task['decotel-session']],
  ['NATS headers', () => natsHeaders(), (headers: ReturnType<typeof natsHeaders>) => headers.get('decotel-session')],
  ["librdkafka's list of headers", () => [{ tenant: 'a' }], (list: object[]) => Object.values(list.at(-2) ?? {})[0]],
  [
    'a message for Kafka with headers of bytes',
    () => ({ value: 'x', headers: { tenant: Buffer.from('a') } }),
    ({ headers }: { headers: Record<string, Buffer> }) => headers['decotel-session']?.toString(),
  ],
  [
    'a CloudEvent, whose names have no dashes',
    () => ({ specversion: '1.0', id: '1', source: '/books', type: 'book.lent' }),
    (event: Record<string, string>) => event['decotelsession'],
  ],
  [
    'a frozen CloudEvent',
    () => Object.freeze({ specversion: '1.0', id: '1', source: '/books', type: 'book.lent' }),
    (event: Record<string, string>) => event['decotelsession'],
  ],
];

describe('a session', () => {
  it.each(CARRIERS)('goes with %s into the context of the handler', async (_name, make, read) => {
    const message = withSession(SESSION, () => span('sender')(() => carry(make()))());
    expect(read(message as never)).toBe(WRITTEN);
    expect(session().id).toBeUndefined();
    await new Desk().handle(message);
    expect([sessionOf('process books'), sessionOf('look up')]).toEqual([OF_SESSION, OF_SESSION]);
    telemetry.clear();
    const ids = consumer.run({ destination: 'books', from: message }, () => session().id);
    expect([ids, sessionOf('process books')]).toEqual(['s1', OF_SESSION]);
  });

  it('goes without a trace where no span runs, and nothing goes outside both', () => {
    expect(withSession({ id: 's 1' }, () => carry({}))).toEqual({ 'decotel-session': 'id=s+1' });
    expect(carry({ task: 1 })).toEqual({ task: 1 });
  });

  it('is kept by a stream, by a link and by a runtime of agents', async () => {
    const message = withSession(SESSION, () => carry({}));
    for await (const text of new Desk().stream(message)) expect(text).toBe('shelf of Emma');
    consumer.run({ destination: 'news', from: message, as: 'link' }, () => span('linked')(() => 1)());
    const runtime = createRuntimeTracing({ prefix: 'library' });
    runtime.trace('process', { type: 'clerk', key: 'a' }, { from: message }, () => span('in runtime')(() => 1)());
    const names = ['process books', 'look up', 'process news', 'linked', 'library process clerk.(a)-A', 'in runtime'];
    expect(names.map(sessionOf)).toEqual(names.map(() => OF_SESSION));
  });

  it('of a message is inside the one that runs, and ends with the handler', () => {
    const message = withSession({ id: 'inner', tags: ['b'] }, () => carry({}));
    withSession({ id: 'outer', userId: 'u', tags: ['a'] }, () => {
      consumer.run({ destination: 'books', from: message }, () => 1);
      expect(session().id).toBe('outer');
    });
    expect(sessionOf('process books')).toEqual({
      'session.id': 'inner',
      'gen_ai.conversation.id': 'inner',
      'user.id': 'u',
      'decotel.tags': ['a', 'b'],
    });
  });

  it.each([
    [{ 'decotel-session': 7 }],
    [{ 'decotel-session': '%E0%A4%A&=&&id=&metadata={"a":&tag' }],
    [{ 'decotel-session': `id=${'x'.repeat(100_000)}` }],
  ])('that is damaged is none', (message) => {
    consumer.run({ destination: 'books', from: message }, () => 1);
    expect(sessionOf('process books')).toEqual({});
    expect(telemetry.complaints).toEqual([]);
  });
});

describe('the content rules of a session', () => {
  it('hold where its message is handled', async () => {
    const message = withSession(secretly, () => carry({ title: 'Emma' }));
    await new Desk().handle(message);
    for (const name of ['process books', 'look up']) {
      const { attributes } = telemetry.span(name);
      expect(attributes).not.toHaveProperty(['decotel.arguments']);
      expect(attributes['decotel.result']).toBe('"shelf of Emma"');
    }
  });

  it('are never loosened by a message', () => {
    for (const from of [withSession({ content: true }, () => carry({})), { 'decotel-session': 'without=' }]) {
      withSession({ content: false }, () => consumer.run({ destination: 'books', from }, () => 'Emma'));
      expect(telemetry.span('process books').attributes).not.toHaveProperty(['decotel.result']);
      telemetry.clear();
    }
  });

  it('of one message hold for its whole batch, which is of no session', async () => {
    const messages = [secretly, { id: 's2' }].map((each) => withSession(each, () => carry({ title: 'Emma' })));
    await new Desk().handle(messages);
    for (const name of ['process books', 'look up']) {
      expect(sessionOf(name)).toEqual({});
      expect(telemetry.span(name).attributes).not.toHaveProperty(['decotel.arguments']);
      expect(telemetry.span(name).attributes['decotel.result']).toBe('"shelf of Emma"');
    }
  });
});

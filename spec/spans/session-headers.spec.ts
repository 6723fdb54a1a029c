import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { configure, type ConfigureOptions, type DecotelHandle } from '../../src/configure.js';
import { fromHeaders, session, sessionHeaders, span, withSession, type SessionHeaders } from '../../src/index.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { diagLines, type DiagLines } from '../support/diag-lines.js';

let exporter: InMemorySpanExporter;
let handle: DecotelHandle;
let told: DiagLines;
const start = (options: Partial<ConfigureOptions> = {}): void => {
  exporter = new InMemorySpanExporter();
  handle = configure({ processors: [new SimpleSpanProcessor(exporter)], ...options });
};
beforeEach(() => {
  told = diagLines();
  start();
});
afterEach(async () => {
  expect(openCallCount()).toBe(0);
  await handle.shutdown();
  for (const api of [trace, context, propagation]) api.disable();
});

const spanOf = (name: string): ReadableSpan => {
  const found = exporter.getFinishedSpans().filter((each) => each.name === name);
  expect(found).toHaveLength(1);
  return found[0] as ReadableSpan;
};
const step = span('step')((value: unknown) => value);
const secret = `sk-${'a1'.repeat(12)}`;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

const everything = {
  id: 'Søren & Söhne; = 1%',
  userId: 'u1',
  name: 'Books, ältere',
  tags: ['beta', 'a,b'],
  metadata: { plan: 'pro', seats: 3, trial: false },
};

describe('over real HTTP', () => {
  let server: Server;
  afterEach(() => server.close());

  it('a session and its trace go from one service to the next', async () => {
    const answer = span('answer')(() => 'Dune');
    server = createServer((request, response) => {
      response.end(fromHeaders(request.headers, answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const ask = span('ask')(async () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      return (await fetch(url, { headers: sessionHeaders() })).text();
    });
    expect(await withSession({ ...everything, content: { input: false } }, ask)).toBe('Dune');
    const [asked, answered] = [spanOf('ask'), spanOf('answer')];
    expect(answered.spanContext().traceId).toBe(asked.spanContext().traceId);
    expect(answered.parentSpanContext).toMatchObject({ spanId: asked.spanContext().spanId, isRemote: true });
    expect(answered.attributes).toEqual({
      'code.function.name': 'anonymous',
      'session.id': everything.id,
      'gen_ai.conversation.id': everything.id,
      'user.id': 'u1',
      'decotel.session.name': 'Books, ältere',
      'decotel.tags': ['beta', 'a,b'],
      'decotel.metadata.plan': 'pro',
      'decotel.metadata.seats': 3,
      'decotel.metadata.trial': false,
      'decotel.outcome': 'completed',
      'decotel.result': '"Dune"',
    });
  });
});

describe('sessionHeaders()', () => {
  it('is empty outside a session and a trace', () => {
    expect(sessionHeaders()).toEqual({});
  });

  it('is the trace alone outside a session, the session alone outside a trace', () => {
    const traced = span('traced')(sessionHeaders)();
    const { traceId, spanId } = spanOf('traced').spanContext();
    expect(traced).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
    expect(withSession({ id: 's 1' }, sessionHeaders)).toEqual({ 'decotel-session': 'id=s+1' });
    expect(withSession({ environment: 'test' }, sessionHeaders)).toEqual({});
  });

  it('holds what a header may hold, and what was set later', () => {
    const headers = withSession(everything, () => {
      session().set({ userId: 'u\r\nset-cookie: x\0☃' });
      return sessionHeaders();
    });
    expect(headers['decotel-session']).toMatch(/^[\x21-\x7e]+$/);
    expect(() => new Headers(headers)).not.toThrow();
    expect(fromHeaders(headers, () => session().userId)).toBe('u\r\nset-cookie: x\0☃');
  });

  it('is masked, and leaves out what is too large', () => {
    const tags = [secret, 'x'.repeat(1000), ...Array.from({ length: 60 }, (_, index) => `${index}${'y'.repeat(990)}`)];
    const values = { id: 's', tags, metadata: { plan: 'pro' }, content: { output: false } };
    const header = withSession(values, sessionHeaders)['decotel-session'] ?? '';
    expect(header.length).toBeLessThanOrEqual(4096);
    expect(header).not.toContain(secret);
    expect(header).toMatch(/^without=output&id=s&tag=%5Bmasked%5D&/);
    expect(header).toMatch(/&metadata=%7B%22plan%22%3A%22pro%22%7D$/);
    expect(told.matching(/too large for a header/)).toHaveLength(1);
    const metadata = { secret: 'x', note: secret, seats: 3 };
    expect(withSession({ metadata }, sessionHeaders)['decotel-session']).toBe(
      new URLSearchParams({ metadata: '{"secret":"[masked]","note":"[masked]","seats":3}' }).toString(),
    );
  });
});

describe('fromHeaders()', () => {
  const header = 'id=s1&userId=u1&tag=a';
  const given: [string, SessionHeaders][] = [
    ['of Node', { 'decotel-session': header, traceparent: TRACEPARENT, host: 'x' } satisfies IncomingHttpHeaders],
    ['of the web', new Headers({ 'Decotel-Session': header, TraceParent: TRACEPARENT })],
    [
      'in a map',
      new Map([
        ['DECOTEL-SESSION', header],
        ['Traceparent', TRACEPARENT],
      ]),
    ],
    ['in a plain object, in any case', { 'Decotel-Session': header, TRACEPARENT }],
    [
      'in a list of pairs',
      [
        ['decotel-session', header],
        ['traceparent', TRACEPARENT],
      ],
    ],
    ['in lists of values', { 'decotel-session': [header], traceparent: [TRACEPARENT] }],
  ];

  it.each(given)('reads headers %s', (_, headers) => {
    const value = {};
    expect(fromHeaders(headers, () => (step(1), value))).toBe(value);
    const { attributes, parentSpanContext } = spanOf('step');
    expect(attributes).toMatchObject({ 'session.id': 's1', 'user.id': 'u1', 'decotel.tags': ['a'] });
    expect(parentSpanContext?.traceId).toBe(TRACE_ID);
  });

  it('nests in the session that runs', () => {
    withSession({ id: 'outer', userId: 'u', tags: ['own'] }, () =>
      fromHeaders({ 'decotel-session': 'id=inner&tag=theirs' }, () => step(1)),
    );
    const { attributes } = spanOf('step');
    expect(attributes).toMatchObject({ 'session.id': 'inner', 'user.id': 'u', 'decotel.tags': ['own', 'theirs'] });
  });

  it('reads the session id of Mirascope', () => {
    expect(fromHeaders({ 'Mirascope-Session-Id': 'm1' }, () => session().id)).toBe('m1');
    expect(fromHeaders({ 'mirascope-session-id': 'm1', 'decotel-session': 'id=s1' }, () => session().id)).toBe('s1');
  });

  it('can forbid content and never allow it', () => {
    const attributes = (): object => spanOf('step').attributes;
    withSession({ content: { output: false } }, () =>
      fromHeaders({ 'decotel-session': 'without=input,nonsense&content=true' }, () => step('private')),
    );
    expect(JSON.stringify(attributes())).not.toContain('private');
    exporter.reset();
    withSession({ content: false }, () => fromHeaders({ 'decotel-session': 'without=' }, () => step('private')));
    expect(JSON.stringify(attributes())).not.toContain('private');
  });

  it('keeps an active span of the same trace as the parent, and leaves one of another', () => {
    const tracer = trace.getTracer('http');
    fromHeaders({ traceparent: TRACEPARENT }, () =>
      tracer.startActiveSpan('server', (server) => {
        fromHeaders({ traceparent: TRACEPARENT, 'decotel-session': 'id=s' }, () => step(1));
        server.end();
      }),
    );
    expect(spanOf('step').parentSpanContext?.spanId).toBe(spanOf('server').spanContext().spanId);
    exporter.reset();
    tracer.startActiveSpan('loop', (loop) => {
      fromHeaders({ traceparent: TRACEPARENT }, () => step(1));
      fromHeaders({}, () => span('inside')(() => 1)());
      loop.end();
    });
    expect(spanOf('step').parentSpanContext?.traceId).toBe(TRACE_ID);
    expect(spanOf('inside').parentSpanContext?.spanId).toBe(spanOf('loop').spanContext().spanId);
  });

  const throwing = new Proxy(
    {},
    {
      ownKeys(): never {
        throw new Error('trap');
      },
    },
  );
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'decotel-session: id=s'],
    ['a proxy that throws', throwing],
    ['numbers', [1, 2, 3]],
    ['values that are no texts', { 'decotel-session': 7, traceparent: {}, tracestate: [{}] }],
    ['a header of megabytes', { 'decotel-session': `id=${'x'.repeat(1_000_000)}` }],
    ['a damaged header', { 'decotel-session': '%E0%A4%A&=&&id=&metadata={"a":&tag', traceparent: '00-xyz' }],
    ['a million headers', { ...Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`x-${n}`, '1'])) }],
  ])('runs the work whatever it is given: %s', (_, headers) => {
    expect(fromHeaders(headers as SessionHeaders, () => step(1))).toBe(1);
    expect(spanOf('step').attributes).not.toHaveProperty(['session.id']);
    expect(spanOf('step').parentSpanContext).toBeUndefined();
  });

  it('bounds and cleans what a header says', () => {
    const metadata = JSON.stringify({ deep: { a: 1 }, __proto__: 1, ok: 'yes', list: [1] });
    const header = new URLSearchParams([
      ['id', 'x'.repeat(3000)],
      ...Array.from({ length: 200 }, (_, index) => ['tag', String(index)] as [string, string]),
      ['metadata', metadata],
    ]);
    fromHeaders({ 'decotel-session': header.toString() }, () => {
      expect(session().id?.length).toBeLessThanOrEqual(1024);
      expect(session().tags).toHaveLength(64);
      expect(session().metadata).toEqual({ ok: 'yes' });
    });
  });

  const twice: [string, SessionHeaders][] = [
    ['in a list of values', { 'decotel-session': ['id=a&without=input&tag=x', 'id=b&tag=y&without=output'] }],
    [
      'as pairs',
      [
        ['decotel-session', 'id=a&tag=x&without=input'],
        ['Decotel-Session', 'without=output&id=b&tag=y'],
      ],
    ],
    ['joined, as servers do', { 'decotel-session': 'id=a&tag=x&without=input, id=b&tag=y&without=output' }],
    ['with its fields', { 'decotel-session': 'without=input&id=a&id=b&tag=x&tag=y&without=nonsense,output' }],
  ];
  it.each(twice)('takes the first of what is said twice, and all tags and all that is forbidden: %s', (_, headers) => {
    fromHeaders(headers, () => step('private'));
    expect(spanOf('step').attributes).toEqual({
      'code.function.name': 'anonymous',
      'session.id': 'a',
      'gen_ai.conversation.id': 'a',
      'decotel.tags': ['x', 'y'],
      'decotel.outcome': 'completed',
    });
  });

  it('continues none of two traces that one request names', () => {
    const other = TRACEPARENT.replace('0af', '1af');
    for (const headers of [
      [
        ['traceparent', TRACEPARENT],
        ['Traceparent', other],
      ],
      { traceparent: [TRACEPARENT, other] },
    ])
      fromHeaders(headers as SessionHeaders, () => step(1));
    expect(exporter.getFinishedSpans().map(({ parentSpanContext }) => parentSpanContext)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('takes names of prototypes for names, and what is encoded wrongly as far as it can be read', () => {
    const metadata = '{"__proto__":{"id":"x"},"constructor":"c","toString":1,"hasOwnProperty":true}';
    const header = `id=a%2&userId=%E0%A4%A&name=%00%ff+%zz&__proto__=x&constructor=y&without=__proto__,constructor&metadata=${metadata}`;
    fromHeaders({ 'decotel-session': header, ['__proto__']: 'x', constructor: 'id=x' }, () => step(1));
    expect(spanOf('step').attributes).toEqual({
      'code.function.name': 'anonymous',
      'session.id': 'a%2',
      'gen_ai.conversation.id': 'a%2',
      'user.id': '\ufffd%A',
      'decotel.session.name': '\0\ufffd %zz',
      'decotel.metadata.constructor': 'c',
      'decotel.metadata.toString': 1,
      'decotel.metadata.hasOwnProperty': true,
      'decotel.arguments': '{"value":1}',
      'decotel.result': '1',
      'decotel.outcome': 'completed',
    });
    expect(({} as { id?: unknown }).id).toBeUndefined();
  });

  it('reads a header of 8,192 characters and none that is longer', () => {
    const headerOf = (length: number): string => `id=a&without=input&x=`.padEnd(length, 'x');
    const idIn = (header: string): unknown => fromHeaders({ 'decotel-session': header }, () => session().id);
    expect([8192, 8193].map(headerOf).map(idIn)).toEqual(['a', undefined]);
  });

  it('passes on what the work throws', () => {
    const error = new Error('own');
    const fail = (): never => {
      throw error;
    };
    expect(() => fromHeaders({ 'decotel-session': 'id=s' }, fail)).toThrow(error);
  });
});

describe('W3C baggage', () => {
  it('carries nothing of a session unless it is asked to', () => {
    const headers = withSession({ id: 's', userId: 'u' }, sessionHeaders);
    expect(headers).toEqual({ 'decotel-session': 'id=s&userId=u' });
    fromHeaders({ baggage: 'session.id=s' }, () => step(1));
    expect(spanOf('step').attributes).not.toHaveProperty(['session.id']);
  });

  it('carries what configure() lists, masked, with what anyone injects, and back into a session', async () => {
    await handle.shutdown();
    start({ baggage: ['session.id'] });
    const carrier: Record<string, string> = {};
    withSession({ id: 's ü', userId: 'u' }, () => propagation.inject(context.active(), carrier));
    expect(carrier).toEqual({ baggage: 'session.id=s%20%C3%BC' });
    expect(withSession({ id: secret }, sessionHeaders)['baggage']).toBe('session.id=%5Bmasked%5D');
    context.with(propagation.extract(context.active(), { baggage: 'session.id=theirs,user.id=x,other=1' }), () => {
      step(1);
      withSession({ tags: ['a'] }, () => span('inner')(() => session().id)());
    });
    expect(spanOf('step').attributes).toMatchObject({ 'session.id': 'theirs' });
    expect(spanOf('step').attributes).not.toHaveProperty(['user.id']);
    expect(spanOf('inner').attributes).toMatchObject({ 'session.id': 'theirs', 'decotel.tags': ['a'] });
  });

  it.each([['session.id'], [['tags']], [[1]]])('does not take %p', async (baggage) => {
    await handle.shutdown();
    expect(() => configure({ baggage: baggage as never })).toThrow(/baggage: expected an array of 'session\.id'/);
    start();
  });
});

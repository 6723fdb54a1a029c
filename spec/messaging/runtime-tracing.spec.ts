import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { DecotelError, session, span, tool, withSession } from 'decotel';
import { carry, createRuntimeTracing } from 'decotel/messaging';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

const agent = { type: 'librarian', key: 'default' };
const topic = { type: 'books', source: 'town' };

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});

afterEach(async () => {
  await telemetry.stop();
});

describe('createRuntimeTracing', () => {
  it.each([
    ['create', agent, SpanKind.PRODUCER, 'library create librarian.(default)-A', 'create'],
    ['send', agent, SpanKind.PRODUCER, 'library send librarian.(default)-A', 'send'],
    ['publish', topic, SpanKind.PRODUCER, 'library publish books.(town)-T', 'send'],
    ['receive', topic, SpanKind.CONSUMER, 'library receive books.(town)-T', 'receive'],
    ['intercept', 'AuditHandler', SpanKind.CONSUMER, 'library intercept AuditHandler', 'receive'],
    ['process', agent, SpanKind.CONSUMER, 'library process librarian.(default)-A', 'process'],
    ['ack', undefined, SpanKind.CONSUMER, 'library ack', 'settle'],
    ['retire', agent, SpanKind.CLIENT, 'library retire librarian.(default)-A', undefined],
  ])('names %s by the conventions', (operation, destination, kind, name, type) => {
    expect(createRuntimeTracing({ prefix: 'library' }).trace(operation, destination, {}, () => 5)).toBe(5);
    const span = telemetry.span(name);
    expect([span.kind, span.instrumentationScope.name]).toEqual([kind, 'decotel']);
    expect(span.attributes).toEqual({
      'messaging.operation.name': operation,
      ...(type !== undefined && { 'messaging.operation.type': type }),
      ...(destination !== undefined && { 'messaging.destination.name': name.split(' ')[2] }),
      'decotel.result': '5',
      'decotel.outcome': 'completed',
    });
  });

  it('records what is known of the message, and its text as content', () => {
    const message = {
      type: 'Question',
      id: 'm1',
      requestId: 'r1',
      body: { text: 'Where is Dune?' },
      bodySize: 20,
      envelopeSize: 30,
      attempt: 2,
      sender: { type: 'user', key: 'ann' },
      recipient: { ...agent, class: 'Librarian' },
    };
    const runtime = createRuntimeTracing({ prefix: 'library', scope: 'library runtime' });
    runtime.trace('process', agent, { message, attributes: { shard: 3 } }, () => undefined);
    const span = telemetry.span('library process librarian.(default)-A');
    expect(span.instrumentationScope.name).toBe('library runtime');
    expect(parsedAttributes(span)).toEqual({
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'librarian.(default)-A',
      'messaging.message.id': 'm1',
      'messaging.message.conversation_id': 'r1',
      'messaging.message.body.size': 20,
      'messaging.message.envelope.size': 30,
      'decotel.messaging.attempt': 2,
      'decotel.messaging.type': 'Question',
      'decotel.messaging.sender': 'user/ann',
      'decotel.messaging.recipient': 'librarian/default',
      'decotel.arguments': { text: 'Where is Dune?' },
      'decotel.outcome': 'completed',
      shard: 3,
    });
  });

  it.each(['link', 'parent'] as const)('makes the message a %s, by choice', (as) => {
    const runtime = createRuntimeTracing({ prefix: 'library', as });
    const envelope = runtime.trace('create', agent, {}, () => carry({}));
    const created = telemetry.span('library create librarian.(default)-A').spanContext();
    runtime.trace('process', agent, { from: envelope }, () => undefined);
    const processed = telemetry.span('library process librarian.(default)-A');
    const linked = processed.links.map(({ context }) => context.spanId);
    expect([processed.parentSpanContext?.spanId, linked]).toEqual(
      as === 'parent' ? [created.spanId, []] : [undefined, [created.spanId]],
    );
    const other = as === 'parent' ? 'link' : 'parent';
    runtime.trace('ack', agent, { from: envelope, as: other }, () => undefined);
    const acknowledged = telemetry.span('library ack librarian.(default)-A');
    expect(acknowledged.parentSpanContext?.spanId).toBe(other === 'parent' ? created.spanId : undefined);
  });

  it('stands below what is active where there is no message, and links to no invalid span', () => {
    const runtime = createRuntimeTracing({ prefix: 'library' });
    runtime.trace('publish', topic, { from: {} }, () => runtime.trace('process', agent, {}, () => undefined));
    const published = telemetry.span('library publish books.(town)-T');
    const processed = telemetry.span('library process librarian.(default)-A');
    expect(processed.parentSpanContext?.spanId).toBe(published.spanContext().spanId);
    expect([published.links, processed.links]).toEqual([[], []]);
  });

  it('keeps a sync function sync, and a span open until its promise or stream is over', async () => {
    const runtime = createRuntimeTracing({ prefix: 'library' });
    let answer: (text: string) => void = () => undefined;
    const pending = runtime.trace('send', agent, {}, () => new Promise<string>((resolve) => (answer = resolve)));
    const stream = runtime.trace('process', agent, {}, async function* () {
      yield 'a';
      yield 'b';
    });
    expect(telemetry.spans).toEqual([]);
    answer('yes');
    expect(await pending).toBe('yes');
    expect((await telemetry.ended(1)).map(({ name }) => name)).toEqual(['library send librarian.(default)-A']);
    const parts: string[] = [];
    for await (const part of stream) parts.push(part);
    expect(parts).toEqual(['a', 'b']);
    expect(telemetry.spans).toHaveLength(2);
  });

  it('does not look at the body of a message whose span is not sampled', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ sampler: new AlwaysOffSampler() });
    const body = {
      get text(): string {
        throw new Error('read');
      },
    };
    const seen = jest.spyOn(body, 'text', 'get');
    createRuntimeTracing({ prefix: 'library' }).trace('process', agent, { message: { body } }, () => undefined);
    expect(seen).not.toHaveBeenCalled();
  });

  it('makes a root of what comes from an envelope that cannot be read', () => {
    const from = {
      get headers(): never {
        throw new Error('closed');
      },
    };
    expect(createRuntimeTracing({ prefix: 'library' }).trace('process', agent, { from }, () => 5)).toBe(5);
    const span = telemetry.span('library process librarian.(default)-A');
    expect([span.parentSpanContext, span.links]).toEqual([undefined, []]);
    expect(telemetry.complaints).toEqual([expect.stringMatching(/where a message comes from could not be read/)]);
  });

  it('rethrows, and records the error once', () => {
    const error = new RangeError('no such agent');
    const fail = () => {
      throw error;
    };
    const run = () => createRuntimeTracing({ prefix: 'library' }).trace('process', agent, {}, fail);
    expect(run).toThrow(error);
    const span = telemetry.span('library process librarian.(default)-A');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such agent' });
    expect(span.events.map(({ name }) => name)).toEqual(['exception']);
    expect(span.attributes['error.type']).toBe('RangeError');
  });

  it.each([
    [{}, /prefix: expected a text that is not empty, got undefined/],
    [{ prefix: '' }, /prefix: expected a text/],
    [{ prefix: 'a', as: 'child' }, /as: expected 'link' or 'parent', got "child"/],
    [{ prefix: 'a', names: 'old' }, /names: expected 'autogen', got "old"/],
  ])('refuses %j', (options, message) => {
    const create = () => createRuntimeTracing(options as never);
    expect(create).toThrow(message);
    expect(create).toThrow(DecotelError);
  });
});

describe('a runtime whose tracing is off', () => {
  const lookUp = tool({ name: 'lookUp' })((title: string) => title.length);

  afterEach(() => {
    delete process.env['LIBRARY_RUNTIME_DISABLE_RUNTIME_TRACING'];
  });

  it.each(['by its option', 'by the environment'])('makes no spans %s; those of tools are unaffected', (how) => {
    if (how === 'by the environment') process.env['LIBRARY_RUNTIME_DISABLE_RUNTIME_TRACING'] = 'true';
    const enabled = how === 'by the environment' ? undefined : false;
    const runtime = createRuntimeTracing({ prefix: 'library.runtime', enabled });
    const length = runtime.trace('process', agent, {}, () => {
      expect(trace.getActiveSpan()).toBeUndefined();
      return lookUp('Dune');
    });
    expect(length).toBe(4);
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['execute_tool lookUp']);
  });

  it.each(['link', 'parent'] as const)('works in the session of a message that is its %s', async (as) => {
    const runtime = createRuntimeTracing({ prefix: 'library', enabled: false, as });
    const envelope = withSession({ id: 's1', content: { tools: false } }, () => span('sender')(() => carry({}))());
    const stream = runtime.trace('process', agent, { from: envelope }, async function* () {
      await Promise.resolve();
      yield session().id;
      lookUp('Dune');
    });
    for await (const id of stream) expect(id).toBe('s1');
    const [sender, used] = [telemetry.span('sender'), telemetry.span('execute_tool lookUp')];
    expect(telemetry.spans).toEqual([sender, used]);
    expect(used.parentSpanContext?.spanId).toBe(as === 'parent' ? sender.spanContext().spanId : undefined);
    expect(used.attributes['session.id']).toBe('s1');
    expect(used.attributes).not.toHaveProperty(['gen_ai.tool.call.arguments']);
    expect(session().id).toBeUndefined();
  });

  it('throws what the work throws, and only that', () => {
    const runtime = createRuntimeTracing({ prefix: 'library', enabled: false });
    const error = new RangeError('no such agent');
    const fail = () => {
      throw error;
    };
    expect(() => runtime.trace('process', agent, undefined as never, fail)).toThrow(error);
    expect(telemetry.spans).toEqual([]);
  });
});

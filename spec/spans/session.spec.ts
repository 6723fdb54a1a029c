import { AsyncLocalStorage } from 'node:async_hooks';
import { context, diag, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Observable } from 'rxjs';
import type { CallRecord } from '../../src/core/record.js';
import { configure } from '../../src/configure.js';
import { agent, observe, session, span, tool, withOtel, withSession, type SessionOptions } from '../../src/index.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { diagLines } from '../support/diag-lines.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiCompletion } from '../support/wire.js';

const KEYS = /^(session|user|gen_ai\.conversation|deployment|service)\.|^decotel\.(tags|metadata|session)/;

let telemetry: Telemetry;

/** What the span called `name` says of its session. */
function said(name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(telemetry.span(name).attributes).filter(([key]) => KEYS.test(key)));
}

const of = (id: string, more: object = {}): object => ({ 'session.id': id, 'gen_ai.conversation.id': id, ...more });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Librarian {
  @withOtel
  async recommend(genre: string): Promise<string> {
    await turn();
    return `a ${genre} book`;
  }

  @tool
  lookUp(isbn: string): string {
    return isbn;
  }

  @agent
  async answer(question: string): Promise<string[]> {
    await turn();
    return Promise.all([this.recommend(question), Promise.resolve(this.lookUp('1'))]);
  }

  @agent
  async *tell(): AsyncGenerator<string> {
    yield await this.recommend('crime');
    await turn();
    yield this.lookUp('2');
  }
}

/** In the form of a key, put together so that no scanner takes it for one. */
const secret = `sk-${'a1'.repeat(12)}`;

const librarian = new Librarian();
const step = span('step')((value: unknown) => value);

describe('a session', () => {
  beforeEach(() => {
    telemetry = startTelemetry();
  });
  afterEach(async () => {
    expect(openCallCount()).toBe(0);
    await telemetry.stop();
  });

  it('is on every span inside, over awaits and Promise.all, and on none outside', async () => {
    const value = {};
    expect(withSession({ id: 's0' }, () => value)).toBe(value);
    const answers = withSession(
      {
        id: 's1',
        userId: 'u1',
        name: 'Books',
        tags: ['beta', 'beta'],
        metadata: { plan: 'pro', seats: 3, trial: false },
        environment: 'staging',
        release: '1.2.3',
      },
      () => librarian.answer('crime'),
    );
    step(1);
    expect(await answers).toEqual(['a crime book', '1']);
    const everything = of('s1', {
      'user.id': 'u1',
      'decotel.session.name': 'Books',
      'decotel.tags': ['beta'],
      'decotel.metadata.plan': 'pro',
      'decotel.metadata.seats': 3,
      'decotel.metadata.trial': false,
      'deployment.environment.name': 'staging',
      'service.version': '1.2.3',
    });
    for (const name of ['invoke_agent answer', 'recommend', 'execute_tool lookUp'])
      expect(said(name)).toEqual(everything);
    expect(said('step')).toEqual({});
    expect(telemetry.complaints).toEqual([]);
  });

  it('keeps sessions that run at the same time apart', async () => {
    await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        withSession({ id }, async () => {
          await turn();
          step(id);
          await turn();
        }),
      ),
    );
    expect(telemetry.spans.map(({ attributes }) => [attributes['session.id'], attributes['decotel.result']])).toEqual([
      ['a', '"a"'],
      ['b', '"b"'],
      ['c', '"c"'],
    ]);
  });

  it('passes on what the work throws, the same object', async () => {
    const error = new Error('own');
    const fail = (): never => {
      throw error;
    };
    expect(() => withSession({ id: 's' }, fail)).toThrow(error);
    await expect(withSession({ id: 's' }, () => Promise.reject(error))).rejects.toBe(error);
    step(1);
    expect(said('step')).toEqual({});
  });

  it('overrides the one around it field by field; tags add up, metadata is merged', () => {
    withSession({ id: 'outer', userId: 'u', tags: ['a', 'b'], metadata: { plan: 'free', region: 'eu' } }, () => {
      withSession({ id: 'inner', userId: undefined, tags: ['b', 'c'], metadata: { plan: 'pro' } }, () => step(1));
      span('after')(() => 1)();
    });
    expect(said('step')).toEqual(
      of('inner', {
        'user.id': 'u',
        'decotel.tags': ['a', 'b', 'c'],
        'decotel.metadata.plan': 'pro',
        'decotel.metadata.region': 'eu',
      }),
    );
    expect(said('after')).toEqual(
      of('outer', {
        'user.id': 'u',
        'decotel.tags': ['a', 'b'],
        'decotel.metadata.plan': 'free',
        'decotel.metadata.region': 'eu',
      }),
    );
  });

  it('joins tags and metadata with those of the call', () => {
    const tagged = span({ name: 'tagged', tags: ['call', 'a'], metadata: { plan: 'call', own: 1 } })(() => 1);
    withSession({ tags: ['a'], metadata: { plan: 'session' } }, tagged);
    expect(said('tagged')).toEqual({
      'decotel.tags': ['a', 'call'],
      'decotel.metadata.plan': 'call',
      'decotel.metadata.own': 1,
    });
  });

  it('asks a function once at the start of each span', async () => {
    const storage = new AsyncLocalStorage<string>();
    let asked = 0;
    const source = (): SessionOptions => ({ id: storage.getStore(), metadata: { asked: ++asked } });
    await withSession(source, async () => {
      await storage.run('one', () => librarian.answer('crime'));
      storage.run('two', () => step(2));
    });
    expect(said('invoke_agent answer')).toEqual(of('one', { 'decotel.metadata.asked': 1 }));
    expect(said('recommend')).toEqual(of('one', { 'decotel.metadata.asked': 2 }));
    expect(said('step')).toEqual(of('two', { 'decotel.metadata.asked': 4 }));
    expect(asked).toBe(4);
  });

  it('reports once that a function throws, and loses nothing but what it would have said', () => {
    let failures = 0;
    const source = (): never => {
      failures++;
      throw new Error('no store');
    };
    withSession({ id: 'outer' }, () =>
      withSession(source, () => {
        expect(step(1)).toBe(1);
        expect(librarian.lookUp('1')).toBe('1');
      }),
    );
    expect(failures).toBe(2);
    expect([said('step'), said('execute_tool lookUp')]).toEqual([of('outer'), of('outer')]);
    expect(telemetry.complaints.filter((line) => line.includes('withSession'))).toEqual([
      'decotel: the function given to withSession() failed; spans go without what it says Error: no store',
    ]);
  });

  it('does not ask a function that makes spans about those', () => {
    const named = (): SessionOptions => ({ id: span('asking')(() => 's')() });
    withSession(named, () => step(1));
    expect([said('step'), said('asking')]).toEqual([of('s'), {}]);
  });

  it('takes no promise from a function, and lets it fail in peace', async () => {
    const source = (() => Promise.reject(new Error('late'))) as unknown as () => SessionOptions;
    expect(withSession(source, () => step(1))).toBe(1);
    await turn();
    expect(said('step')).toEqual({});
    expect(telemetry.complaints.at(-1)).toMatch(/returned a promise/);
  });

  it('goes with a stream that leaves it, into its own span and those of its body', async () => {
    const stream = withSession({ id: 's' }, () => librarian.tell());
    const texts: string[] = [];
    for await (const text of stream) {
      texts.push(text);
      step(text);
      telemetry.span('step');
      break;
    }
    expect(texts).toEqual(['a crime book']);
    expect(said('invoke_agent tell')).toEqual(of('s'));
    expect(said('recommend')).toEqual(of('s'));
    expect(said('step')).toEqual({});
  });

  it('goes with a generator that nobody decorated, whose spans stay children of its consumer', async () => {
    async function* steps(): AsyncGenerator {
      yield step(await librarian.recommend('crime'));
    }
    const made = steps();
    const generator = withSession({ id: 's' }, () => made);
    expect(generator).toBe(made);
    const tracer = trace.getTracer('application');
    await tracer.startActiveSpan('consumer', async (consumer) => {
      for await (const _ of generator) span('consuming')(() => 1)();
      consumer.end();
    });
    expect(said('step')).toEqual(of('s'));
    expect(said('recommend')).toEqual(of('s'));
    expect(said('consuming')).toEqual({});
    expect(telemetry.span('step').parentSpanContext?.spanId).toBe(telemetry.span('consumer').spanContext().spanId);
  });

  it('goes with an observable into the span of each subscription', async () => {
    const numbers = span('numbers')(() => new Observable<number>((subscriber) => subscriber.complete()));
    const source = withSession({ id: 's' }, () => numbers());
    await trace.getTracer('application').startActiveSpan('consumer', async (consumer) => {
      source.subscribe();
      consumer.end();
    });
    source.subscribe();
    const found = telemetry.spans.filter(({ name }) => name === 'numbers');
    expect(found.map(({ attributes }) => attributes['session.id'])).toEqual(['s', 's']);
  });

  it('reaches a call of an observed client, also where it is entered inside the method', async () => {
    const client = observe({ create: async (_: object) => openAiCompletion('Dune') });
    const ask = withOtel({ name: 'ask' })(async () => {
      const body = { model: 'gpt-5-mini', messages: [] };
      await withSession({ id: 'first' }, () => client.create(body));
      await withSession({ id: 'second' }, () => client.create(body));
      return 'both';
    });
    await withSession({ userId: 'u' }, ask);
    const ids = telemetry.spans.map(({ name, attributes }) => [name, attributes['session.id'], attributes['user.id']]);
    expect(ids).toEqual([
      ['chat gpt-5-mini', 'first', 'u'],
      ['chat gpt-5-mini', 'second', 'u'],
      ['ask', undefined, 'u'],
    ]);
  });

  describe('session()', () => {
    it('is what is said so far, and a no-op outside', () => {
      const none = { id: undefined, userId: undefined, name: undefined, tags: [], metadata: {} };
      expect(session().set({ id: 'lost' })).toMatchObject(none);
      withSession({ id: 's', tags: ['a'], metadata: { plan: 'pro' } }, () => {
        expect(session()).toMatchObject({ id: 's', userId: undefined, tags: ['a'], metadata: { plan: 'pro' } });
        expect(session().set({ userId: 'u', environment: 'test', release: '2' })).toMatchObject({
          id: 's',
          userId: 'u',
          environment: 'test',
          release: '2',
        });
      });
      expect(session()).toMatchObject(none);
    });

    it('fills in spans that are open and those that come, not those that have ended', async () => {
      const answer = span('answer')(async () => {
        step('before');
        await turn();
        session().set({ userId: 'u', tags: ['known'], metadata: { plan: 'pro' } });
        librarian.lookUp('1');
      });
      await withSession({ id: 's', tags: ['a'] }, answer);
      const known = of('s', { 'user.id': 'u', 'decotel.tags': ['a', 'known'], 'decotel.metadata.plan': 'pro' });
      expect(said('step')).toEqual(of('s', { 'decotel.tags': ['a'] }));
      expect([said('answer'), said('execute_tool lookUp')]).toEqual([known, known]);
    });

    it('changes the innermost session; the outer one is seen inside where the inner says nothing', () => {
      withSession({ id: 'outer' }, () => {
        const outer = session();
        withSession({ tags: ['inner'] }, () => {
          session().set({ id: 'changed' });
          outer.set({ id: 'outer again', userId: 'u' });
          step(1);
        });
        span('after')(() => 1)();
      });
      expect(said('step')).toEqual(of('changed', { 'user.id': 'u', 'decotel.tags': ['inner'] }));
      expect(said('after')).toEqual(of('outer again', { 'user.id': 'u' }));
    });

    it('does not reach a span that has ended and was not read yet', async () => {
      await telemetry.stop();
      const exporter = new InMemorySpanExporter();
      const handle = configure({ processors: [new SimpleSpanProcessor(exporter)] });
      withSession({ id: 's' }, () => {
        step(1);
        session().set({ userId: 'late' });
      });
      expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({ 'session.id': 's' });
      expect(exporter.getFinishedSpans()[0]?.attributes).not.toHaveProperty(['user.id']);
      await handle.shutdown();
    });
  });

  describe('its content rule', () => {
    const inputs = (name: string): unknown => telemetry.span(name).attributes['decotel.arguments'];

    it('is the strictest of all there are, kind by kind', () => {
      const one = span('one')((text: string) => text);
      const two = span('two')((text: string) => text);
      const three = span({ name: 'three', content: { input: false } })((text: string) => text);
      withSession({ content: { output: false } }, () => {
        one('a secret plan');
        withSession({ content: true }, () => three('a secret plan'));
        withSession({ content: false }, () => two('a secret plan'));
      });
      expect([inputs('one'), telemetry.span('one').attributes['decotel.result']]).toEqual([
        '{"text":"a secret plan"}',
        undefined,
      ]);
      expect(JSON.stringify([telemetry.span('two').attributes, telemetry.span('three').attributes])).not.toContain(
        'plan',
      );
    });

    it('may be given by a function, and fails closed where it is none', () => {
      withSession(
        () => ({ content: false }),
        () => step('private'),
      );
      expect(inputs('step')).toBeUndefined();
      telemetry.clear();
      for (const content of ['no', null, 0])
        withSession({ content } as unknown as SessionOptions, () => step('private'));
      expect(telemetry.spans.map(({ attributes }) => attributes['decotel.arguments'])).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(telemetry.complaints).toEqual([expect.stringContaining("a session's content: expected true, false or {")]);
    });

    it('that is set later takes the content of what is still open', async () => {
      const consent = span('consent')(async (_: string) => {
        await turn();
        session().set({ content: false });
        return 'private';
      });
      await withSession({}, () => consent('private'));
      expect(JSON.stringify(telemetry.span('consent').attributes)).not.toContain('private');
    });
  });

  it('masks what it says', () => {
    const values = { id: secret, tags: [secret], metadata: { note: secret, password: 'x' } };
    withSession(values, () => step(1));
    const attributes = said('step');
    expect(JSON.stringify(attributes)).not.toContain(secret);
    expect(attributes).toMatchObject({
      'session.id': '[masked]',
      'decotel.tags': ['[masked]'],
      'decotel.metadata.note': '[masked]',
      'decotel.metadata.password': '[masked]',
    });
  });

  it('cuts a text before the word at 1,024 characters, or at 768 where that word has no start', () => {
    const words = 'Søren '.repeat(1000);
    withSession({ id: 'x'.repeat(1024), userId: 'x'.repeat(1025), name: words, tags: ['y'.repeat(5000)] }, () =>
      step(1),
    );
    expect(said('step')).toEqual(
      of('x'.repeat(1024), {
        'user.id': 'x'.repeat(768),
        'decotel.session.name': words.slice(0, 1020),
        'decotel.tags': ['y'.repeat(768)],
      }),
    );
  });

  it('leaves out what is no text and takes numbers as ids', () => {
    const hostile = {
      id: 42,
      userId: { toString: () => 'x' },
      name: Symbol('x'),
      tags: ['a', null, 7n, {}],
      metadata: {
        ...{ when: new Date(0), big: 7n, none: null, infinite: Infinity, yes: true, ['__proto__']: 'x' },
        ...{ ['k'.repeat(257)]: 1, '': 1 },
      },
      release: '',
    } as unknown as SessionOptions;
    withSession(hostile, () => step(1));
    expect(said('step')).toEqual(
      of('42', {
        'decotel.tags': ['a', '7'],
        'decotel.metadata.big': '7',
        'decotel.metadata.infinite': 'Infinity',
        'decotel.metadata.yes': true,
      }),
    );
    expect(telemetry.complaints.filter((line) => line.includes("session's")).length).toBe(4);
  });

  it.each<[string, unknown, string | undefined]>([
    ['nothing', undefined, undefined],
    ['null', null, 'not null'],
    ['a text', 's1', 'not string'],
    ['a function that returns nothing', () => undefined, undefined],
    ['a function that returns a number', () => 7, 'not number'],
  ])('says what is no session, and records all the same: %s', (_, source, complaint) => {
    expect(withSession(source as SessionOptions, () => step(1))).toBe(1);
    expect(telemetry.span('step').attributes).toMatchObject({ 'decotel.arguments': '{"value":1}' });
    expect(telemetry.complaints).toEqual(complaint === undefined ? [] : [expect.stringContaining(complaint)]);
  });

  it.each([
    [
      'a getter that throws',
      {
        get id(): string {
          throw new Error('getter');
        },
      },
    ],
    ['nothing', undefined],
    ['null', null],
    ['a text', 's1'],
  ])('runs the work whatever it is given: %s', (_, source) => {
    expect(withSession(source as SessionOptions, () => step(1))).toBe(1);
    expect(said('step')).toEqual({});
  });

  it('that is entered from inside itself without end grows neither what spans cost nor what they say', async () => {
    const poll = async (round: number): Promise<void> => {
      if (round % 1000 === 0) step(round);
      session().set({ tags: [`set ${round}`] });
      const values = { id: `s${round}`, tags: [`tag ${round}`], ...(round === 1 && { content: { output: false } }) };
      if (round < 20_000) await withSession(values, async () => (await turn(), poll(round + 1)));
    };
    const startedAt = performance.now();
    await withSession({ userId: 'u', tags: ['first'] }, () => poll(1));
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const { attributes } = telemetry.spans.at(-1) ?? {};
    expect(telemetry.spans).toHaveLength(20);
    expect(attributes).toMatchObject({
      'session.id': 's19999',
      'user.id': 'u',
      'decotel.arguments': '{"value":20000}',
    });
    expect(attributes).not.toHaveProperty(['decotel.result']);
    expect(attributes?.['decotel.tags']).toHaveLength(64);
    expect(attributes?.['decotel.tags']).toEqual(expect.arrayContaining(['first', 'tag 1']));
    expect(telemetry.complaints).toEqual([]);
  });

  it('is not shared with what changes a record', () => {
    const capture = (call: CallRecord): void => {
      delete call.session?.metadata?.['plan'];
      call.session?.tags?.push('changed');
      if (call.session) call.session.userId = undefined;
    };
    const changing = span({ name: 'changing', capture })(() => 1);
    withSession({ userId: 'u', tags: ['a'], metadata: { plan: 'pro' } }, () => {
      changing();
      step(1);
    });
    expect(said('changing')).toEqual({ 'decotel.tags': ['a', 'changed'] });
    expect(said('step')).toEqual({ 'user.id': 'u', 'decotel.tags': ['a'], 'decotel.metadata.plan': 'pro' });
  });

  it('is as it was when it was given', () => {
    const given = { id: 's', tags: ['a'] };
    withSession(given, () => {
      given.id = 'changed';
      given.tags.push('b');
      step(1);
    });
    expect(said('step')).toEqual(of('s', { 'decotel.tags': ['a'] }));
  });
});

describe('a session without recorded spans', () => {
  it('is passed through unsampled calls and asks nothing', () => {
    telemetry = startTelemetry({ sampler: new AlwaysOffSampler() });
    const source = jest.fn(() => ({ id: 's' }));
    expect(withSession(source, () => step(session().id))).toBe('s');
    return telemetry.stop();
  });

  it('runs the work where decotel is disabled', async () => {
    telemetry = startTelemetry({ settings: { enabled: false } });
    const source = jest.fn(() => ({ id: 's' }));
    expect(withSession(source, () => step(1))).toBe(1);
    expect(source).not.toHaveBeenCalled();
    expect(telemetry.spans).toEqual([]);
    await telemetry.stop();
  });

  it('runs the work in silence where nothing is configured', () => {
    const { lines } = diagLines();
    expect(withSession({ id: 's' }, () => step(1))).toBe(1);
    expect(withSession({ id: 's' }, () => session().id)).toBeUndefined();
    expect(lines).toEqual([]);
    diag.disable();
  });

  it('says once what to do where no context manager is registered', async () => {
    telemetry = startTelemetry();
    context.disable();
    for (let index = 0; index < 2; index++) expect(withSession({ id: 's' }, () => step(index))).toBe(index);
    expect(telemetry.complaints).toEqual([expect.stringMatching(/no context manager is registered\. Register one/)]);
    await telemetry.stop();
  });
});

describe('a session on a provider of decotel’s own', () => {
  let exporter: InMemorySpanExporter;
  beforeEach(() => {
    exporter = new InMemorySpanExporter();
  });

  it('holds in the very turn of configure()', async () => {
    const handle = configure({ processors: [new SimpleSpanProcessor(exporter)] });
    withSession({ id: 's' }, () => step(1));
    expect(exporter.getFinishedSpans()[0]?.attributes['session.id']).toBe('s');
    await handle.shutdown();
  });

  it('is on spans of others inside by OpenTelemetry’s names, and asks a function once for each span', async () => {
    const handle = configure({ processors: [new SimpleSpanProcessor(exporter)] });
    const source = jest.fn(() => ({ id: 's', userId: secret, tags: ['a'] }));
    const tracer = trace.getTracer('http');
    const work = (): void => {
      step(1);
      tracer.startSpan('GET').end();
      handle.tracer.startSpan('own').end();
    };
    withSession(source, work);
    work();
    const seen = exporter
      .getFinishedSpans()
      .map(({ name, attributes }) => [
        name,
        attributes['session.id'],
        attributes['user.id'],
        attributes['decotel.tags'],
      ]);
    expect(seen).toEqual([
      ['step', 's', '[masked]', ['a']],
      ['GET', 's', '[masked]', undefined],
      ['own', 's', '[masked]', undefined],
      ['step', undefined, undefined, undefined],
      ['GET', undefined, undefined, undefined],
      ['own', undefined, undefined, undefined],
    ]);
    expect(source).toHaveBeenCalledTimes(3);
    await handle.shutdown();
  });

  it('leaves spans of others alone where decotel is disabled', async () => {
    const handle = configure({ processors: [new SimpleSpanProcessor(exporter)], enabled: false });
    await turn();
    withSession({ id: 's' }, () => trace.getTracer('http').startSpan('GET').end());
    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes)).toEqual([{}]);
    await handle.shutdown();
  });
});

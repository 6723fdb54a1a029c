import { context, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import {
  addSpanAttribute,
  agent,
  currentCall,
  span,
  tool,
  withOtel,
  withSession,
  type Score,
} from '../../src/index.js';
import { replaceSettings, settings } from '../../src/core/settings.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(openCallCount()).toBe(0);
  await telemetry.stop();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** In the form of a key, put together so that no scanner takes it for one. */
const secret = `sk-${'a1'.repeat(12)}`;

/** Attributes that the application set. */
function own(name: string): Record<string, unknown> {
  const attributes = Object.entries(telemetry.span(name).attributes);
  return Object.fromEntries(attributes.filter(([key]) => !/^(decotel|gen_ai|code)\./.test(key)));
}

/** What is written for each value. */
function written(values: Record<string, unknown>): Record<string, unknown> {
  span('writes')(() => {
    for (const [key, value] of Object.entries(values)) currentCall().set(key, value);
  })();
  return own('writes');
}

class Store {
  @tool
  async search(query: string): Promise<string[]> {
    addSpanAttribute('store_name', 'default/books');
    await turn();
    return this.rows(query);
  }

  private rows(query: string): string[] {
    const helper = (): string[] => {
      addSpanAttribute('rows', 2);
      return [query, query];
    };
    return helper();
  }

  @agent
  async *run(): AsyncGenerator<string> {
    currentCall().set('step', 'before');
    yield* await this.search('a');
    currentCall().set('step', 'after');
  }
}

describe('currentCall()', () => {
  it('is the innermost call at any depth, over awaits, in each step of a generator', async () => {
    for await (const _ of new Store().run()) addSpanAttribute('lost', true);
    expect(own('execute_tool search')).toEqual({ store_name: 'default/books', rows: 2 });
    expect(own('invoke_agent run')).toEqual({ step: 'after' });
  });

  it('is the innermost one inside a span of the application’s own, too', () => {
    const within = span('within')(() =>
      trace.getTracer('application').startActiveSpan('own', (active) => {
        addSpanAttribute('deep', true);
        active.end();
      }),
    );
    within();
    expect([own('within'), own('own')]).toEqual([{ deep: true }, {}]);
  });

  it('keeps calls that run at the same time apart', async () => {
    const one = span('one')(async (name: string) => {
      await turn();
      addSpanAttribute('name', name);
    });
    await Promise.all([one('a'), one('b')]);
    expect(telemetry.spans.map(({ attributes }) => attributes['name'])).toEqual(['a', 'b']);
  });

  it('is a no-op outside, and never undefined', () => {
    const outside = currentCall();
    expect(outside.set('key', 1).addEvent('event').score({ name: 'x', value: 1 })).toBe(outside);
    expect(outside.span.isRecording()).toBe(false);
    expect(outside.traceparent).toBeUndefined();
    addSpanAttribute('key', 1);
    expect([telemetry.spans, telemetry.complaints]).toEqual([[], []]);
  });

  it('is a no-op in a call that is not recorded', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ sampler: new AlwaysOffSampler() });
    span('off')(() => currentCall().set('a', 1).score({ name: 'x', value: 1 }))();
    expect(telemetry.complaints).toEqual([]);
    replaceSettings({ ...settings(), enabled: false });
    span('off')(() => currentCall().set('a', 1))();
    expect(telemetry.spans).toEqual([]);
  });

  it('writes nothing to a call that has ended, and nothing of its late work to the one around it', async () => {
    let late: Promise<void> | undefined;
    const inner = span('inner')(() => {
      const held = currentCall();
      late = turn().then(() => {
        held.set('late', 1).addEvent('late').score({ name: 'late', value: 1 });
        addSpanAttribute('late', 2);
      });
    });
    const outer = span('outer')(async () => {
      inner();
      await late;
    });
    await outer();
    expect([own('inner'), own('outer')]).toEqual([{}, {}]);
    expect(telemetry.span('inner').events).toEqual([]);
    expect(telemetry.complaints).toEqual([]);
  });

  it('has the span itself and its traceparent', () => {
    const seen = span('seen')(() => {
      const { span: active, traceparent } = currentCall();
      return [active === trace.getSpan(context.active()), traceparent];
    })();
    const { traceId, spanId } = telemetry.span('seen').spanContext();
    expect(seen).toEqual([true, `00-${traceId}-${spanId}-01`]);
  });
});

describe('an attribute', () => {
  it('takes what attributes can hold as it is', () => {
    const values = { text: 'a', number: 1.5, yes: true, texts: ['a', 'b'], numbers: [1, 2], flags: [true], none: [] };
    expect(written(values)).toEqual(values);
  });

  it('takes anything else as text or JSON, and leaves out what says nothing', () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular['self'] = circular;
    const values = {
      nothing: null,
      undefined: undefined,
      nan: NaN,
      infinite: -Infinity,
      big: 9_007_199_254_740_993n,
      date: new Date(0),
      wrong: new Date(NaN),
      symbol: Symbol('s'),
      method: function named() {},
      nested: { a: { b: [1, null] } },
      mixed: ['a', 1],
      holes: ['a', null],
      matrix: [[1], [2]],
      map: new Map([['k', 1]]),
      circular,
      bytes: new Uint8Array(3),
      throwing: {
        get value(): never {
          throw new Error('getter');
        },
      },
    };
    expect(written(values)).toEqual({
      big: '9007199254740993',
      date: '1970-01-01T00:00:00.000Z',
      wrong: 'Invalid Date',
      symbol: 'Symbol(s)',
      method: '[Function: named]',
      nested: '{"a":{"b":[1,null]}}',
      mixed: '["a",1]',
      holes: '["a",null]',
      matrix: '[[1],[2]]',
      map: '{"k":1}',
      circular: '{"a":1,"self":"[circular]"}',
      bytes: expect.stringContaining('"bytes":3'),
      throwing: '{"value":"[throws: Error]"}',
    });
    expect(telemetry.complaints).toEqual([]);
  });

  it('is masked and bounded', () => {
    const many = Array.from({ length: 2000 }, () => 'x'.repeat(100));
    const attributes = written({
      note: `the key is ${secret}`,
      list: [secret],
      nested: { deep: { apiKey: 'abc', text: secret } },
      'user.password': 'abc',
      [`of ${secret}`]: 1,
      long: 'word '.repeat(50_000),
      many,
    });
    expect(attributes).toMatchObject({
      note: 'the key is [masked]',
      list: ['[masked]'],
      nested: '{"deep":{"apiKey":"[masked]","text":"[masked]"}}',
      'user.password': '[masked]',
      'of [masked]': 1,
    });
    for (const key of ['long', 'many']) {
      expect(Buffer.byteLength(attributes[key] as string)).toBeLessThanOrEqual(32_768);
    }
    expect(JSON.parse(attributes['many'] as string)).toBeInstanceOf(Array);
  });

  it.each(['', '__proto__', undefined, null, Symbol('key'), {}])('with the key %p breaks nothing', (key) => {
    expect(span('keyed')(() => (addSpanAttribute(key as string, ['x']), 1))()).toBe(1);
    expect(Object.getPrototypeOf(telemetry.span('keyed').attributes)).toBe(Object.prototype);
  });

  it('is there where content is switched off', () => {
    withSession({ content: false }, () => span('off')(() => addSpanAttribute('store', 'books'))());
    expect(own('off')).toEqual({ store: 'books' });
  });
});

describe('an event', () => {
  it('is added at its time, its attributes treated like any', () => {
    span('call')(() => {
      currentCall()
        .addEvent('cache.miss', { key: secret, parts: [1, 'a'], when: null })
        .addEvent('plain');
    })();
    const events = telemetry.span('call').events.map(({ name, attributes }) => [name, attributes]);
    expect(events).toEqual([
      ['cache.miss', { key: '[masked]', parts: '[1,"a"]' }],
      ['plain', {}],
    ]);
  });

  it.each([[''], [undefined], [7]])('needs a name: %p', (name) => {
    span('call')(() => currentCall().addEvent(name as string, { a: 1 }))();
    expect(telemetry.span('call').events).toEqual([]);
  });

  it.each([[null], ['text'], [7]])('takes %p for no attributes', (attributes) => {
    expect(() => span('call')(() => void currentCall().addEvent('e', attributes as never))()).not.toThrow();
    expect(telemetry.span('call').events.length).toBeLessThanOrEqual(1);
  });
});

describe('a score', () => {
  const evaluations = (name: string): unknown[] =>
    telemetry.span(name).events.map((event) => [event.name, event.attributes]);

  it('is an event of the conventions', () => {
    const ask = withOtel({ name: 'ask' })(() => {
      currentCall()
        .score({ name: 'confidence', value: 0.8 })
        .score({ name: 'relevance', label: 'relevant', explanation: 'It names the book' });
      return 'Dune';
    });
    ask();
    expect(evaluations('ask')).toEqual([
      ['gen_ai.evaluation.result', { 'gen_ai.evaluation.name': 'confidence', 'gen_ai.evaluation.score.value': 0.8 }],
      [
        'gen_ai.evaluation.result',
        {
          'gen_ai.evaluation.name': 'relevance',
          'gen_ai.evaluation.score.label': 'relevant',
          'gen_ai.evaluation.explanation': 'It names the book',
        },
      ],
    ]);
  });

  it('goes without its explanation where content is off, and its label is bounded', () => {
    withSession({ content: false }, () =>
      span('off')(() =>
        currentCall().score({ name: 'a', value: 0, label: 'x '.repeat(100_000), explanation: 'why' }),
      )(),
    );
    const [event] = telemetry.span('off').events;
    expect(event?.attributes).toMatchObject({ 'gen_ai.evaluation.name': 'a', 'gen_ai.evaluation.score.value': 0 });
    expect(event?.attributes).not.toHaveProperty(['gen_ai.evaluation.explanation']);
    expect(String(event?.attributes?.['gen_ai.evaluation.score.label']).length).toBeLessThanOrEqual(32_768);
  });

  it('that says nothing is left out, and reported once', () => {
    const nothing = [{}, { name: 'a' }, { value: 1 }, { name: 'a', value: NaN }, { name: 7, value: 1 }, null, 'text'];
    span('call')(() => nothing.forEach((score) => currentCall().score(score as Score)))();
    expect(evaluations('call')).toEqual([]);
    expect(telemetry.complaints.filter((line) => line.includes('needs a name'))).toHaveLength(1);
  });

  it('is counted: a hundred of one call are kept', () => {
    span('call')(() => {
      for (let value = 0; value < 150; value++) currentCall().score({ name: 'x', value });
    })();
    expect(evaluations('call')).toHaveLength(100);
    expect(telemetry.complaints).toEqual([expect.stringContaining('more than 100 scores')]);
  });
});

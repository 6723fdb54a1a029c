import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { NO_CONTENT } from '../../src/core/settings.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { span } from '../../src/decorators/span.js';
import { checkAttributes, checkMessages } from '../support/conventions.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

/** `gen_ai.output.type`, what is recorded as the result, and whether there are messages. */
function seen(): [unknown, unknown, boolean] {
  const { attributes } = telemetry.span('ask');
  expect([...checkAttributes(attributes), ...checkMessages(attributes)]).toEqual([]);
  return [attributes['gen_ai.output.type'], attributes['decotel.result'], 'gen_ai.output.messages' in attributes];
}

class Book {
  readonly #shelf = 'B3';
  constructor(readonly title: string) {}
  get shelf(): string {
    return this.#shelf;
  }
}

class Isbn {
  constructor(private readonly digits: number) {}
  toJSON(): string {
    return `ISBN ${this.digits}`;
  }
}

const RESULTS: [string, () => unknown, string | undefined, string | undefined][] = [
  ['a text', () => 'Dune', 'text', '"Dune"'],
  ['a parsed object', () => JSON.parse('{"title":"Dune"}'), 'json', '{"title":"Dune"}'],
  ['a list', () => ['Dune', 'Emma'], 'json', '["Dune","Emma"]'],
  ['an instance of a class', () => new Book('Dune'), 'json', '{"title":"Dune"}'],
  ['an instance that says how it is written', () => new Isbn(7), 'json', '"ISBN 7"'],
  ['a number', () => 42, 'json', '42'],
  ['false', () => false, 'json', 'false'],
  ['null', () => null, undefined, 'null'],
  ['nothing', () => undefined, undefined, undefined],
  ['bytes', () => new Uint8Array(9), undefined, '{"type":"blob","bytes":9}'],
];

describe('what a @withOtel method makes of an answer', () => {
  describe.each<[string, (method: () => unknown) => () => unknown]>([
    ['returned', (method) => method],
    ['promised', (method) => async () => Promise.resolve(method())],
  ])('%s', (_, manner) => {
    it.each(RESULTS)('is recorded with its type: %s', async (_name, method, type, result) => {
      const ask = withOtel({ name: 'ask' })(manner(method));
      const made = await ask();
      expect(made).toEqual(method());
      expect(seen()).toEqual([type, result, false]);
    });

    it.each(RESULTS)('has its type without content, too: %s', async (_name, method, type) => {
      await telemetry.stop();
      telemetry = startTelemetry({ settings: { content: NO_CONTENT } });
      await withOtel({ name: 'ask' })(manner(method))();
      expect(seen()).toEqual([type, undefined, false]);
    });
  });

  it.each<[string, unknown[], string, string]>([
    ['text', ['Du', 'ne'], 'text', '"Dune"'],
    ['partial objects', [{ title: 'Du' }, { title: 'Dune' }], 'json', '{"title":"Dune"}'],
  ])('is a stream of %s', async (_, chunks, type, result) => {
    const ask = withOtel({ name: 'ask' })(async function* () {
      yield* await Promise.resolve(chunks);
    });
    for await (const chunk of ask()) expect(chunks).toContain(chunk);
    expect(seen()).toEqual([type, result, false]);
  });

  it('is what a failed call has none of', async () => {
    const ask = withOtel({ name: 'ask' })(async () => Promise.reject(new Error('no')));
    await expect(ask()).rejects.toThrow('no');
    expect(seen()).toEqual([undefined, undefined, false]);
  });

  it('has no type elsewhere', () => {
    span('ask')(() => 'Dune')();
    expect(seen()).toEqual([undefined, '"Dune"', false]);
  });
});

describe('an answer that was seen', () => {
  let server: Loopback;
  let ask: (options: object, make: (text: string) => unknown) => () => Promise<unknown>;

  beforeEach(async () => {
    server = await loopback(() => ({ body: openAiCompletion('{"title":"Dune"}') }));
    const openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
    ask = (options, make) =>
      withOtel({ name: 'ask' })(async () => {
        const messages = [{ role: 'user' as const, content: 'Which book?' }];
        const { choices } = await openai.chat.completions.create({ model: 'gpt-5-mini', messages, ...options });
        return make(choices[0]?.message.content ?? '');
      });
  });
  afterEach(() => server.close());

  it('is recorded once, as messages, with the type of what the method made of it', async () => {
    expect(await ask({}, (text) => JSON.parse(text) as object)()).toEqual({ title: 'Dune' });
    expect(seen()).toEqual(['json', undefined, true]);
  });

  it('is text where the method returns that', async () => {
    await ask({}, (text) => text)();
    expect(seen()).toEqual(['text', undefined, true]);
  });

  it('has the type that was asked for', async () => {
    await ask({ response_format: { type: 'json_object' } }, (text) => text)();
    expect(seen()).toEqual(['json', undefined, true]);
  });
});

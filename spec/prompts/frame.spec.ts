/* eslint-disable @typescript-eslint/no-implied-eval -- functions as written, not as the compiler of the specs writes them */
import { setTimeout as sleep } from 'node:timers/promises';
import { DecotelError } from '../../src/core/decotel-error.js';
import { definePrompt } from '../../src/prompts/define-prompt.js';
import {
  createFrame,
  currentFrame,
  isInFrame,
  onPromptRendered,
  runInFrame,
  type RenderedPrompt,
} from '../../src/prompts/frame.js';
import type { AnyFunction } from '../../src/prompts/parameter-names.js';
import { promptMessages, promptText } from '../../src/prompts/prompt-text.js';
import { parseTemplate, type ParamReaders, type TemplateOptions } from '../../src/prompts/template.js';

interface Call extends Partial<TemplateOptions> {
  params?: ParamReaders;
  isOfClass?: boolean;
  self?: unknown;
  args?: unknown[];
  original?: AnyFunction;
}

const call = <Result>(template: string, work: () => Result, given: Call = {}): Result => {
  const { self, args, original, params, isOfClass, ...options } = given;
  const owner = { params, isOfClass, place: () => 'Librarian.ask' };
  const parsed = parseTemplate('spec', { template, ...options }, owner);
  return runInFrame(createFrame(parsed, self, args ?? [], original ?? (() => undefined)), work);
};

const byName = (source: string): AnyFunction => new Function(`return ${source}`)() as AnyFunction;

describe('promptText', () => {
  it('takes variables that are given, before any other', () => {
    const original = byName('(genre, reader) => 1');
    const variables = { genre: 'crime' };
    const text = call('{genre} {reader}', () => promptText(variables), { original, args: ['sf', 'Ann'] });
    expect(text).toBe('crime Ann');
  });

  it('reads parameters, destructured ones, and members of the instance', () => {
    const original = byName('async function (genre, { reader, city: place }) {}');
    const args = ['sf', { reader: { name: 'Ann' }, city: 'Oslo' }];
    const self = {
      library: 'Deichman',
      get open() {
        return true;
      },
    };
    const template = '{genre} {reader.name} {place} {city} {this.library} {this.open}';
    expect(call(template, () => promptText(), { original, args, self })).toBe('sf Ann Oslo Oslo Deichman true');
  });

  it('reads params: names in order, or functions of the arguments with the instance as this', () => {
    const minified = byName('(a, b) => 1');
    const args = ['sf', { name: 'Ann' }];
    const tuple = { original: minified, args, params: ['genre', null] };
    expect(call('{genre}', () => promptText(), tuple)).toBe('sf');
    const params = {
      reader(this: unknown, _genre: unknown, reader: unknown) {
        return `${(reader as { name: string }).name} of ${(this as { city: string }).city}`;
      },
    };
    expect(call('{reader}', () => promptText(), { original: minified, args, params, self: { city: 'Oslo' } })).toBe(
      'Ann of Oslo',
    );
  });

  it('reads fields of the instance for a template of the class', () => {
    const self = { genre: 'sf', limit: () => 1 };
    const original = byName('(limit, genre) => 1');
    expect(call('{genre} {limit}', () => promptText(), { self, original, args: [3, 'crime'], isOfClass: true })).toBe(
      'sf 3',
    );
  });

  it.each<[string, string, Call & { given?: object }, string]>([
    [
      'a name that is no parameter',
      '{genre}',
      { original: byName('(book, limit) => 1') },
      'no value for {genre}: the parameters are (book, limit). Pass it: promptText({ genre }), or name it in `params`.',
    ],
    [
      'names that are gone',
      '{genre}',
      { original: byName('(a, b) => 1') },
      'no value for {genre}: the parameters are (a, b); a minifier may have renamed them. Pass it: promptText({ genre }), or name it in `params`.',
    ],
    [
      'a source that cannot be read',
      '{genre}',
      { original: Math.max },
      "no value for {genre}: the method's source is unknown (native or bound). Pass it: promptText({ genre }), or name it in `params`.",
    ],
    [
      'an argument left out',
      '{genre}',
      { original: byName('(genre) => 1') },
      'no value for {genre}: `genre` is undefined. Pass it: promptText({ genre }).',
    ],
    [
      'a computed default',
      '{genre}',
      { original: byName('(genre = pick()) => 1') },
      'no value for {genre}: its default value is computed. Pass it: promptText({ genre }).',
    ],
    [
      'a given undefined',
      '{genre}',
      { given: { genre: undefined }, original: byName('(genre) => 1'), args: ['sf'] },
      'no value for {genre}: `genre` is undefined. Pass it: promptText({ genre }).',
    ],
    [
      'a member of nothing',
      '{book.author.name}',
      { given: { book: { author: null } } },
      'no value for {book.author.name}: `book.author` is null. Pass it: promptText({ book }).',
    ],
    [
      'a member that is missing',
      '{this.reader}',
      { self: {} },
      'no value for {this.reader}: `this.reader` is undefined. Pass it: promptText({ this: { … } }).',
    ],
    [
      'a detached method',
      '{this.reader}',
      {},
      'no value for {this.reader}: `this` is undefined. Pass it: promptText({ this: { … } }).',
    ],
    [
      'what every object inherits',
      '{constructor}',
      { given: {}, original: byName('() => 1') },
      'no value for {constructor}: the parameters are (). Pass it: promptText({ constructor }), or name it in `params`.',
    ],
    [
      "Python's self",
      '{self.reader}',
      { original: byName('() => 1') },
      'no value for {self.reader}: the parameters are (). Pass it: promptText({ self }), or name it in `params`. The instance is {this.…}.',
    ],
  ])('names template, variable and method for %s', (_case, template, { given, ...context }, problem) => {
    const message = `Prompt template ${JSON.stringify(template)} of \`Librarian.ask\`: ${problem}`;
    expect(() => call(template, () => promptText(given), context)).toThrow(new DecotelError(message));
  });

  it('says what to do outside a method with a template', () => {
    expect(() => promptText()).toThrow(
      'promptText: called outside a method with a prompt template. Put @promptTemplate on the very method that calls it, or use definePrompt().',
    );
    expect(() => call('x', () => runInFrame(undefined, () => promptMessages()))).toThrow(
      'promptMessages: called outside a method with a prompt template.',
    );
  });

  it('works after an await, and side by side', async () => {
    const ask = (genre: string, waitMs: number): Promise<string> =>
      call('{genre}', async () => {
        await sleep(waitMs);
        return promptText({ genre });
      });
    expect(await Promise.all([ask('sf', 4), ask('crime', 1)])).toEqual(['sf', 'crime']);
    expect(isInFrame()).toBe(false);
  });
});

describe('a frame', () => {
  it('is entered and left', () => {
    call('outer', () => {
      expect(isInFrame()).toBe(true);
      call('inner', () => {
        expect(promptText()).toBe('inner');
      });
      expect(promptText()).toBe('outer');
      runInFrame(undefined, () => {
        expect(isInFrame()).toBe(false);
        expect(currentFrame()).toBeUndefined();
      });
    });
  });
});

describe('the listener', () => {
  const heard: RenderedPrompt[] = [];
  let remove: () => void;
  beforeEach(() => {
    heard.length = 0;
    remove = onPromptRendered((prompt) => heard.push(prompt));
  });
  afterEach(() => {
    remove();
  });

  it('hears each rendering once, and records what it asks for', () => {
    call('{genre}', () => promptText({ genre: 'sf' }), { name: 'recommend', version: '7' });
    call('SYSTEM: Be {mood}.\nUSER: Hi', () => promptMessages({ mood: 'kind' }));
    expect(heard.map((prompt) => prompt.record())).toEqual([
      { name: 'recommend', version: '7', template: '{genre}', variables: { genre: 'sf' }, rendered: 'sf' },
      {
        name: undefined,
        version: expect.any(String),
        template: 'SYSTEM: Be {mood}.\nUSER: Hi',
        variables: { mood: 'kind' },
        rendered: 'SYSTEM: Be kind.\nUSER: Hi',
      },
    ]);
  });

  it('hears prompts that are values', () => {
    const recommend = definePrompt({ template: 'Recommend {genre}', name: 'recommend', version: '2' });
    expect(recommend({ genre: 'sf' })).toBe('Recommend sf');
    expect(recommend.messages({ genre: 'crime' })).toEqual([{ role: 'user', content: 'Recommend crime' }]);
    expect(heard.map((prompt) => prompt.record().rendered)).toEqual(['Recommend sf', 'Recommend crime']);
  });

  it('does not disturb the rendering when it throws, and is not told of a failed one', () => {
    remove = onPromptRendered(() => {
      throw new Error('listener');
    });
    expect(call('x', () => promptText())).toBe('x');
    remove();
    remove = onPromptRendered((prompt) => heard.push(prompt));
    expect(() => call('{x}', () => promptText({ x: Promise.resolve() }))).toThrow(DecotelError);
    expect(heard).toEqual([]);
  });
});

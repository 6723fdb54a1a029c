import { DecotelError } from '../../src/core/decotel-error.js';
import { definePrompt } from '../../src/prompts/define-prompt.js';

describe('a prompt as a value', () => {
  it('renders text and messages, and tells what it is', () => {
    const recommend = definePrompt(`
      SYSTEM: You know {library.name}.
      MESSAGES: {history}
      USER: Recommend {genre}: {books:list}
    `);
    const variables = { library: { name: 'Deichman' }, history: [], genre: 'sf', books: ['a', 'b'] };
    expect(recommend.messages(variables)).toEqual([
      { role: 'system', content: 'You know Deichman.' },
      { role: 'user', content: 'Recommend sf: a\nb' },
    ]);
    expect(recommend(variables)).toBe('SYSTEM: You know Deichman.\nMESSAGES: \nUSER: Recommend sf: a\nb');
    expect(recommend.template).toBe(
      'SYSTEM: You know {library.name}.\nMESSAGES: {history}\nUSER: Recommend {genre}: {books:list}',
    );
    expect(recommend.version).toMatch(/^[0-9a-f]{12}$/);
    expect(recommend.name).toBeUndefined();
    const { name, version } = definePrompt({ template: 'Hi', name: 'greet', version: '1' });
    expect([name, version]).toEqual(['greet', '1']);
    expect(definePrompt('Hi')()).toBe('Hi');
  });

  it('calls a variable that is a function without parameters, with the value it is a member of', () => {
    const ask = definePrompt('{genre} by {book.author} on {book.shelf}');
    const book = {
      id: 7,
      shelf: () => 'sf',
      author() {
        return `author ${this.id}`;
      },
    };
    expect(ask({ genre: () => 'sf', book })).toBe('sf by author 7 on sf');
    expect(() => ask({ genre: (name: string) => name, book })).toThrow(
      'the value of {genre} is a function; call it first.',
    );
    expect(() => ask({ genre: () => Promise.resolve('sf'), book })).toThrow(
      'the value of {genre} is a promise; await it first.',
    );
    expect(() => ask({ genre: () => undefined, book })).toThrow('no value for {genre}: `genre` is undefined.');
  });

  it('names what is missing', () => {
    const recommend = definePrompt({ template: '{genre}', name: 'recommend' }) as unknown as (given?: object) => string;
    const message =
      'Prompt template "{genre}" of `definePrompt` "recommend": no value for {genre}: it was not given. Pass it.';
    expect(() => recommend({})).toThrow(new DecotelError(message));
    expect(() => recommend()).toThrow(new DecotelError(message));
  });

  it.each([
    [undefined, '`definePrompt`: there is no template. Pass the text, or { template }.'],
    [{ name: 'x' }, '`definePrompt`: there is no template. Pass the text, or { template }.'],
    [7, '`definePrompt`: expected a template, got 7. Pass the text, or { template }.'],
    [['x'], '`definePrompt`: expected a template, got an array. Pass the text, or { template }.'],
    [{ template: 7 }, '`definePrompt`: option `template` is 7. It must be a string.'],
    [{ template: 'x', name: 1 }, '`definePrompt`: option `name` is 1. It must be a string.'],
    [{ template: 'x', tags: 'a' }, '`definePrompt`: option `tags` is "a". It must be an array of strings.'],
    [{ template: 'x', tags: [1] }, '`definePrompt`: option `tags` is an array (0: 1). It must be an array of strings.'],
    [
      { template: 'x', nmae: 'greet' },
      '`definePrompt`: unknown option `nmae`. There are template, name, version, metadata, tags.',
    ],
    ['{genre', '`definePrompt`: prompt template "{genre", line 1, column 1: '],
    ['{this.x}', '`definePrompt`: prompt template "{this.x}": there is no `this` for {this.x}. Pass a variable.'],
  ])('refuses %p', (source, message) => {
    expect(() => definePrompt(source as string)).toThrow(message);
  });
});

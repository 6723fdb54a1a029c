/* eslint-disable @typescript-eslint/no-unused-vars -- templates read parameters */
import { setTimeout as sleep } from 'node:timers/promises';
import { DecotelError } from '../../src/core/decotel-error.js';
import { agent } from '../../src/decorators/agent.js';
import { definitionOf, type AnyFunction } from '../../src/decorators/definitions.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { definePrompt } from '../../src/prompts/define-prompt.js';
import { promptMessages, promptText } from '../../src/prompts/prompt-text.js';
import { renderPrompt, renderPromptMessages } from '../../src/prompts/render-prompt.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

const TEMPLATE = 'Recommend a {genre} book for {this.reader}';

/** A decorator of another library that replaces the method, in both modes. */
function retried(first: unknown, _second: unknown, third?: unknown): never {
  const descriptor = third as PropertyDescriptor | undefined;
  const method = (descriptor === undefined ? first : descriptor.value) as AnyFunction;
  async function retrying(this: unknown, ...values: unknown[]): Promise<unknown> {
    await sleep(1);
    return method.apply(this, values);
  }
  return (descriptor === undefined ? retrying : { ...descriptor, value: retrying }) as never;
}

class Librarian {
  constructor(private readonly reader: string) {}

  @withOtel()
  @promptTemplate(TEMPLATE)
  spanFirst(genre: string): string {
    return promptText();
  }
  @promptTemplate(TEMPLATE)
  @withOtel
  promptFirst(genre: string): string {
    return promptText();
  }
  @promptTemplate(TEMPLATE)
  async alone({ genre }: { genre: string }): Promise<string> {
    await sleep(1);
    return promptText();
  }
  @promptTemplate('SYSTEM: You serve {this.reader}.\nMESSAGES: {history}\nUSER: {question}')
  async *steps(question: string, history: { role: string; content: string }[]): AsyncGenerator {
    yield promptMessages();
    await sleep(1);
    yield promptMessages({ question: 'And?' });
  }
  @promptTemplate({ template: '{genre} {limit}', name: 'two', version: '3', params: [null, 'limit'] })
  twoParams(genre: string, most: number): string {
    return promptText();
  }
  @promptTemplate({ template: '{shout}', params: { shout: (genre: string) => genre.toUpperCase() } })
  params(genre: string): string {
    return promptText();
  }
  @promptTemplate('outer {this.reader}')
  nested(): string {
    return `${this.inner()} ${promptText()} ${this.plain()}`;
  }
  @promptTemplate('inner')
  inner(): string {
    return promptText();
  }
  plain(): string {
    return promptText();
  }
  @promptTemplate('outer')
  delegates(): string {
    return this.withoutTemplate();
  }
  @tool withoutTemplate(): string {
    return promptText();
  }
  @promptTemplate('static {genre}')
  static shared(genre: string): string {
    return promptText();
  }
  @promptTemplate('{genre} outside')
  @retried
  @withOtel()
  async templateOutside(genre: string): Promise<string> {
    return Promise.resolve(promptText());
  }
  @withOtel()
  @retried
  @promptTemplate('{genre} inside')
  async templateInside(genre: string): Promise<string> {
    return Promise.resolve(promptText());
  }
}

const librarian = new Librarian('Ann');

const scenarios = (): void => {
  it('renders in every form of method, in either order of decorators', async () => {
    expect(librarian.spanFirst('sf')).toBe('Recommend a sf book for Ann');
    expect(librarian.promptFirst('sf')).toBe('Recommend a sf book for Ann');
    await expect(librarian.alone({ genre: 'sf' })).resolves.toBe('Recommend a sf book for Ann');
    expect(librarian.twoParams('sf', 3)).toBe('sf 3');
    expect(librarian.params('sf')).toBe('SF');
    expect(Librarian.shared('sf')).toBe('static sf');
  });

  it('is there at each step of a generator', async () => {
    const history = [{ role: 'assistant', content: 'Hello.' }];
    const steps = librarian.steps('Why?', history);
    const first = await steps.next();
    expect(() => promptText()).toThrow('outside a method');
    expect([first.value, (await steps.next()).value]).toEqual([
      [{ role: 'system', content: 'You serve Ann.' }, ...history, { role: 'user', content: 'Why?' }],
      [{ role: 'system', content: 'You serve Ann.' }, ...history, { role: 'user', content: 'And?' }],
    ]);
    await steps.return(undefined);
  });

  it('reaches plain methods, is restored after nested ones, and is not inherited by decorated ones', () => {
    expect(librarian.nested()).toBe('inner outer Ann outer Ann');
    expect(() => librarian.delegates()).toThrow('outside a method with a prompt template');
  });

  it('works with the decorator of another library between the two', async () => {
    await expect(librarian.templateOutside('sf')).resolves.toBe('sf outside');
    await expect(librarian.templateInside('sf')).resolves.toBe('sf inside');
  });
};

describe('@promptTemplate without telemetry', scenarios);

describe('@promptTemplate with telemetry', () => {
  let telemetry: Telemetry;
  beforeEach(() => {
    telemetry = startTelemetry();
  });
  afterEach(() => telemetry.stop());

  scenarios();

  it('starts no span alone, and makes one with a decorator of calls', () => {
    librarian.params('sf');
    expect(telemetry.spans).toEqual([]);
    librarian.spanFirst('sf');
    librarian.promptFirst('sf');
    const names = telemetry.spans.map((one) => [one.name, one.attributes['code.function.name']]);
    expect(names).toEqual([
      ['spanFirst', 'Librarian.spanFirst'],
      ['promptFirst', 'Librarian.promptFirst'],
    ]);
  });

  it('is recorded on the call that renders it, and so is a prompt that is a value', () => {
    const greet = definePrompt({ template: 'Hi {name}', name: 'greet', version: '2' });
    class Desk {
      @tool greet(name: string): string {
        return greet({ name });
      }
    }
    librarian.promptFirst('sf');
    new Desk().greet('Ann');
    const [rendered, value] = telemetry.spans.map((one) => one.attributes);
    expect(rendered).toMatchObject({
      'decotel.prompt.template': TEMPLATE,
      'decotel.prompt.rendered': 'Recommend a sf book for Ann',
      'gen_ai.prompt.variable.genre': 'sf',
      'gen_ai.prompt.variable.this.reader': 'Ann',
    });
    expect(rendered?.['gen_ai.prompt.version']).toMatch(/^[0-9a-f]{12}$/);
    expect(value).toMatchObject({
      'gen_ai.prompt.name': 'greet',
      'gen_ai.prompt.version': '2',
      'decotel.prompt.rendered': 'Hi Ann',
    });
  });
});

it('says which prompt it was where no content is recorded', async () => {
  const telemetry = startTelemetry({ content: false });
  class Desk {
    @tool
    @promptTemplate({ template: 'Hi {name}', name: 'greet', version: '2', metadata: { team: 'books' }, tags: ['live'] })
    greet(name: string): string {
      return promptText();
    }
  }
  expect(new Desk().greet('Ann')).toBe('Hi Ann');
  expect(telemetry.span('execute_tool greet').attributes).toEqual({
    'code.function.name': 'Desk.greet',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'greet',
    'gen_ai.tool.type': 'function',
    'gen_ai.prompt.name': 'greet',
    'gen_ai.prompt.version': '2',
    'decotel.prompt.metadata.team': 'books',
    'decotel.prompt.tags': ['live'],
    'decotel.outcome': 'completed',
  });
  await telemetry.stop();
});

describe('@promptTemplate', () => {
  it('shares one wrapper with the other decorator, over the method as it was written', () => {
    const source = (name: string): string => {
      const entry = definitionOf((Librarian.prototype as unknown as Record<string, AnyFunction>)[name] as AnyFunction);
      expect(Object.keys(entry?.definition ?? {})).toEqual(expect.arrayContaining(['call', 'prompt']));
      return String(entry?.original);
    };
    expect(source('spanFirst')).toMatch(/^spanFirst\(genre\) \{/);
    expect(source('promptFirst')).toMatch(/^promptFirst\(genre\) \{/);
  });

  it('names the method where a variable is missing, also on a function', () => {
    class Desk {
      @promptTemplate('{genre}')
      ask(book: string): string {
        return promptText();
      }
    }
    expect(() => new Desk().ask('x')).toThrow(
      'Prompt template "{genre}" of `Desk.ask`: no value for {genre}: the parameters are (book).',
    );
    const ask = promptTemplate('Hi {name}')((name?: string) => promptText());
    expect(ask('Ann')).toBe('Hi Ann');
    expect(() => ask()).toThrow(
      'Prompt template "Hi {name}" of `anonymous`: no value for {name}: `name` is undefined.',
    );
  });

  it('asks functions without parameters for their value: of the instance, of an argument, of what is given', () => {
    class Desk {
      private readonly open = ['Monday', 'Friday'];
      days(): string[] {
        return this.open;
      }
      @promptTemplate('{this.days:list} {genre} {reader}')
      ask(genre: () => string): string {
        return promptText({ reader: () => 'Ann' });
      }
    }
    expect(new Desk().ask(() => 'sf')).toBe('Monday\nFriday sf Ann');
  });

  it('merges on a function without touching the function it was given', () => {
    const traced = withOtel({ name: 'ask' })((name: string) => promptText({ name }));
    const prompted = promptTemplate('Hi {name}')(traced);
    expect(prompted('Ann')).toBe('Hi Ann');
    expect(() => traced('Ann')).toThrow('outside a method');
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a malformed template',
      () => promptTemplate('Recommend {genre'),
      /ask`: prompt template "Recommend \{genre", line 1, column 11: /,
    ],
    ['no template', () => promptTemplate, /ask`: there is no template\. Pass the text, or \{ template \}\.$/],
    [
      'what is neither a text nor options',
      () => promptTemplate(7 as never),
      /ask`: expected a template, got 7\. Pass the text, or \{ template \}\.$/,
    ],
    ['no template in options', () => promptTemplate({ name: 'x' } as never), /ask`: there is no template\. /],
    [
      'a second template',
      () =>
        (...values: unknown[]) =>
          apply(promptTemplate('a'), apply(promptTemplate('b'), values)),
      /ask`: already decorated with `@promptTemplate`\. Remove one of them\.$/,
    ],
    [
      'an unknown name in params',
      () => promptTemplate({ template: '{a}', params: ['b'] as never }),
      /ask`: unknown variable `b` in `params`\. There are a\.$/,
    ],
    [
      'an unknown option',
      () => promptTemplate({ template: 'a', nmae: 'x' } as never),
      /ask`: unknown option `nmae`\. There are template, name, version, metadata, tags, params\.$/,
    ],
    [
      'tags of another type',
      () => promptTemplate({ template: 'a', tags: 'production' as never }),
      /ask`: option `tags` is "production"\. It must be an array of strings\.$/,
    ],
    [
      'params of another type',
      () => promptTemplate({ template: '{a}', params: { a: 'a' } as never }),
      /ask`: `params\.a` is "a"\. It must be a function\.$/,
    ],
  ])('refuses %s', (_case, create, message) => {
    const declare = (): unknown => {
      class Desk {
        @(create() as typeof retried) ask(): void {}
      }
      return Desk;
    };
    expect(declare).toThrow(message);
  });

  it('on a class refuses wrong options and templates, also where no method needs it', () => {
    const declare = (options: object) => () => {
      @(promptTemplate(options as never) as (...values: unknown[]) => never)
      class Prompt {
        @promptTemplate('own') own(): void {}
      }
      return Prompt;
    };
    expect(declare({ template: 'a', nmae: 'x' })).toThrow(
      '`@promptTemplate` on `Prompt`: unknown option `nmae`. There are template, name, version, metadata, tags, params.',
    );
    expect(declare({ template: '{a' })).toThrow(
      '`@promptTemplate` on `Prompt`: prompt template "{a", line 1, column 1: ',
    );
  });

  it('on a class is the template of its methods, over the fields of the instance', () => {
    @promptTemplate('Recommend a {genre} book')
    class Prompt {
      constructor(readonly genre: string) {}
      text(genre: string): string {
        return `${promptText()} (${genre})`;
      }
      @promptTemplate('own') own(): string {
        return promptText();
      }
      @span spanned(): string {
        return promptText();
      }
      static none(): string {
        return promptText();
      }
      get size(): number {
        return promptText().length;
      }
    }
    const prompt = new Prompt('sf');
    expect(prompt.text('crime')).toBe('Recommend a sf book (crime)');
    expect(prompt.own()).toBe('own');
    expect(prompt.spanned()).toBe('Recommend a sf book');
    expect(() => Prompt.none()).toThrow('outside a method');
    expect(() => prompt.size).toThrow('outside a method');
    expect(prompt.constructor).toBe(Prompt);
  });
});

function apply(decorator: unknown, values: unknown[]): unknown[] {
  const [first, second, third] = values;
  const result = (decorator as (...all: unknown[]) => unknown)(...values);
  return third === undefined ? [result ?? first, second] : [first, second, result];
}

describe('renderPrompt', () => {
  it('renders without calling the method', () => {
    const variables = { genre: 'sf', this: { reader: 'Bo' } };
    expect(renderPrompt(Librarian, 'spanFirst', variables)).toBe('Recommend a sf book for Bo');
    expect(renderPrompt(Librarian, 'shared', { genre: 'sf' })).toBe('static sf');
    class Sub extends Librarian {}
    expect(renderPrompt(Sub, 'inner')).toBe('inner');
    expect(renderPromptMessages(Librarian, 'steps', { question: 'Why?', history: [], this: { reader: 'Bo' } })).toEqual(
      [
        { role: 'system', content: 'You serve Bo.' },
        { role: 'user', content: 'Why?' },
      ],
    );
  });

  it('names what is missing', () => {
    expect(() => renderPrompt(Librarian, 'spanFirst', { genre: 'sf' })).toThrow(
      `Prompt template "${TEMPLATE}" of \`Librarian.spanFirst\`: no value for {this.reader}: it was not given. Pass it.`,
    );
    expect(() => renderPrompt(Librarian, 'plain')).toThrow('renderPrompt: `Librarian.plain` has no prompt template.');
    expect(() => renderPrompt(Librarian, 'toString')).toThrow(
      'renderPrompt: `Librarian.toString` has no prompt template.',
    );
  });

  it.each([
    [new Librarian('Bo'), 'an object'],
    [null, 'null'],
    [undefined, 'undefined'],
    ['Librarian', '"Librarian"'],
  ])('refuses %p in place of a class', (owner, got) => {
    const problem = `expected a class, got ${got}. Pass the class, not an instance of it.`;
    expect(() => renderPrompt(owner as never, 'spanFirst')).toThrow(new DecotelError(`renderPrompt: ${problem}`));
    expect(() => renderPromptMessages(owner as never, 'steps')).toThrow(
      new DecotelError(`renderPromptMessages: ${problem}`),
    );
  });
});

it('a prompt that is a value renders inside any decorated method', () => {
  const greet = definePrompt('Hi {name}');
  class Desk {
    @agent() run(): string {
      return greet({ name: 'Ann' });
    }
  }
  expect(new Desk().run()).toBe('Hi Ann');
});

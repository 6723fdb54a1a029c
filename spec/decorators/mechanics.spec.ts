/* eslint-disable @typescript-eslint/no-extraneous-class -- classes are only decorated */
import 'reflect-metadata';
import { DecotelError } from '../../src/core/decotel-error.js';
import { agent } from '../../src/decorators/agent.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { promptText } from '../../src/prompts/prompt-text.js';
import { COMPILERS, compiled, type Compiler, type Mode } from '../support/compiled.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

/** The functions whose spans have ended, oldest first, since it was last asked. */
function ended(): unknown[] {
  const names = telemetry.spans.map(({ attributes }) => attributes['code.function.name']);
  telemetry.clear();
  return names;
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(DecotelError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

type Constructor = new (...values: never[]) => object;

describe('super', () => {
  class Book {
    constructor(readonly title = 'Solaris') {}
    @span describe(): string {
      return this.title;
    }
    @span async load(): Promise<string> {
      await Promise.resolve();
      return `${this.title} loaded`;
    }
    @span *pages(): Generator<string, string> {
      yield `${this.title} 1`;
      return 'book';
    }
    @span async *lines(): AsyncGenerator<string> {
      await Promise.resolve();
      yield `${this.title} a`;
    }
    @span static of(title: string): Book {
      return new this(title);
    }
    plain(): string {
      return 'plain';
    }
  }
  /** Overrides without a decorator. */
  class Novel extends Book {
    override describe(): string {
      return `novel ${super.describe()}`;
    }
    @span override plain(): string {
      return `novel ${super.plain()}`;
    }
  }
  class Series extends Novel {
    @span override describe(): string {
      return `series ${super.describe()}`;
    }
    @span override async load(): Promise<string> {
      return `series ${await super.load()}`;
    }
    @span override *pages(): Generator<string, string> {
      const end = yield* super.pages();
      yield `${this.title} 2`;
      return `series ${end}`;
    }
    @span override async *lines(): AsyncGenerator<string> {
      yield* super.lines();
      yield `${this.title} b`;
    }
    @span static override of(title: string): Book {
      return super.of(`the ${title}`);
    }
    override plain(): string {
      return `series ${super.plain()}`;
    }
  }

  it('calls the method of the class above, with the same object, and each is a span', async () => {
    const series = Series.of('Foundation');
    expect(series).toBeInstanceOf(Series);
    expect(ended()).toEqual(['Book.of', 'Series.of']);
    expect(series.describe()).toBe('series novel the Foundation');
    expect(ended()).toEqual(['Book.describe', 'Series.describe']);
    expect(await series.load()).toBe('series the Foundation loaded');
    expect(ended()).toEqual(['Book.load', 'Series.load']);
    const pages = series.pages();
    expect([pages.next(), pages.next(), pages.next()]).toEqual([
      { done: false, value: 'the Foundation 1' },
      { done: false, value: 'the Foundation 2' },
      { done: true, value: 'series book' },
    ]);
    expect(ended()).toEqual(['Book.pages', 'Series.pages']);
    const lines = [];
    for await (const line of series.lines()) lines.push(line);
    expect(lines).toEqual(['the Foundation a', 'the Foundation b']);
    expect(ended()).toEqual(['Book.lines', 'Series.lines']);
    expect(series.plain()).toBe('series novel plain');
    expect(ended()).toEqual(['Novel.plain']);
  });

  it('finds the method of an object that stands above, and one that is put there later', () => {
    const above = { greet: span(function greet(this: { name: string }) { return `hi ${this.name}`; }) }; // prettier-ignore
    const below = {
      __proto__: above,
      name: 'Ann',
      greet(): string {
        return `${super.greet()}!`;
      },
    } as unknown as { greet(): string };
    expect(below.greet()).toBe('hi Ann!');
    above.greet = span(function greet() { return 'later'; }); // prettier-ignore
    expect(below.greet()).toBe('later!');
    expect(ended()).toEqual(['greet', 'greet']);
  });
});

describe('a mixin', () => {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the compiler asks for it of a mixin
  function Loud<Base extends new (...values: any[]) => { speak(): string }>(base: Base) {
    class Loud extends base {
      @span override speak(): string {
        return `${super.speak()}!`;
      }
      @span static shout(): string {
        return `${this.name}!`;
      }
    }
    return Loud;
  }
  class Cat {
    speak(): string {
      return 'meow';
    }
  }
  class Dog {
    @span speak(): string {
      return 'woof';
    }
  }

  it('decorates each class that it makes', () => {
    const LoudCat = Loud(Cat);
    const LoudestDog = Loud(Loud(Dog));
    class Tiger extends LoudCat {}
    expect([new LoudCat().speak(), new LoudestDog().speak(), new Tiger().speak()]).toEqual([
      'meow!',
      'woof!!',
      'meow!',
    ]);
    expect(ended()).toEqual(['Loud.speak', 'Dog.speak', 'Loud.speak', 'Loud.speak', 'Loud.speak']);
    expect(Tiger.shout()).toBe('Tiger!');
    expect(ended()).toEqual(['Loud.shout']);
  });

  it('that copies methods copies decorated ones', () => {
    class Duck {
      declare speak: () => string;
    }
    Object.defineProperties(Duck.prototype, Object.getOwnPropertyDescriptors(Dog.prototype));
    Object.assign(Duck, { call: Dog.prototype.speak });
    expect([new Duck().speak(), (Duck as unknown as { call(): string }).call()]).toEqual(['woof', 'woof']);
    expect(telemetry.spans).toHaveLength(2);
  });
});

describe('a static method', () => {
  class Shelf {
    static books = ['Solaris'];
    static #count = 1;
    @span static make(): Shelf {
      return new this();
    }
    @span static async list(): Promise<string[]> {
      return Promise.resolve([...this.books, String(Shelf.#count)]);
    }
    @span static [Symbol.hasInstance](value: unknown): boolean {
      return Object(value) === value && Shelf.prototype === Object.getPrototypeOf(value);
    }
  }
  class Small extends Shelf {
    static override books = ['Ubik'];
  }

  it('is inherited, and called on the class below', async () => {
    expect(Object.getPrototypeOf(Small.make())).toBe(Small.prototype);
    expect(await Small.list()).toEqual(['Ubik', '1']);
    expect(Object.hasOwn(Small, 'make')).toBe(false);
    expect(ended()).toEqual(['Shelf.make', 'Shelf.list']);
    expect([Shelf.make() instanceof Shelf, {} instanceof Shelf]).toEqual([true, false]);
    expect(ended()).toEqual(['Shelf.make', 'Shelf.[Symbol.hasInstance]', 'Shelf.[Symbol.hasInstance]']);
  });
});

describe('the key of a method', () => {
  const described = Symbol('described');
  const bare = Symbol();
  const registered = Symbol.for('registered');
  let counter = 0;
  class Keys {
    @span [described](): string {
      return 'described';
    }
    @span [bare](): string {
      return 'bare';
    }
    @span static [registered](): string {
      return 'registered';
    }
    @span 7(): string {
      return 'number';
    }
    @span ''(): string {
      return 'empty';
    }
    @span 'with space'(): string {
      return 'with space';
    }
    @span [`key${++counter}`](): string {
      return 'computed';
    }
    @span ['__proto__'](): string {
      return 'proto';
    }
    @span *[Symbol.iterator](): Generator<number> {
      yield 1;
    }
    @span async *[Symbol.asyncIterator](): AsyncGenerator<number> {
      yield await Promise.resolve(2);
    }
    @span toJSON(): string {
      return 'json';
    }
  }

  it('may be a symbol, a number, any text, computed, or one that the language looks for', async () => {
    const keys = new Keys() as Keys & Record<string, () => string>;
    expect(counter).toBe(1);
    expect([keys[described](), keys[bare](), Keys[registered]()]).toEqual(['described', 'bare', 'registered']);
    expect([keys[7](), keys[''](), keys['with space'](), keys['key1']?.()]).toEqual([
      'number',
      'empty',
      'with space',
      'computed',
    ]);
    const { value } = Object.getOwnPropertyDescriptor(Keys.prototype, '__proto__') as { value: () => string };
    expect(value.call(keys)).toBe('proto');
    expect([[...keys], JSON.stringify(keys)]).toEqual([[1], '"json"']);
    for await (const one of keys as AsyncIterable<number>) expect(one).toBe(2);
    expect(telemetry.spans.map(({ name }) => name)).toEqual([
      '[described]',
      '[]',
      '[registered]',
      '7',
      '',
      'with space',
      'key1',
      '__proto__',
      '[Symbol.iterator]',
      'toJSON',
      '[Symbol.asyncIterator]',
    ]);
    for (const name of ended()) expect(name).toMatch(/^Keys\./);
  });

  it('`then` makes objects that can be awaited, once each', async () => {
    class Query {
      sent = 0;
      @span then<Result>(onSent: (rows: string) => Result): Promise<Result> {
        return Promise.resolve(`rows ${++this.sent}`).then(onSent);
      }
      @span run(): this {
        return this;
      }
    }
    const query = new Query();
    expect(await query.run()).toBe('rows 1');
    expect(query.sent).toBe(1);
    await telemetry.ended(2);
    expect(ended().sort()).toEqual(['Query.run', 'Query.then']);
  });
});

describe('a method that is decorated twice', () => {
  class Search {
    @tool query(): string {
      return 'found';
    }
    @promptTemplate('{text}') ask(text: string): string {
      return promptText({ text });
    }
  }
  const again: [string, () => unknown, string][] = [
    ['by hand', () => tool(Search.prototype.query), '`@tool` on `query`: already decorated with `@tool`.'],
    [
      'through the class, and again through the class',
      () => {
        @withOtel({ methods: ['ask'] })
        @withOtel({ methods: ['ask'] })
        class Librarian {
          ask(): void {}
        }
        return Librarian;
      },
      '`@withOtel` on `Librarian.ask`: already decorated with `@withOtel`.',
    ],
    [
      'with two templates',
      () => {
        @promptTemplate('outer')
        class Librarian {
          @promptTemplate('one') @promptTemplate('two') ask(): void {}
        }
        return Librarian;
      },
      'already decorated with `@promptTemplate`.',
    ],
    [
      'as the construction of an agent',
      () => {
        @agent()
        @agent({ name: 'librarian' })
        class Librarian {}
        return Librarian;
      },
      '`@agent` on `Librarian`: already decorated with `@agent`.',
    ],
  ];

  it.each(again)('%s is refused', (_case, declare, message) => {
    expect(messageOf(declare)).toContain(message);
  });

  it('on the class and on itself is one call', () => {
    @withOtel
    @withOtel()
    class Librarian {
      @withOtel @promptTemplate('{name}') ask(name: string): string {
        return promptText({ name });
      }
      @promptTemplate('{name}') tell(name: string): string {
        return promptText({ name });
      }
    }
    const librarian = new Librarian();
    expect([librarian.ask('a'), librarian.tell('b')]).toEqual(['a', 'b']);
    expect(ended()).toEqual(['Librarian.ask', 'Librarian.tell']);
  });

  it('in a class and in the one below, or on two classes, is one call each', () => {
    const lookUp = tool(function lookUp(isbn: string) {
      return isbn;
    });
    class Below extends Search {
      lookUp = lookUp;
      @tool override query(): string {
        return 'below';
      }
    }
    Object.assign(Search, { lookUp });
    const below = new Below();
    expect([below.query(), below.lookUp('1')]).toEqual(['below', '1']);
    expect(ended()).toEqual(['Below.query', 'lookUp']);
  });

  it('as an agent above an agent is one creation, of the class that was asked for', () => {
    @agent
    class Base {
      made = this.constructor.name;
    }
    @agent({ name: 'librarian' })
    class Librarian extends Base {}
    class Plain extends Librarian {}
    const names = [new Librarian(), new Plain(), new Base()].map(({ made }) => made);
    expect(names).toEqual(['Librarian', 'Plain', 'Base']);
    expect(telemetry.spans.map(({ name }) => name)).toEqual([
      'create_agent librarian',
      'create_agent librarian',
      'create_agent Base',
    ]);
  });
});

type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;
type Wrapping = (method: AnyFunction, name: string) => AnyFunction;

/** A decorator as other libraries write it, for both modes: it puts another function in the method's place. */
const other =
  (wrapping: Wrapping) =>
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the two modes return different things
  (target: unknown, second: unknown, descriptor?: PropertyDescriptor): any => {
    const name = descriptor === undefined ? (second as { name: string }).name : (second as string);
    if (descriptor === undefined) return wrapping(target as AnyFunction, name);
    descriptor.value = wrapping(descriptor.value as AnyFunction, name);
  };

describe('decorators of other libraries', () => {
  const log: string[] = [];
  beforeEach(() => {
    log.length = 0;
  });
  const logged = other((method, name) =>
    Object.assign(
      function (this: unknown, ...values: unknown[]) {
        log.push(`> ${name}`);
        const result = method.apply(this, values);
        log.push(`< ${name}`);
        return result;
      },
      { isLogged: true },
    ),
  );
  const memoized = other((method) => {
    const results = new Map<unknown, unknown>();
    return function (this: unknown, key) {
      if (!results.has(key)) results.set(key, method.call(this, key));
      return results.get(key);
    };
  });
  const retried = other(
    (method) =>
      async function (this: unknown, ...values: unknown[]) {
        try {
          return await method.apply(this, values);
        } catch {
          return method.apply(this, values);
        }
      },
  );
  const role = (value: string) => (target: unknown, second: unknown, descriptor?: PropertyDescriptor) => {
    Reflect.defineMetadata('role', value, (descriptor?.value ?? target) as object);
    if (descriptor !== undefined) Reflect.defineMetadata('role', value, target as object, second as string);
  };

  class Stacked {
    failures = 1;
    @span @logged @role('admin') loggedInside(): string {
      return this.constructor.name;
    }
    @role('admin') @logged @span loggedOutside(): string {
      return this.constructor.name;
    }
    @logged @span @logged between(): string {
      return this.constructor.name;
    }
    @span @memoized seenAlways(key: string): string {
      return key;
    }
    @memoized @span seenOnce(key: string): string {
      return key;
    }
    @span @retried async oneCall(): Promise<string> {
      return this.attempt();
    }
    @retried @span async eachAttempt(): Promise<string> {
      return this.attempt();
    }
    @withOtel() @logged @promptTemplate('Hi {name}') @memoized ask(name: string): string {
      return promptText({ name });
    }
    private async attempt(): Promise<string> {
      await Promise.resolve();
      if (this.failures-- > 0) throw new Error('once more');
      return 'done';
    }
  }
  const stacked = new Stacked();

  it('see the call, or are seen by it, as they stand', async () => {
    expect([stacked.loggedInside(), stacked.loggedOutside(), stacked.between()]).toEqual(Array(3).fill('Stacked'));
    expect(ended()).toEqual(['Stacked.loggedInside', 'Stacked.loggedOutside', 'Stacked.between']);
    const once = (name: string): string[] => [`> ${name}`, `< ${name}`];
    const twice = ['> between', '> between', '< between', '< between'];
    expect(log).toEqual([...once('loggedInside'), ...once('loggedOutside'), ...twice]);
    expect(['a', 'a', 'b'].map((key) => stacked.seenAlways(key) + stacked.seenOnce(key))).toEqual(['aa', 'aa', 'bb']);
    expect(ended()).toEqual([
      'Stacked.seenAlways',
      'Stacked.seenOnce',
      'Stacked.seenAlways',
      'Stacked.seenAlways',
      'Stacked.seenOnce',
    ]);
    expect(await stacked.oneCall()).toBe('done');
    expect(telemetry.span('oneCall').attributes['decotel.outcome']).toBe('completed');
    telemetry.clear();
    stacked.failures = 1;
    expect(await stacked.eachAttempt()).toBe('done');
    expect(telemetry.spans.map(({ attributes }) => attributes['decotel.outcome'])).toEqual(['error', 'completed']);
    telemetry.clear();
    expect([stacked.ask('Ann'), stacked.ask('Ann')]).toEqual(['Hi Ann', 'Hi Ann']);
    expect(ended()).toEqual(['Stacked.ask', 'Stacked.ask']);
  });

  it('find what they left on the function and on the class', () => {
    expect(Reflect.getMetadata('role', stacked.loggedInside)).toBeUndefined();
    expect(Reflect.getMetadata('role', stacked.loggedOutside)).toBe('admin');
    expect(stacked.loggedInside).toHaveProperty('isLogged', true);
    class Guarded {
      @span @role('inside') inside(): void {}
      @role('outside') @span outside(): void {}
    }
    for (const name of ['inside', 'outside'] as const) {
      expect(Reflect.getMetadata('role', Guarded.prototype[name])).toBe(name);
      expect(Reflect.getOwnMetadataKeys(Guarded.prototype[name])).toContain('role');
      const onClass = Reflect.getMetadata('role', Guarded.prototype, name) as unknown;
      expect([name, undefined]).toContain(onClass);
    }
  });

  it('that bind a method bind the decorated one, and it stays one call', () => {
    const bound = (target: unknown, second: unknown, descriptor?: PropertyDescriptor): void => {
      if (descriptor === undefined) {
        const { name, addInitializer } = second as ClassMethodDecoratorContext;
        addInitializer(function (this: unknown) {
          const self = this as Record<PropertyKey, AnyFunction>;
          self[name] = (self[name] as AnyFunction).bind(self);
        });
        return;
      }
      const { value: method, ...rest } = descriptor as { value: AnyFunction };
      const get = function (this: unknown): AnyFunction {
        return method.bind(this);
      };
      Object.assign(descriptor, { ...rest, get });
      delete descriptor.value;
      delete descriptor.writable;
    };
    class Button {
      label = 'OK';
      @bound @span press(): string {
        return this.label;
      }
    }
    const { press } = new Button();
    expect([press(), press()]).toEqual(['OK', 'OK']);
    expect(ended()).toEqual(['Button.press', 'Button.press']);
  });
});

describe('a method on its own', () => {
  class Counter {
    count = 0;
    @span add(by = 1): number {
      return (this.count += by);
    }
    @span whose(): unknown {
      return this;
    }
    @span async later(): Promise<unknown> {
      await Promise.resolve();
      return this;
    }
    @span *steps(): Generator {
      yield this;
    }
  }

  it('has the `this` that its caller gives it', async () => {
    const counter = new Counter();
    const { add, whose, later, steps } = counter;
    expect([add.call(counter, 2), add.apply(counter, [3]), add.bind(counter, 4)()]).toEqual([2, 5, 9]);
    expect([1, 2].map(add, counter)).toEqual([10, 12]);
    expect(Reflect.apply(whose, 'text', [])).toBe('text');
    expect([whose(), await later(), [...steps()][0]]).toEqual([undefined, undefined, undefined]);
    expect(() => add()).toThrow(TypeError);
    const borrowed = { count: 5, add };
    expect(borrowed.add()).toBe(6);
    await new Promise((resolve) => setTimeout(() => resolve(add.call(counter)), 1));
    expect(counter.count).toBe(13);
    expect(new Set(telemetry.spans.map(({ name }) => name))).toEqual(new Set(['add', 'whose', 'later', 'steps']));
  });
});

describe('a constructor', () => {
  it('may call decorated methods, and fields may be made by them', () => {
    class Base {
      readonly seen: unknown[] = [this.mark('field')];
      constructor() {
        this.seen.push(this.mark('constructor'));
        for (const step of this.steps()) this.seen.push(step);
      }
      @span mark(where: string): string {
        return where;
      }
      @span *steps(): Generator<string> {
        yield this.constructor.name;
      }
    }
    class Below extends Base {
      readonly #own = 'own';
      readonly made = this.mark('below');
      @span override mark(where: string): string {
        return `${#own in this ? this.#own : 'not yet'} ${super.mark(where)}`;
      }
    }
    const below = new Below();
    expect([...below.seen, below.made]).toEqual(['not yet field', 'not yet constructor', 'Below', 'own below']);
    expect(ended()).toEqual([
      ...['Base.mark', 'Below.mark', 'Base.mark', 'Below.mark', 'Base.steps'],
      ...['Base.mark', 'Below.mark'],
    ]);
  });
});

describe('a frozen class', () => {
  const frozen = (target: Constructor): void => void Object.freeze(target.prototype);

  it('is decorated before it is frozen', () => {
    @frozen
    class Librarian {
      @span ask(): boolean {
        return Object.isFrozen(this);
      }
      @span static make(): Librarian {
        return Object.freeze(new this());
      }
    }
    Object.freeze(Librarian);
    expect([Librarian.make().ask(), Object.isFrozen(Librarian.prototype)]).toEqual([true, true]);
    expect(ended()).toEqual(['Librarian.make', 'Librarian.ask']);
    const wrapped = span(Object.freeze((value: number) => value + 1));
    expect(wrapped(1)).toBe(2);
  });

  it('may be sealed', () => {
    class Librarian {
      ask(): string {
        return 'answer';
      }
    }
    Object.seal(Librarian.prototype);
    withOtel({ methods: ['ask'] })(Librarian);
    expect(new Librarian().ask()).toBe('answer');
    expect(ended()).toEqual(['Librarian.ask']);
  });

  const refused: [string, () => unknown, string][] = [
    [
      '@withOtel',
      () => {
        @withOtel({ methods: ['ask'] })
        @frozen
        class Librarian {
          ask(): void {}
        }
        return Librarian;
      },
      '`@withOtel` on `Librarian.ask`: it is frozen. Freeze the class after it is decorated.',
    ],
    [
      '@promptTemplate',
      () => {
        @promptTemplate('Hi')
        @frozen
        class Librarian {
          ask(): void {}
        }
        return Librarian;
      },
      '`@promptTemplate` on `Librarian.ask`: it is frozen. Freeze the class after it is decorated.',
    ],
    [
      '@agent',
      () => {
        @agent
        @frozen
        class Librarian {}
        return Librarian;
      },
      '`@agent` on `Librarian`: it is frozen. Freeze the class after it is decorated.',
    ],
  ];

  it.each(refused)('is refused by %s, which comes too late', (_name, declare, message) => {
    expect(messageOf(declare)).toBe(message);
  });
});

const BASE = `
  import { promptTemplate, promptText, span, withOtel } from 'decotel';
  export class Base {
    constructor(reader) { this.reader = reader; }
    @span greet(name) { return this.reader + ' greets ' + name; }
    @span over() { return 'base of ' + this.reader; }
    @span *pages() { yield 1; return 'end'; }
    @span async *lines() { yield 'a'; }
    @span static make(reader) { return new this(reader); }
    @withOtel() @promptTemplate('Hi {name}') async ask(name) { return promptText(); }
    @withOtel() @promptTemplate('Bye {name}') async leave(name) { return promptText(); }
  }
`;
const BELOW = `
  import { Base, promptTemplate, promptText, span, tool, withOtel } from 'decotel';
  export class Below extends Base {
    @span over() { return 'below ' + super.over(); }
    @span *pages() { const end = yield* super.pages(); yield 2; return end; }
    @span async *lines() { yield* super.lines(); yield 'b'; }
    @span static make(reader) { return super.make(reader + '!'); }
    @tool added() { return this.greet('you'); }
    @withOtel() @promptTemplate('Dear {name}') async ask(name) { return (await super.ask('Bo')) + ', ' + promptText(); }
  }
`;

describe('a class below one that was compiled in the other decorator mode', () => {
  interface Person {
    reader: string;
    greet(name: string): string;
    over(): string;
    pages(): Generator<number, string>;
    lines(): AsyncGenerator<string>;
    added(): string;
    ask(name: string): Promise<string>;
    leave(name: string): Promise<string>;
  }
  const decotel = { agent, promptTemplate, promptText, span, tool, withOtel };
  const cases = Object.entries(COMPILERS).flatMap(([name, compile]) =>
    (['legacy', 'standard'] as const).map((mode): [string, Mode, Compiler] => [name, mode, compile]),
  );

  it.each(cases)('by %s, above in the %s mode', async (_name, mode, compile) => {
    const { Base } = compiled(BASE, mode, compile, decotel);
    const { Below } = compiled(BELOW, mode === 'legacy' ? 'standard' : 'legacy', compile, { ...decotel, Base }) as {
      Below: { make(reader: string): Person };
    };
    const below = Below.make('Ann');
    expect(below).toBeInstanceOf(Base);
    expect([below.over(), below.added()]).toEqual(['below base of Ann!', 'Ann! greets you']);
    const pages = below.pages();
    expect([pages.next(), pages.next(), pages.next()].map(({ value }) => value)).toEqual([1, 2, 'end']);
    const lines = [];
    for await (const line of below.lines()) lines.push(line);
    expect(lines).toEqual(['a', 'b']);
    expect([await below.ask('Cy'), await below.leave('Cy')]).toEqual(['Hi Bo, Dear Cy', 'Bye Cy']);
    expect(ended()).toEqual([
      ...['Base.make', 'Below.make', 'Base.over', 'Below.over', 'Base.greet', 'Below.added', 'Base.pages'],
      ...['Below.pages', 'Base.lines', 'Below.lines', 'Base.ask', 'Below.ask', 'Base.leave'],
    ]);
  });
});

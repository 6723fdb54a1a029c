/* eslint-disable @typescript-eslint/no-unused-expressions -- the rule takes the decorator of a computed name for one */
import 'reflect-metadata';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

const functionNames = (): unknown[] => telemetry.spans.map((one) => one.attributes['code.function.name']);

abstract class Base {
  @span greet(name: string): string {
    return `hi ${name}`;
  }
  @span() over(): string {
    return 'base';
  }
}

class Search extends Base {
  tag = 'T';

  @span sync(one: number, other = 1): number {
    return one + other + this.tag.length;
  }
  @span() async later(query: string): Promise<string> {
    await Promise.resolve();
    return query + this.tag;
  }
  @span({ name: 'counted' }) *count(most: number): Generator<number, string> {
    for (let index = 0; index < most; index++) yield index;
    return this.tag;
  }
  @span('counted later') async *countLater(most: number): AsyncGenerator<number> {
    for (let index = 0; index < most; index++) {
      await Promise.resolve();
      yield index;
    }
  }
  @span static make(): Search {
    return new this();
  }
  either(value: number): number;
  either(value: string): string;
  @span either(value: number | string): number | string {
    return value;
  }
  @span ['a computed key'](): number {
    return 7;
  }
  @span [Symbol.toPrimitive](): string {
    return this.tag;
  }
  @span override over(): string {
    return `sub+${super.over()}`;
  }
  @span fail(error: Error): never {
    throw error;
  }
}

describe('a decorated method', () => {
  it('returns what it returned, whatever its form', async () => {
    const search = Search.make();
    expect(search.sync(1)).toBe(3);
    expect(search.greet('you')).toBe('hi you');
    await expect(search.later('q')).resolves.toBe('qT');
    expect([...search.count(3)]).toEqual([0, 1, 2]);
    const counted: number[] = [];
    for await (const value of search.countLater(2)) counted.push(value);
    expect(counted).toEqual([0, 1]);
    expect(search.either('s')).toBe('s');
    expect(search['a computed key']()).toBe(7);
    expect(search[Symbol.toPrimitive]()).toBe('T');
    expect(search.over()).toBe('sub+base');
    const error = new Error('no');
    expect(() => search.fail(error)).toThrow(error);
    expect(telemetry.spans.map((one) => one.name)).toEqual([
      'make',
      'sync',
      'greet',
      'later',
      'counted',
      'counted later',
      'either',
      'a computed key',
      '[Symbol.toPrimitive]',
      'over',
      'over',
      'fail',
    ]);
    expect(functionNames()).toEqual([
      'Search.make',
      'Search.sync',
      'Base.greet',
      'Search.later',
      'Search.count',
      'Search.countLater',
      'Search.either',
      'Search.a computed key',
      'Search.[Symbol.toPrimitive]',
      'Base.over',
      'Search.over',
      'Search.fail',
    ]);
    expect(telemetry.complaints).toEqual([]);
  });

  it('keeps name, length, place on the class, and the kind of function it is', () => {
    const { sync, later, count } = Search.prototype as unknown as Record<string, new () => object>;
    expect([sync?.name, sync?.length, later?.name, count?.length]).toEqual(['sync', 1, 'later', 1]);
    const own = Object.getOwnPropertyDescriptor(Search.prototype, 'sync');
    expect(own).toMatchObject({ enumerable: false, writable: true, configurable: true });
    expect(later?.constructor.name).toBe('AsyncFunction');
    expect(count?.constructor.name).toBe('GeneratorFunction');
    expect(Search.prototype.count(1)).toBeInstanceOf(count);
    expect('prototype' in (sync ?? {})).toBe(false);
    expect(() => Reflect.construct(sync as never, [])).toThrow(TypeError);
  });

  it('runs without an object, on a Proxy, and on an object of another class', () => {
    const { greet } = new Search();
    expect(greet('you')).toBe('hi you');
    const revoked = Proxy.revocable(new Search(), {});
    revoked.revoke();
    expect(greet.call(revoked.proxy, 'you')).toBe('hi you');
    expect(greet.call(Object.create(null) as Search, 'you')).toBe('hi you');
    for (const name of functionNames()) expect(name).toMatch(/greet$/);
    expect(telemetry.complaints).toEqual([]);
  });

  it('carries own properties and Reflect metadata, from below and from above', () => {
    const mark = Symbol('mark');
    const role = (value: string) => (target: unknown, second: unknown, third?: unknown) => {
      const method = (third === undefined ? target : (third as PropertyDescriptor).value) as object;
      Reflect.defineMetadata('role', value, method);
      Object.defineProperty(method, mark, { value, enumerable: false, configurable: true });
      second;
    };
    class Guarded {
      @span @role('below') below(): void {}
      @role('above') @span above(): void {}
      @withOtel @role('between') between(): void {}
    }
    for (const name of ['below', 'above', 'between'] as const) {
      const method = Guarded.prototype[name] as unknown as Record<symbol, unknown>;
      expect(Reflect.getMetadata('role', method)).toBe(name);
      expect(Object.getOwnPropertyDescriptor(method, mark)).toMatchObject({ value: name, enumerable: false });
    }
  });

  it('is called by a constructor before its subclass has fields', () => {
    class Early {
      seen: string;
      constructor() {
        this.seen = this.look();
      }
      look(): string {
        return 'base';
      }
    }
    class Late extends Early {
      tag? = 'set';
      @span override look(): string {
        return `sub:${this.tag ?? 'none'}`;
      }
    }
    expect(new Late().seen).toBe('sub:none');
    expect(functionNames()).toEqual(['Late.look']);
  });
});

describe('a decorated function', () => {
  it('is wrapped in its own form', async () => {
    const recommend = withOtel({ name: 'recommend' })(async (genre: string) => Promise.resolve(genre));
    await expect(recommend('sf')).resolves.toBe('sf');
    expect(recommend.constructor.name).toBe('AsyncFunction');
    const bare = tool(function lookUp(isbn: string) {
      return isbn;
    });
    expect(bare('1')).toBe('1');
    expect([bare.name, bare.length]).toEqual(['lookUp', 1]);
    function* numbers(): Generator<number> {
      yield 1;
    }
    const wrapped = span('numbers!')(numbers);
    expect([...wrapped()]).toEqual([1]);
    expect(wrapped()).toBeInstanceOf(wrapped);
    expect(wrapped()).toBeInstanceOf(numbers);
    expect(telemetry.spans.map((one) => one.name)).toEqual(['recommend', 'execute_tool lookUp', 'numbers!']);
    expect(functionNames()).toEqual(['anonymous', 'lookUp', 'numbers']);
  });

  it('may still be a constructor, which is no call of it', () => {
    function Book(this: { title: string }, title: string): void {
      this.title = title;
    }
    Book.prototype.shelf = 'B3';
    Book.copies = 2;
    const Wrapped = span(Book);
    const book = Reflect.construct<unknown[], { title: string; shelf: string }>(Wrapped as never, ['Solaris']);
    expect([book.title, book.shelf]).toEqual(['Solaris', 'B3']);
    expect(book).toBeInstanceOf(Book);
    expect(book).toBeInstanceOf(Wrapped);
    expect(Wrapped.copies).toBe(2);
    expect(telemetry.spans).toEqual([]);
  });
});

/* eslint-disable @typescript-eslint/no-extraneous-class -- the classes are only decorated */
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- lets past the compiler what it refuses
const decorator: any = tool();

it('refuses parameters, of the constructor too', () => {
  expect(() => {
    class Search {
      query(@decorator text: string): string {
        return text;
      }
    }
    return Search;
  }).toThrow(
    '`@tool` on `Search.query`: expected a method, got a parameter. Decorate the method that performs the call.',
  );
  expect(() => {
    class Search {
      constructor(@decorator readonly text: string) {}
    }
    return Search;
  }).toThrow('`@tool` on `Search.constructor`: expected a method, got a parameter.');
});

it('refuses an accessor, a constructor and a class in a static member', () => {
  class Search {}
  const apply = (key: string, descriptor: PropertyDescriptor) => () => decorator(Search.prototype, key, descriptor);
  const get = (): number => 1;
  expect(apply('limit', { get, set: () => undefined })).toThrow(
    '`@tool` on `Search.limit`: expected a method, got an accessor.',
  );
  expect(apply('constructor', { value: Search })).toThrow(
    '`@tool` on `Search.constructor`: expected a method, got a constructor.',
  );
  expect(apply('Inner', { value: class {} })).toThrow('`@tool` on `Search.Inner`: expected a method, got a field.');
});

it('leaves what reflect-metadata keeps by class and key', async () => {
  await import('reflect-metadata');
  class Search {
    @withOtel() async query(text: string): Promise<string> {
      return Promise.resolve(text);
    }
  }
  expect(Reflect.getMetadata('design:paramtypes', Search.prototype, 'query')).toEqual([String]);
});

/** Checked by `tsc`, never called. */
export function types(): unknown {
  class Refused {
    method(
      // @ts-expect-error a parameter
      @tool() parameter: string,
      // @ts-expect-error a parameter, bare
      @tool bareParameter: string,
    ): string {
      return parameter + bareParameter;
    }
  }
  return Refused;
}

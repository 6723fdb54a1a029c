/* eslint-disable @typescript-eslint/no-unused-expressions, @typescript-eslint/no-extraneous-class -- the classes are only decorated */
import { DecotelError } from '../../src/core/decotel-error.js';
import { agent } from '../../src/decorators/agent.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- lets past the compiler what it refuses
const loose = (decorator: unknown): any => decorator;

/** The standard mode is not told the class. */
const isStandard = ((): boolean => {
  let seen: unknown;
  const look = (_target: unknown, second: unknown): void => {
    seen = second;
  };
  class Looked {
    @loose(look) method(): void {}
  }
  Looked;
  return typeof seen === 'object';
})();

const place = (member: string): string => (isStandard ? `\`${member}\`` : `\`Search.${member}\``);

const messageOf = (declare: () => unknown): string => {
  try {
    declare();
  } catch (error) {
    expect(DecotelError.isDecotelError(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe.each([
  ['bare', () => tool],
  ['called', () => tool()],
  ['with options', () => tool({ description: 'x' })],
])('@tool (%s)', (_form, create) => {
  const decorator = loose(create());

  it.each<[string, string, () => unknown]>([
    [
      'a getter',
      'query',
      () => {
        class Search {
          @decorator get query(): string {
            return '';
          }
        }
        return Search;
      },
    ],
    [
      'a setter',
      'query',
      () => {
        class Search {
          @decorator set query(_value: string) {}
        }
        return Search;
      },
    ],
  ])('on %s says what it expected', (got, member, declare) => {
    expect(messageOf(declare)).toBe(
      `\`@tool\` on ${place(member)}: expected a method, got ${got}. Decorate the method that performs the call.`,
    );
  });

  it.each<[string, () => unknown]>([
    [
      'a field',
      () => {
        class Search {
          @decorator limit = 1;
        }
        return new Search();
      },
    ],
    [
      'an arrow function in a field',
      () => {
        class Search {
          @decorator limit = (): number => 1;
        }
        return new Search();
      },
    ],
  ])('on %s says how to wrap a function', (_case, declare) => {
    expect(messageOf(declare)).toBe(
      `\`@tool\` on ${place('limit')}: expected a method, got a field. Decorate a method, or wrap the function: tool(…)(() => …).`,
    );
  });

  it('on a class says to decorate its methods', () => {
    const declare = (): unknown => {
      @decorator
      class Search {}
      return Search;
    };
    const message = '`@tool` on `Search`: expected a method, got a class. Decorate its methods.';
    expect(messageOf(declare)).toBe(message);
    class Search {}
    expect(messageOf(() => decorator(Search))).toBe(message);
  });
});

describe('options', () => {
  it.each<[string, () => unknown, string]>([
    [
      'an unknown one',
      () => tool({ desc: 'x' } as object),
      'unknown option `desc`. There are name, attributes, tags, metadata, content, capture, description, type, input.',
    ],
    [
      'one of another type',
      () => tool({ description: 42 as never }),
      'option `description` is 42. It must be a string.',
    ],
    ['a text', () => tool('look up' as never), 'expected options, got "look up". Pass an object, or nothing.'],
    ['null', () => tool(null as never), 'expected options, got null. Pass an object, or nothing.'],
    ['a list', () => tool([] as never), 'expected options, got an array. Pass an object, or nothing.'],
    [
      'tags that are no texts',
      () => tool({ tags: ['a', 1] as never }),
      'option `tags` is an array (0: "a", 1: 1). It must be an array of strings.',
    ],
    [
      'a kind of content that there is not',
      () => tool({ content: { inputs: false } as never }),
      'option `content` is an object (inputs: false). It must be a boolean or { input, output, tools, retrieval } of booleans.',
    ],
    [
      'a long list',
      () => tool({ tags: Array.from({ length: 9 }, (_, index) => index) as never }),
      'option `tags` is an array (0: 0, 1: 1, 2: 2, 3: 3). It must be an array of strings.',
    ],
    [
      'capture that is no function',
      () => tool({ capture: {} as never }),
      'option `capture` is an object. It must be a function.',
    ],
  ])('%s', (_case, create, problem) => {
    const declare = (): unknown => {
      class Search {
        @loose(create()) query(): void {}
      }
      return Search;
    };
    expect(messageOf(declare)).toBe(`\`@tool\` on ${place('query')}: ${problem}`);
  });

  it('that are undefined count as absent', () => {
    const declare = (): unknown => {
      class Search {
        @tool({ description: undefined }) query(): void {}
      }
      return Search;
    };
    expect(declare).not.toThrow();
  });

  it('of the class form are refused on a method', () => {
    const declare = (): unknown => {
      class Search {
        @withOtel({ methods: ['query'] }) query(): void {}
      }
      return Search;
    };
    expect(messageOf(declare)).toBe(
      `\`@withOtel\` on ${place('query')}: option \`methods\` goes on a class. Leave it out.`,
    );
  });
});

describe('two decorators of calls', () => {
  it.each<[string, string, () => unknown]>([
    [
      '@withOtel',
      '@tool',
      () => {
        class Search {
          @withOtel @tool query(): void {}
        }
        return Search;
      },
    ],
    [
      '@span',
      '@span',
      () => {
        class Search {
          @span @promptTemplate('x') @span() query(): void {}
        }
        return Search;
      },
    ],
    [
      '@agent',
      '@withOtel',
      () => {
        class Search {
          @agent() @withOtel() query(): void {}
        }
        return Search;
      },
    ],
  ])('%s on %s are refused', (outer, inner, declare) => {
    expect(messageOf(declare)).toBe(
      `\`${outer}\` on ${place('query')}: already decorated with \`${inner}\`. Remove one of them.`,
    );
  });

  it('are refused on a function', () => {
    const search = tool((query: string) => query);
    expect(messageOf(() => span(search))).toBe(
      '`@span` on an anonymous function: already decorated with `@tool`. Remove one of them.',
    );
  });
});

it.each([[42], [null], [undefined]])('a value that is no function (%p) is refused', (value) => {
  const message = messageOf(() => loose(tool())(value));
  expect(message).toMatch(/^`@tool` on a value: expected a method, got .*\. Decorate a method, or wrap a function\.$/);
});

import { z } from 'zod';
import * as mini from 'zod/mini';
import { DecotelError } from '../../src/core/decotel-error.js';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import type { StandardSchema } from '../../src/tools/input.js';
import { toolsOf } from '../../src/tools/tools-of.js';

const Isbn = z.object({ isbn: z.string().describe('Ten or thirteen digits'), limit: z.number().default(3) });

class Library {
  @tool({ description: 'Looks a book up by its ISBN', input: Isbn })
  lookUp({ isbn }: { isbn: string }): string {
    return isbn;
  }
  @tool() openingHours(): string {
    return '9 to 5';
  }
  @tool({ name: 'close_desk' }) close(): void {}
  @span helper(): void {}
}

class Branch extends Library {
  @tool({ name: 'book', input: { type: 'object', properties: { shelf: { type: 'string' } } } })
  override lookUp({ isbn }: { isbn: string }): string {
    return isbn;
  }
  // Not decorated anew: calling it is no call of a tool.
  override close(): void {}
  get size(): number {
    throw new Error('a getter was read');
  }
  @tool static founded(): number {
    return 1901;
  }
}

const lookUpParameters = {
  type: 'object',
  properties: {
    isbn: { type: 'string', description: 'Ten or thirteen digits' },
    limit: { type: 'number', default: 3 },
  },
  required: ['isbn'],
};
const NONE = { type: 'object', properties: {}, required: [] };
const description = 'Looks a book up by its ISBN';

describe('toolsOf', () => {
  const library = new Library();

  it('gives OpenAI chat completions their definitions', () => {
    expect(toolsOf(library, 'openai')).toEqual([
      { type: 'function', function: { name: 'lookUp', description, parameters: lookUpParameters } },
      { type: 'function', function: { name: 'openingHours', parameters: NONE } },
      { type: 'function', function: { name: 'close_desk', parameters: NONE } },
    ]);
  });

  it('gives OpenAI responses theirs', () => {
    expect(toolsOf(library, 'openai.responses').slice(0, 2)).toEqual([
      { type: 'function', name: 'lookUp', description, parameters: lookUpParameters, strict: false },
      { type: 'function', name: 'openingHours', parameters: NONE, strict: false },
    ]);
  });

  it('gives Anthropic theirs', () => {
    expect(toolsOf(library, 'anthropic').slice(0, 2)).toEqual([
      { name: 'lookUp', description, input_schema: lookUpParameters },
      { name: 'openingHours', input_schema: NONE },
    ]);
  });

  it('gives Gemini theirs', () => {
    expect(toolsOf(library, 'gemini')).toEqual([
      {
        functionDeclarations: [
          { name: 'lookUp', description, parametersJsonSchema: lookUpParameters },
          { name: 'openingHours', parametersJsonSchema: NONE },
          { name: 'close_desk', parametersJsonSchema: NONE },
        ],
      },
    ]);
  });

  it('gives the AI SDK theirs by name', () => {
    const definitions = toolsOf(library, 'ai-sdk');
    const execute = expect.any(Function) as unknown;
    expect(definitions).toEqual({
      lookUp: { description, inputSchema: expect.any(Function) as unknown, execute },
      openingHours: { inputSchema: expect.any(Function) as unknown, execute },
      close_desk: { inputSchema: expect.any(Function) as unknown, execute },
    });
    expect((definitions['lookUp']?.inputSchema as () => { jsonSchema: unknown })().jsonSchema).toEqual(
      lookUpParameters,
    );
  });

  it('finds inherited tools and those of a class, and what a subclass put in their place', () => {
    expect(toolsOf(new Branch(), 'anthropic')).toEqual([
      { name: 'book', input_schema: { type: 'object', properties: { shelf: { type: 'string' } } } },
      { name: 'openingHours', input_schema: NONE },
    ]);
    expect(toolsOf(Branch, 'anthropic')).toEqual([{ name: 'founded', input_schema: NONE }]);
    expect(toolsOf({}, 'anthropic')).toEqual([]);
  });

  it('finds a function that an object holds', () => {
    const desk = { stamp: tool({ description: 'Stamps', input: Isbn })(({ isbn }: { isbn: string }) => isbn) };
    expect(toolsOf(desk, 'anthropic')).toEqual([
      { name: 'anonymous', description: 'Stamps', input_schema: lookUpParameters },
    ]);
  });

  it('takes JSON Schema from beside a schema that has none, and says so where there is none', () => {
    const Short = mini.object({ isbn: mini.string() });
    class Desk {
      @tool({ input: { input: Short, jsonSchema: z.toJSONSchema(Short) } })
      lookUp(_given: { isbn: string }): void {}
    }
    const properties = { isbn: { type: 'string' } };
    expect(toolsOf(new Desk(), 'anthropic')).toEqual([
      {
        name: 'lookUp',
        input_schema: { type: 'object', properties, required: ['isbn'], additionalProperties: false },
      },
    ]);
    class Bare {
      @tool({ input: Short }) lookUp(_given: { isbn: string }): void {}
    }
    expect(() => toolsOf(new Bare(), 'openai')).toThrow(
      new DecotelError(
        '`@tool` on `Bare.lookUp`: there is no JSON Schema of its parameters. Give it `input`: a schema ' +
          'that knows it (zod 4), `{ input: schema, jsonSchema }`, or plain JSON Schema.',
      ),
    );
  });

  it('tells why a schema has no JSON Schema', () => {
    class Desk {
      @tool({ input: z.object({ day: z.date() }) }) lookUp(_given: { day: Date }): void {}
    }
    const failure = (() => {
      try {
        return toolsOf(new Desk(), 'openai');
      } catch (error) {
        return error as Error;
      }
    })() as Error;
    expect(DecotelError.isDecotelError(failure)).toBe(true);
    expect(failure.cause).toEqual(new Error('Date cannot be represented in JSON Schema'));
  });

  it('takes any Standard Schema, functions too', () => {
    // After the interface that arktype's types implement: https://standardschema.dev/json-schema.
    const schema: StandardSchema = Object.assign(() => undefined, {
      '~standard': {
        version: 1 as const,
        vendor: 'spec',
        validate: (value: unknown) => ({ value }),
        jsonSchema: { input: ({ target }: { target: string }) => ({ $schema: 'x', type: 'object', target }) },
      },
    });
    class Desk {
      @tool({ input: schema }) lookUp(_given: unknown): void {}
    }
    expect(toolsOf(new Desk(), 'anthropic')).toEqual([
      { name: 'lookUp', input_schema: { type: 'object', target: 'draft-2020-12' } },
    ]);
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
  ])('refuses %p, which has no tools', (self, got) => {
    expect(() => toolsOf(self as never, 'openai')).toThrow(
      new DecotelError(`toolsOf: expected the object whose methods are tools, got ${got}. Pass \`this\`.`),
    );
  });

  it('refuses what it cannot serve', () => {
    expect(() => toolsOf(library, 'cohere' as 'openai')).toThrow(
      'toolsOf: unknown vendor `cohere`. There are ai-sdk, openai.responses, anthropic, openai, gemini.',
    );
    expect(() => tool({ input: 'isbn' as never })).not.toThrow();
    expect(() => {
      class Desk {
        @tool({ input: 'isbn' as never }) lookUp(): void {}
      }
      return Desk;
    }).toThrow(/`@tool` on `(Desk\.)?lookUp`: option `input` is "isbn"\. It must be a schema\./);
  });
});

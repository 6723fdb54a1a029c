import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { tool } from '../../src/decorators/tool.js';
import { callTool } from '../../src/tools/call-tool.js';
import type { ToolInput } from '../../src/tools/input.js';
import { toolsOf } from '../../src/tools/tools-of.js';

const ofMini = mini.object({ isbn: mini.string(), limit: mini._default(mini.number(), 3) });
const ofValibot = v.object({ isbn: v.string(), limit: v.optional(v.number(), 3) });

const LIBRARIES: [name: string, input: ToolInput, problem: string][] = [
  [
    'zod',
    z.object({ isbn: z.string(), limit: z.number().default(3) }),
    'isbn: Invalid input: expected string, received number',
  ],
  [
    'zod/mini',
    { input: ofMini, jsonSchema: z.toJSONSchema(ofMini, { io: 'input' }) },
    'isbn: Invalid input: expected string, received number',
  ],
  ['valibot', toStandardJsonSchema(ofValibot), 'isbn: Invalid type: Expected string but received 1'],
  [
    'valibot, JSON Schema beside it',
    {
      input: ofValibot,
      jsonSchema: toStandardJsonSchema(ofValibot)['~standard'].jsonSchema.input({ target: 'draft-07' }),
    },
    'isbn: Invalid type: Expected string but received 1',
  ],
  ['arktype', type({ isbn: 'string', limit: 'number = 3' }), 'isbn: isbn must be a string (was a number)'],
];

describe.each(LIBRARIES)('a tool with a schema of %s', (_name, input, problem) => {
  const given: unknown[] = [];
  class Library {
    @tool({ input }) lookUp(book: unknown): string {
      given.push(book);
      return 'Dune';
    }
  }
  const call = (isbn: unknown) => ({ type: 'tool_use', id: '1', name: 'lookUp', input: { isbn } }) as const;

  it('is defined by it', () => {
    const [definition] = toolsOf(new Library(), 'anthropic');
    expect(definition).toEqual({
      name: 'lookUp',
      input_schema: {
        type: 'object',
        properties: {
          isbn: { type: 'string' },
          limit: expect.objectContaining({ type: 'number' }) as unknown,
        },
        required: ['isbn'],
      },
    });
  });

  it('is called with what it makes of the arguments, or refuses them', async () => {
    const { content } = await callTool(new Library(), call('1'));
    expect([content[0]?.content, given]).toEqual(['Dune', [{ isbn: '1', limit: 3 }]]);
    expect((await callTool(new Library(), call(1))).content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: '1',
        content: `The arguments of lookUp do not fit: ${problem}.`,
        is_error: true,
      },
    ]);
    expect(given).toHaveLength(1);
  });
});

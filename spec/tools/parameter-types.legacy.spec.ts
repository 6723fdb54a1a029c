import 'reflect-metadata';
import { tool } from '../../src/decorators/tool.js';
import { callTool } from '../../src/tools/call-tool.js';
import { toolsOf } from '../../src/tools/tools-of.js';
import { startTelemetry } from '../support/telemetry.js';

class Library {
  @tool({ description: 'Lists books' })
  list(genre: string, lent: boolean, tags: string[], filter: { year?: number }, limit: number = 3): unknown {
    return { genre, lent, tags, filter, limit };
  }
}
class Branch extends Library {}

describe('a tool whose parameters only the compiler knows', () => {
  it('is defined by their names and types', () => {
    expect(toolsOf(new Branch(), 'anthropic')).toEqual([
      {
        name: 'list',
        description: 'Lists books',
        input_schema: {
          type: 'object',
          properties: {
            genre: { type: 'string' },
            lent: { type: 'boolean' },
            tags: { type: 'array', items: {} },
            filter: {},
            limit: { type: 'number' },
          },
          required: ['genre', 'lent', 'tags', 'filter'],
        },
      },
    ]);
  });

  it('is called with its parameters in their order', async () => {
    const telemetry = startTelemetry();
    const input = { filter: {}, tags: ['a'], genre: 'sf', lent: false };
    const call = { type: 'tool_use', id: 'toolu_1', name: 'list', input } as const;
    const content = '{"genre":"sf","lent":false,"tags":["a"],"filter":{},"limit":3}';
    expect(await callTool(new Branch(), call)).toEqual({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content }],
    });
    expect(JSON.parse(String(telemetry.spans[0]?.attributes['gen_ai.tool.call.arguments']))).toEqual({
      genre: 'sf',
      lent: false,
      tags: ['a'],
      filter: {},
    });
    const wrong = { ...call, input: { ...input, genre: 7 } };
    expect(await callTool(new Branch(), wrong)).toEqual({
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          content: 'The arguments of list do not fit: genre must be string.',
          is_error: true,
        },
      ],
    });
    await telemetry.stop();
  });

  it('needs a schema where they are destructured, or of a class', () => {
    class Destructured {
      @tool find({ isbn }: { isbn: string }): string {
        return isbn;
      }
    }
    class OfClass {
      @tool find(day: Date): Date {
        return day;
      }
    }
    expect(() => toolsOf(new Destructured(), 'openai')).toThrow(
      '`@tool` on `Destructured.find`: there is no JSON Schema',
    );
    expect(() => toolsOf(new OfClass(), 'openai')).toThrow('`@tool` on `OfClass.find`: there is no JSON Schema');
  });
});

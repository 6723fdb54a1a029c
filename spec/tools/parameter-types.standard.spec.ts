import { tool } from '../../src/decorators/tool.js';
import { callTool } from '../../src/tools/call-tool.js';
import { toolsOf } from '../../src/tools/tools-of.js';

describe('a tool without a schema, of standard decorators', () => {
  it('needs one where it has parameters', async () => {
    class Library {
      @tool find(isbn: string): string {
        return isbn;
      }
    }
    expect(() => toolsOf(new Library(), 'openai')).toThrow('`@tool` on `Library.find`: there is no JSON Schema');
    const call = { type: 'tool_use', id: '1', name: 'find', input: {} } as const;
    await expect(callTool(new Library(), call)).rejects.toThrow('`@tool` on `Library.find`: there is no JSON Schema');
  });
});

import { z } from 'zod';
import { tool } from '../../src/decorators/tool.js';
import { callTool } from '../../src/tools/call-tool.js';
import { checkAttributes } from '../support/conventions.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

const Isbn = z.object({ isbn: z.string() });

class Library {
  @tool({ input: Isbn }) lookUp(given: { isbn: string }): unknown {
    return given.isbn;
  }
  @tool find(isbn: string, limit?: number): unknown {
    return [isbn, limit];
  }
  @tool({ input: Isbn }) again(given: { isbn: string }): unknown {
    return this.lookUp(given);
  }
}

const seen = (name: string): Record<string, unknown> => {
  const span = telemetry.span(`execute_tool ${name}`);
  expect(checkAttributes(span.attributes)).toEqual([]);
  const attributes = parsedAttributes(span);
  return Object.fromEntries(
    Object.entries(attributes).filter(([key]) => /tool\.call\.(id|arguments)|^decotel\.tool/.test(key)),
  );
};
const call = (input: object) => ({ type: 'tool_use', id: 'toolu_1', name: 'lookUp', input }) as const;

describe('@tool', () => {
  it('records the one object that it takes as its arguments', () => {
    new Library().lookUp({ isbn: '1' });
    expect(seen('lookUp')).toEqual({ 'gen_ai.tool.call.arguments': { isbn: '1' } });
  });

  it.each([
    ['the AI SDK', { toolCallId: 'call_7', messages: [{ role: 'user', content: 'Hi' }] }],
    ['LangChain', { toolCall: { id: 'call_7', name: 'find', args: {} }, metadata: {} }],
  ])('knows the id that %s passes, and records nothing else of it', (_name, options) => {
    expect(Reflect.apply(new Library().lookUp, undefined, [{ isbn: '1' }, options])).toBe('1');
    expect(seen('lookUp')).toEqual({
      'gen_ai.tool.call.id': 'call_7',
      'gen_ai.tool.call.arguments': { isbn: '1' },
    });
    Reflect.apply(new Library().find, undefined, [{ isbn: '1' }, options]);
    expect(seen('find')).toEqual({ 'gen_ai.tool.call.id': 'call_7', 'gen_ai.tool.call.arguments': { isbn: '1' } });
  });

  it.each([[7], [null], ['call_7'], [{ toolCallId: 7 }], [{ toolCall: null }]])(
    'takes a second argument %j for what it is',
    (second) => {
      Reflect.apply(new Library().find, undefined, ['1', second]);
      expect(seen('find')).toEqual({ 'gen_ai.tool.call.arguments': { isbn: '1', limit: second } });
    },
  );

  it('tells the id of the call that it serves, and of no call inside it', async () => {
    await callTool(new Library(), { ...call({ isbn: '1' }), name: 'again' });
    expect(seen('again')).toEqual({ 'gen_ai.tool.call.id': 'toolu_1', 'gen_ai.tool.call.arguments': { isbn: '1' } });
    expect(seen('lookUp')).toEqual({ 'gen_ai.tool.call.arguments': { isbn: '1' } });
  });

  it('keeps no id of a call whose method does not reach the tool', async () => {
    class Cached extends Library {
      @tool({ input: Isbn }) override lookUp(given: { isbn: string }): unknown {
        return given;
      }
    }
    await telemetry.stop();
    await callTool(new Cached(), call({ isbn: '1' }));
    telemetry = startTelemetry();
    new Cached().find('1');
    expect(seen('find')).toEqual({ 'gen_ai.tool.call.arguments': { isbn: '1' } });
  });

  it('records what the model says beside the arguments, within its bounds', async () => {
    const choices = { isbn: ['1', '2'] };
    const notes = {
      __confidence__: 0.9,
      __certain__: true,
      __parameter_choices__: choices,
      __reason__: 'it said so',
    };
    const odd = { __none__: null, __nothing__: '', ['__proto' + '__']: 1 };
    expect(
      await callTool(new Library(), call(JSON.parse(JSON.stringify({ isbn: '1', ...notes, ...odd })) as object)),
    ).toMatchObject({ content: [{ content: '1' }] });
    expect(seen('lookUp')).toEqual({
      'gen_ai.tool.call.id': 'toolu_1',
      'gen_ai.tool.call.arguments': { isbn: '1' },
      'decotel.tool.proto': 1,
      'decotel.tool.confidence': 0.9,
      'decotel.tool.certain': true,
      'decotel.tool.parameter_choices': choices,
      'decotel.tool.reason': 'it said so',
    });
  });

  it('keeps what the model says in words where content is off, and its numbers not', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ content: false });
    await callTool(new Library(), call({ isbn: '1', __confidence__: 0.9, __reason__: 'secret' }));
    expect(seen('lookUp')).toEqual({ 'gen_ai.tool.call.id': 'toolu_1', 'decotel.tool.confidence': 0.9 });
  });

  it('masks what a name says is secret', async () => {
    await callTool(new Library(), call({ isbn: '1', __api_key__: 'hunter2' }));
    expect(telemetry.span('execute_tool lookUp').attributes['decotel.tool.api_key']).toBe('[masked]');
  });

  it('leaves the arguments of a direct call alone', () => {
    const given = { isbn: '1', __confidence__: 0.9 };
    new Library().lookUp(given);
    expect(given).toEqual({ isbn: '1', __confidence__: 0.9 });
    expect(seen('lookUp')).toEqual({ 'gen_ai.tool.call.arguments': given });
  });
});

import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { z } from 'zod';
import { DecotelError } from '../../src/core/decotel-error.js';
import { agent } from '../../src/decorators/agent.js';
import { tool } from '../../src/decorators/tool.js';
import { callTool, callTools } from '../../src/tools/call-tool.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

const failure = new Error('the catalogue at 10.0.0.7 is down');

class Library {
  readonly given: unknown[] = [];

  @tool({ description: 'Looks a book up', input: z.object({ isbn: z.string(), limit: z.coerce.number().default(3) }) })
  lookUp(...given: [{ isbn: string; limit: number }]): object {
    this.given.push(...given);
    return { title: 'Dune', isbn: given[0].isbn };
  }
  @tool({ input: { type: 'object', properties: { shelf: { type: 'string' } }, required: ['shelf'] } })
  async count({ shelf }: { shelf: string }): Promise<number> {
    this.given.push(shelf);
    return Promise.resolve(7);
  }
  @tool openingHours(): string {
    return '9 to 5';
  }
  @tool nothing(): void {
    this.given.push('nothing');
  }
  @tool large(): unknown {
    return { copies: 2n };
  }
  @tool fail(): void {
    throw failure;
  }
  @tool async failLater(): Promise<never> {
    await Promise.resolve();
    throw failure;
  }
  @tool async *read(): AsyncGenerator<string> {
    yield 'Once ';
    yield Promise.resolve('upon');
  }
  @tool *list(): Generator<number> {
    yield 1;
    yield 2;
  }
  @agent async run(work: () => Promise<unknown>): Promise<unknown> {
    return work();
  }
}

let library: Library;
beforeEach(() => {
  library = new Library();
});

const openai = (name: string, given = '{}', id = 'call_1') =>
  ({ id, type: 'function', function: { name, arguments: given } }) as const;
const anthropic = (name: string, input: unknown = {}) => ({ type: 'tool_use', id: 'toolu_1', name, input }) as const;
const content = async (name: string, given?: string): Promise<string> =>
  (await callTool(library, openai(name, given))).content;

const names = 'lookUp, count, openingHours, nothing, large, fail, failLater, read, list';

describe('callTool', () => {
  it('answers each vendor in its own shape, and passes what the schema made of the arguments', async () => {
    const isbn = { isbn: '1' };
    const value = '{"title":"Dune","isbn":"1"}';
    expect(await callTool(library, openai('lookUp', '{"isbn":"1","limit":"5"}'))).toEqual({
      role: 'tool',
      tool_call_id: 'call_1',
      content: value,
    });
    expect(
      await callTool(library, { type: 'function_call', call_id: 'call_2', name: 'lookUp', arguments: '{"isbn":"1"}' }),
    ).toEqual({ type: 'function_call_output', call_id: 'call_2', output: value });
    expect(await callTool(library, anthropic('lookUp', isbn))).toEqual({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: value }],
    });
    const response = { output: { title: 'Dune', isbn: '1' } };
    expect(await callTool(library, { id: 'fc_1', name: 'lookUp', args: isbn })).toEqual({
      role: 'user',
      parts: [{ functionResponse: { id: 'fc_1', name: 'lookUp', response } }],
    });
    expect(await callTool(library, { functionCall: { name: 'lookUp', args: isbn } })).toEqual({
      role: 'user',
      parts: [{ functionResponse: { name: 'lookUp', response } }],
    });
    const call = { type: 'tool-call', toolCallId: 'call_3', toolName: 'lookUp', input: isbn } as const;
    const output = { type: 'json', value: { title: 'Dune', isbn: '1' } };
    expect(await callTool(library, call)).toEqual({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'call_3', toolName: 'lookUp', output }],
    });
    expect(library.given).toEqual([{ isbn: '1', limit: 5 }, ...new Array<object>(5).fill({ isbn: '1', limit: 3 })]);
    const ids = telemetry.spans.map((one) => one.attributes['gen_ai.tool.call.id']);
    expect(ids).toEqual(['call_1', 'call_2', 'toolu_1', 'fc_1', undefined, 'call_3']);
    expect(parsedAttributes(telemetry.spans[0] as ReadableSpan)).toEqual({
      'code.function.name': 'Library.lookUp',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookUp',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.description': 'Looks a book up',
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.call.arguments': { isbn: '1', limit: 5 },
      'gen_ai.tool.call.result': { title: 'Dune', isbn: '1' },
      'decotel.outcome': 'completed',
    });
  });

  it.each([
    ['count', '{"shelf":"A"}', '7'],
    ['openingHours', '', '9 to 5'],
    ['openingHours', '{}', '9 to 5'],
    ['nothing', '{}', 'null'],
    ['large', '{}', '{"copies":"2"}'],
    ['read', '{}', 'Once upon'],
    ['list', '{}', '[1,2]'],
  ])('writes what %s gives as text', async (name, given, text) => {
    expect(await content(name, given)).toBe(text);
    expect(telemetry.spans.map((one) => [one.name, one.attributes['decotel.outcome']])).toEqual([
      [`execute_tool ${name}`, 'completed'],
    ]);
  });

  it.each([
    ['read', { type: 'text', value: 'Once upon' }],
    ['nothing', { type: 'json', value: null }],
    ['large', { type: 'json', value: { copies: '2' } }],
    ['missing', expect.objectContaining({ type: 'error-text' })],
  ])('writes what %s gives as JSON where that is wanted', async (toolName, output) => {
    const [result] = (await callTool(library, { type: 'tool-call', toolCallId: '1', toolName, input: {} })).content;
    expect(result?.output).toEqual(output);
  });

  it.each([
    ['missing', '{}', `There is no tool "missing". There are ${names}.`],
    ['run', '{}', `There is no tool "run". There are ${names}.`],
    ['constructor', '{}', `There is no tool "constructor". There are ${names}.`],
    ['lookUp', '{"isbn":', 'The arguments of lookUp must be a JSON object.'],
    ['lookUp', '["1"]', 'The arguments of lookUp must be a JSON object.'],
    ['lookUp', 'null', 'The arguments of lookUp must be a JSON object.'],
    [
      'lookUp',
      '{"isbn":1}',
      'The arguments of lookUp do not fit: isbn: Invalid input: expected string, received number.',
    ],
    ['count', '{"shelf":1}', 'The arguments of count do not fit: shelf must be string.'],
  ])('tells the model why %s cannot be called with %s, and calls nothing', async (name, given, text) => {
    expect(await content(name, given)).toBe(text);
    const input: unknown = given === '{"isbn":' ? given : JSON.parse(given);
    if (input !== null) {
      expect(await callTool(library, anthropic(name, input))).toEqual({
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: text, is_error: true }],
      });
    }
    expect(await callTool(library, { name: 'missing', args: {} })).toEqual({
      role: 'user',
      parts: [
        {
          functionResponse: {
            name: 'missing',
            response: { error: `There is no tool "missing". There are ${names}.` },
          },
        },
      ],
    });
    expect(library.given).toEqual([]);
    expect(telemetry.spans).toEqual([]);
  });

  it.each(['fail', 'failLater'])('rejects with what %s throws, or tells the model what onError says', async (name) => {
    await expect(callTool(library, openai(name))).rejects.toBe(failure);
    const onError = (error: unknown, tool: string): string => `${tool} failed: ${String(error === failure)}`;
    expect(await callTool(library, anthropic(name), { onError })).toEqual({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: `${name} failed: true`, is_error: true }],
    });
    const rethrow = (error: unknown): never => {
      throw new Error('stop', { cause: error });
    };
    await expect(callTool(library, openai(name), { onError: rethrow })).rejects.toThrow('stop');
    expect(telemetry.spans.map((one) => one.attributes['decotel.outcome'])).toEqual(['error', 'error', 'error']);
  });

  it.each([
    ['lookUp', '"lookUp"'],
    [{ type: 'message' }, 'an object'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('refuses %j, which is no call', async (call, got) => {
    await expect(callTool(library, call as never)).rejects.toThrow(
      new DecotelError(
        `callTool: expected a call of OpenAI, Anthropic, Gemini or the AI SDK, got ${got}. Hand over the call.`,
      ),
    );
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['Library', '"Library"'],
  ])('refuses %j, which has no tools', async (self, got) => {
    const message = `expected the object whose methods are tools, got ${got}. Pass \`this\`.`;
    await expect(callTool(self as never, openai('lookUp'))).rejects.toThrow(new DecotelError(`callTool: ${message}`));
    for (const calls of [[], [openai('lookUp')]]) {
      await expect(callTools(self as never, calls)).rejects.toThrow(new DecotelError(`callTools: ${message}`));
    }
  });
});

describe('callTools', () => {
  const message = { role: 'assistant', tool_calls: [openai('openingHours', '', 'a'), openai('read', '{}', 'b')] };

  it('answers the calls of one answer in their order, children of who asked', async () => {
    const answered = await library.run(() => callTools(library, { choices: [{ message }] }));
    expect(answered).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '9 to 5' },
      { role: 'tool', tool_call_id: 'b', content: 'Once upon' },
    ]);
    const run = telemetry.span('invoke_agent run').spanContext().spanId;
    const parents = ['openingHours', 'read'].map(
      (name) => telemetry.span(`execute_tool ${name}`).parentSpanContext?.spanId,
    );
    expect(parents).toEqual([run, run]);
  });

  it('runs them at the same time', async () => {
    const started: string[] = [];
    let release = (): void => undefined;
    const both = new Promise<void>((resolve) => (release = resolve));
    class Desk {
      @tool({ input: z.object({ name: z.string() }) }) async meet({ name }: { name: string }): Promise<string> {
        started.push(name);
        if (started.length === 2) release();
        await both;
        return name;
      }
    }
    const calls = [openai('meet', '{"name":"a"}', '1'), openai('meet', '{"name":"b"}', '2')];
    expect(await callTools(new Desk(), calls)).toEqual([
      { role: 'tool', tool_call_id: '1', content: 'a' },
      { role: 'tool', tool_call_id: '2', content: 'b' },
    ]);
    expect(telemetry.spans.map((one) => one.attributes['gen_ai.tool.call.id']).sort()).toEqual(['1', '2']);
  });

  it('gives no message where no tool is asked for', async () => {
    expect(await callTools(library, { choices: [{ message: { role: 'assistant', content: 'Hi' } }] })).toEqual([]);
    expect(await callTools(library, { choices: [] })).toEqual([]);
    expect(await callTools(library, { output: [{ type: 'message' }, { type: 'web_search_call' }] })).toEqual([]);
    const content = [{ type: 'text' }, { type: 'server_tool_use', id: '1', name: 'web_search', input: {} }];
    expect(await callTools(library, { content })).toEqual([]);
    expect(await callTools(library, { candidates: [{ content: { parts: [{ text: 'Hi' }] } }] })).toEqual([]);
    expect(await callTools(library, { candidates: [{ finishReason: 'SAFETY' }] })).toEqual([]);
    expect(await callTools(library, { promptFeedback: { blockReason: 'OTHER' } } as object)).toEqual([]);
    expect(await callTools(library, { toolCalls: [] })).toEqual([]);
    expect(await callTools(library, [])).toEqual([]);
  });

  it('answers custom calls of OpenAI, whose text is no JSON object, each in its own shape', async () => {
    const refusals = [
      `There is no tool "run_sql". There are ${names}.`,
      'The arguments of lookUp must be a JSON object.',
    ] as const;
    const custom = (id: string, name: string, input: string) =>
      ({ id, type: 'custom', custom: { name, input } }) as const;
    const tool_calls = [
      custom('a', 'run_sql', 'SELECT 1'),
      openai('openingHours', '', 'b'),
      custom('c', 'lookUp', 'x'),
    ];
    expect(await callTools(library, { choices: [{ message: { role: 'assistant', tool_calls } }] })).toEqual([
      { role: 'tool', tool_call_id: 'a', content: refusals[0] },
      { role: 'tool', tool_call_id: 'b', content: '9 to 5' },
      { role: 'tool', tool_call_id: 'c', content: refusals[1] },
    ]);
    const output = [
      { type: 'reasoning', id: 'r' },
      { type: 'custom_tool_call', call_id: 'a', name: 'run_sql', input: 'SELECT 1' },
      { type: 'function_call', call_id: 'b', name: 'openingHours', arguments: '' },
      { type: 'custom_tool_call', call_id: 'c', name: 'lookUp', input: 'x' },
    ];
    expect(await callTools(library, { output })).toEqual([
      { type: 'custom_tool_call_output', call_id: 'a', output: refusals[0] },
      { type: 'function_call_output', call_id: 'b', output: '9 to 5' },
      { type: 'custom_tool_call_output', call_id: 'c', output: refusals[1] },
    ]);
    expect(await callTool(library, custom('a', 'run_sql', 'SELECT 1'))).toEqual({
      role: 'tool',
      tool_call_id: 'a',
      content: refusals[0],
    });
    expect(library.given).toEqual([]);
    expect(telemetry.spans.map((one) => one.name)).toEqual(['execute_tool openingHours', 'execute_tool openingHours']);
  });

  it('waits for all before it rejects with the first error', async () => {
    let isDone = false;
    class Desk {
      @tool fail(): never {
        throw failure;
      }
      @tool async slow(): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 20));
        isDone = true;
      }
    }
    await expect(callTools(new Desk(), [openai('fail'), openai('slow')])).rejects.toBe(failure);
    expect(isDone).toBe(true);
    expect(telemetry.spans.map((one) => one.attributes['decotel.outcome'])).toEqual(['error', 'completed']);
  });

  it.each([
    [{ answer: 'Hi' }, 'an object'],
    [null, 'null'],
    [undefined, 'undefined'],
    ['Hi', '"Hi"'],
    [Promise.resolve({ choices: [] }), 'a promise'],
  ])('refuses %j, which is no answer', async (answer, got) => {
    await expect(callTools(library, answer as never)).rejects.toThrow(
      new DecotelError(
        `callTools: expected an answer of OpenAI, Anthropic, Gemini or the AI SDK, got ${got}. Hand over the complete answer, or a list of its calls.`,
      ),
    );
  });

  it.each([
    [null, 'expected options, got null. Pass an object, or nothing.'],
    [() => 'Closed', 'expected options, got a function. Pass an object, or nothing.'],
    [{ onerror: () => 'Closed' }, 'unknown option `onerror`. There are onError.'],
    [{ onError: 'Closed' }, 'option `onError` is "Closed". It must be a function.'],
  ])('refuses %p as options, before anything runs', async (options, problem) => {
    const call = openai('openingHours');
    await expect(callTool(library, call, options as never)).rejects.toThrow(new DecotelError(`callTool: ${problem}`));
    await expect(callTools(library, [call], options as never)).rejects.toThrow(
      new DecotelError(`callTools: ${problem}`),
    );
    expect(telemetry.spans).toEqual([]);
  });

  it('works without telemetry, too', async () => {
    await telemetry.stop();
    expect(await callTools(library, [openai('openingHours')])).toEqual([
      { role: 'tool', tool_call_id: 'call_1', content: '9 to 5' },
    ]);
    telemetry = startTelemetry();
  });
});

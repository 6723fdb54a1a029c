import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { z } from 'zod';
import { agent } from '../../src/decorators/agent.js';
import { tool } from '../../src/decorators/tool.js';
import { callTools } from '../../src/tools/call-tool.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

@agent({ name: 'librarian', description: 'Answers questions about books', id: 'librarian/default' })
class Librarian {
  readonly given: unknown[] = [];

  @tool({ description: 'Looks a book up', input: z.strictObject({ isbn: z.string() }) })
  lookUp(given: { isbn: string }): { title: string } {
    this.given.push(given);
    if (given.isbn === '0') throw new RangeError('no such book');
    return { title: 'Dune' };
  }

  @agent() async run(isbn: string): Promise<string> {
    return Promise.resolve(this.lookUp({ isbn }).title);
  }

  @agent() async *runStream(isbn: string): AsyncGenerator<string> {
    yield 'Looking…';
    yield this.lookUp({ isbn }).title;
    yield await Promise.resolve('Done');
  }
}

const calls = (given: object): { choices: object[] } => ({
  choices: [
    {
      message: {
        role: 'assistant',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'lookUp', arguments: JSON.stringify(given) } },
        ],
      },
    },
  ],
});

const failed = (span: ReadableSpan | undefined): unknown[] => [
  span?.status,
  span?.attributes['error.type'],
  span?.events.map((event) => event.name),
];

describe('tools and agents, as their users know them', () => {
  it('row 24: one @tool has name, description, call id, arguments and result, and fails once', async () => {
    const librarian = new Librarian();
    await callTools(librarian, calls({ isbn: '1' }));
    const span = telemetry.span('execute_tool lookUp');
    expect([span.kind, span.status]).toEqual([SpanKind.INTERNAL, { code: SpanStatusCode.UNSET }]);
    expect(parsedAttributes(span)).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookUp',
      'gen_ai.tool.description': 'Looks a book up',
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.call.arguments': { isbn: '1' },
      'gen_ai.tool.call.result': { title: 'Dune' },
    });
    telemetry.clear();
    expect(() => librarian.lookUp({ isbn: '0' })).toThrow(RangeError);
    expect(failed(telemetry.span('execute_tool lookUp'))).toEqual([
      { code: SpanStatusCode.ERROR, message: 'no such book' },
      'RangeError',
      ['exception'],
    ]);
  });

  it('row 25: @agent makes the construction a create_agent span and a run an invoke_agent span', async () => {
    const librarian = new Librarian();
    expect(await librarian.run('1')).toBe('Dune');
    await expect(librarian.run('0')).rejects.toThrow('no such book');
    const [created, , run, , failure] = telemetry.spans;
    const said = {
      'gen_ai.agent.name': 'librarian',
      'gen_ai.agent.id': 'librarian/default',
      'gen_ai.agent.description': 'Answers questions about books',
      'decotel.agent.tools': ['lookUp'],
    };
    expect([created?.name, created?.attributes]).toEqual([
      'create_agent librarian',
      expect.objectContaining({ ...said, 'gen_ai.operation.name': 'create_agent' }),
    ]);
    expect([run?.name, run?.attributes]).toEqual([
      'invoke_agent librarian',
      expect.objectContaining({ ...said, 'gen_ai.operation.name': 'invoke_agent' }),
    ]);
    expect(failed(failure)).toEqual([
      { code: SpanStatusCode.ERROR, message: 'no such book' },
      'RangeError',
      ['exception'],
    ]);
  });

  it('row 36: the invoke_agent span of a streamed run is open until its generator is exhausted', async () => {
    const librarian = new Librarian();
    telemetry.clear();
    const stream = librarian.runStream('1');
    const open: string[][] = [];
    const chunks: string[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      open.push(telemetry.spans.map((one) => one.name));
    }
    expect(chunks).toEqual(['Looking…', 'Dune', 'Done']);
    expect(open).toEqual([[], ['execute_tool lookUp'], ['execute_tool lookUp']]);
    expect(telemetry.spans.map((one) => one.name)).toEqual(['execute_tool lookUp', 'invoke_agent librarian']);
    const run = telemetry.span('invoke_agent librarian');
    expect(telemetry.span('execute_tool lookUp').parentSpanContext?.spanId).toBe(run.spanContext().spanId);
    expect(run.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'librarian',
      'decotel.stream.chunks': 3,
      'decotel.result': '"Looking…DuneDone"',
      'decotel.outcome': 'completed',
    });
  });

  it('row 36: a streamed run that is left ends its span there, as cancelled', async () => {
    const librarian = new Librarian();
    telemetry.clear();
    for await (const chunk of librarian.runStream('1')) {
      expect([chunk, telemetry.spans]).toEqual(['Looking…', []]);
      break;
    }
    expect(telemetry.spans.map((one) => [one.name, one.attributes['decotel.outcome']])).toEqual([
      ['invoke_agent librarian', 'cancelled'],
    ]);
  });

  it('row 46: __confidence__ among the arguments of a tool is stripped before the call, and recorded', async () => {
    const librarian = new Librarian();
    const choices = { isbn: ['1', '2'] };
    const given = { isbn: '1', __confidence__: 0.85, __parameter_choices__: choices };
    expect(await callTools(librarian, calls(given))).toEqual([
      { role: 'tool', tool_call_id: 'call_1', content: '{"title":"Dune"}' },
    ]);
    expect(librarian.given).toEqual([{ isbn: '1' }]);
    const attributes = parsedAttributes(telemetry.span('execute_tool lookUp'));
    expect(attributes).toMatchObject({
      'gen_ai.tool.call.arguments': { isbn: '1' },
      'decotel.tool.confidence': 0.85,
      'decotel.tool.parameter_choices': choices,
    });
  });
});

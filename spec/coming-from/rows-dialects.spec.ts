import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { consoleJson, type ConfigureOptions } from '../../src/configure.js';
import {
  observe,
  promptMessages,
  promptTemplate,
  record,
  retriever,
  span,
  tool,
  withOtel,
  withSession,
} from '../../src/index.js';
import { asReadIn2025, asReadToday } from '../support/confident-exporter.js';
import { exportedSpans } from '../support/exported-spans.js';
import { fixture } from '../support/fixtures.js';
import { loopback, type Reply } from '../support/loopback.js';
import { openAiChunks } from '../support/wire.js';

const PRICE = { inputToken: 0.0001, outputToken: 0.0002 };
const TOOLS: OpenAI.ChatCompletionFunctionTool[] = [
  { type: 'function', function: { name: 'lookUp', parameters: { type: 'object', properties: {} } } },
];

function answer(message: object, finish_reason = 'stop'): Reply {
  const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }];
  return { body: { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o', choices, usage } };
}

const PARIS = answer({ content: 'The capital of France is Paris.' });

class Geographer {
  constructor(private readonly client: OpenAI) {}

  @withOtel({ price: PRICE })
  @promptTemplate('SYSTEM: Be brief\nUSER: What is the capital of {country}?')
  async ask(country: string): Promise<OpenAI.ChatCompletion> {
    const messages = promptMessages({ country }) as OpenAI.ChatCompletionMessageParam[];
    return this.client.chat.completions.create({ model: 'gpt-4o', temperature: 0.5, messages, tools: TOOLS });
  }

  @withOtel()
  async stream(): Promise<AsyncIterable<unknown>> {
    return this.client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  }
}

/** What `work` exports, with the real client against a server that answers `reply`. */
async function exported(
  options: ConfigureOptions,
  reply: Reply,
  work: (geographer: Geographer) => unknown,
): Promise<ReadableSpan[]> {
  const server = await loopback(() => reply);
  const client = observe(new OpenAI({ baseURL: server.url, apiKey: 'any', maxRetries: 0 }));
  try {
    return await exportedSpans(options, () => work(new Geographer(client)));
  } finally {
    await server.close();
  }
}

async function asked(dialect: string, reply = PARIS): Promise<ReadableSpan> {
  const [seen] = await exported({ dialect }, reply, (geographer) => geographer.ask('France'));
  if (seen === undefined) throw new Error('no span');
  return seen;
}

describe('spans in the words of the systems that people come from', () => {
  it('row 4: Mirascope has exactly what v1 wrote, the default has right values and no fillers', async () => {
    const { attributes } = await asked('mirascope');
    expect(attributes).toEqual({
      'gen_ai.system': 'SYSTEM: Be brief\nUSER: What is the capital of {country}?',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.max_tokens': 0,
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 0,
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.completion_tokens': 20,
      'gen_ai.usage.prompt_tokens': 10,
      async: true,
    });
    const usual = await asked('gen-ai');
    expect(usual.attributes).toMatchObject({ 'gen_ai.provider.name': 'openai', 'gen_ai.request.temperature': 0.5 });
    expect(usual.attributes).not.toHaveProperty(['gen_ai.request.max_tokens']);
    expect(Object.values(usual.attributes).filter((value) => value === '' || value === 0)).toEqual([]);
  });

  it.each([
    ['openai-chat', 'weather', 'openai'],
    ['openai-responses', 'research', 'openai'],
    ['anthropic', 'travel', 'anthropic'],
    ['google', 'hike', 'gcp'],
  ])('row 5: the answer of %s says model, id, finish reasons and tokens', async (folder, name, provider) => {
    const body = fixture(folder, name, 'response');
    const read = withOtel({ name: 'read' })(() => body);
    const [seen] = await exportedSpans({}, read);
    expect(seen?.attributes['gen_ai.provider.name']).toContain(provider);
    const types = [
      'response.model',
      'response.id',
      'response.finish_reasons',
      'usage.input_tokens',
      'usage.output_tokens',
    ];
    expect(types.map((key) => typeof seen?.attributes[`gen_ai.${key}`])).toEqual([
      'string',
      'string',
      'object',
      'number',
      'number',
    ]);
  });

  it('row 11: of a stream of partial objects the completion is the last', async () => {
    class Structured {
      @withOtel()
      async *book(): AsyncGenerator<object> {
        yield await Promise.resolve({ title: 'The Name' });
        yield { title: 'The Name of the Wind', author: 'Patrick Rothfuss' };
      }
    }
    const [seen] = await exportedSpans({ dialect: 'mirascope' }, async () => {
      for await (const part of new Structured().book()) expect(part).toHaveProperty('title');
    });
    expect(seen?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        'gen_ai.content.completion',
        { 'gen_ai.completion': '{"title":"The Name of the Wind","author":"Patrick Rothfuss"}' },
      ],
    ]);
  });

  it('row 12: what tools a model has and calls is in completion, messages and definitions', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'lookUp', arguments: '{"isbn":"1"}' } };
    const reply = answer({ content: null, tool_calls: [call] }, 'tool_calls');
    const compatible = await asked('mirascope', reply);
    expect(JSON.parse(String(compatible.events[1]?.attributes?.['gen_ai.completion']))).toEqual({
      content: null,
      role: 'assistant',
      tool_calls: [call],
    });
    const { attributes } = await asked('gen-ai', reply);
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'lookUp', arguments: { isbn: '1' } }],
        finish_reason: 'tool_calls',
      },
    ]);
    expect(JSON.parse(String(attributes['gen_ai.tool.definitions']))).toMatchObject([
      { type: 'function', name: 'lookUp' },
    ]);
  });

  it.each(['gen-ai', 'gen-ai-events', 'langfuse', 'openinference', 'confident', 'mirascope'])(
    'row 14: a failure is one exception, ERROR with its message, and the same error (%s)',
    async (dialect) => {
      const error = new RangeError('no such country');
      const fail = withOtel({ name: 'fail' })(() => {
        record({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] });
        throw error;
      });
      const [seen] = await exportedSpans({ dialect }, () => expect(fail).toThrow(error));
      expect(seen?.events.filter(({ name }) => name === 'exception').map((event) => event.attributes)).toEqual([
        {
          'exception.type': 'RangeError',
          'exception.message': 'no such country',
          'exception.stacktrace': error.stack,
        },
      ]);
      expect(seen?.status).toEqual({ code: 2, message: 'no such country' });
      expect(JSON.stringify(seen?.attributes)).toContain('gpt-4o');
    },
  );

  it("row 19: consoleJson() prints the layout of OpenTelemetry's Python SDK", async () => {
    const printed: string[] = [];
    const processors = [consoleJson({ write: (text) => void printed.push(text) })];
    await exported({ processors }, PARIS, (geographer) => geographer.ask('France'));
    const layout = JSON.parse(printed.join('')) as Record<string, unknown>;
    expect(Object.keys(layout)).toEqual([
      'name',
      'context',
      'kind',
      'parent_id',
      'start_time',
      'end_time',
      'status',
      'attributes',
      'events',
      'links',
      'resource',
    ]);
  });

  it('row 23: both exporters of Confident AI read the same typed fields', async () => {
    const seen = await asked('confident');
    const fields = {
      model: 'gpt-4o',
      input_token_count: 10,
      output_token_count: 20,
      cost_per_input_token: 0.0001,
      cost_per_output_token: 0.0002,
    };
    const said = [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'What is the capital of France?' },
    ];
    expect(asReadIn2025(seen)).toEqual({
      type: 'llm',
      fields: {
        ...fields,
        input: said.map(({ role, content }) => ({ role: `gen_ai.${role}.message`, content: { content } })),
        output: { content: 'The capital of France is Paris.' },
      },
    });
    expect(asReadToday(seen)).toEqual({
      type: 'llm',
      fields: { ...fields, input: JSON.stringify(said), output: 'The capital of France is Paris.' },
    });
  });

  it('row 26: a search has ids and distances, and is a retriever to Langfuse', async () => {
    const search = retriever({ dataSource: 'books', topK: 2 })((_query: string) => [
      { id: '1', distance: 0.1, content: 'Emma' },
      { id: '2', distance: 0.3, content: 'Persuasion' },
    ]);
    const [seen] = await exportedSpans({ dialect: 'langfuse' }, () => search('Austen'));
    expect(seen?.attributes).toMatchObject({
      'langfuse.observation.type': 'retriever',
      'langfuse.observation.input': 'Austen',
    });
    expect(JSON.parse(String(seen?.attributes['langfuse.observation.output']))).toEqual([
      { id: '1', distance: 0.1, content: 'Emma' },
      { id: '2', distance: 0.3, content: 'Persuasion' },
    ]);
  });

  it.each(['gen-ai', 'gen-ai-events', 'langfuse', 'openinference', 'confident', 'mirascope'])(
    'row 28: attributes and events of the application survive, objects are JSON, lists of texts are lists (%s)',
    async (dialect) => {
      const attributes = { mine: 'kept', count: 2 };
      const lookUp = tool({ name: 'lookUp', attributes, tags: ['a', 'b'] })(({ isbn }: { isbn: string }) => {
        record(isbn);
        return { title: 'Emma' };
      });
      const [seen] = await exportedSpans({ dialect }, () => lookUp({ isbn: '1' }));
      expect(seen?.attributes).toMatchObject(attributes);
      const values = Object.values(seen?.attributes ?? {});
      expect(values).toContainEqual(['a', 'b']);
      expect(values.filter((value) => value === '{"title":"Emma"}')).toHaveLength(1);
      expect(values.filter((value) => value === '{"isbn":"1"}')).toHaveLength(1);
    },
  );

  it.each([
    ['gen-ai', { 'session.id': 's1', 'user.id': 'u1', 'decotel.tags': ['a'], 'decotel.metadata.plan': 'pro' }],
    [
      'langfuse',
      {
        'langfuse.session.id': 's1',
        'langfuse.user.id': 'u1',
        'langfuse.trace.tags': ['a'],
        'langfuse.trace.metadata.plan': 'pro',
        'langfuse.trace.name': 'Books',
        'langfuse.environment': 'test',
      },
    ],
    [
      'confident',
      {
        'confident.trace.thread_id': 's1',
        'confident.trace.user_id': 'u1',
        'confident.trace.tags': ['a'],
        'confident.trace.metadata': '{"plan":"pro"}',
        'confident.trace.name': 'Books',
        'confident.trace.environment': 'test',
      },
    ],
  ])('row 29: whose conversation it was, in the words of %s', async (dialect, expected) => {
    const session = {
      id: 's1',
      userId: 'u1',
      name: 'Books',
      tags: ['a'],
      metadata: { plan: 'pro' },
      environment: 'test',
    };
    class Chat {
      @span
      run(): string {
        return this.say();
      }

      @span
      say(): string {
        return 'Hi';
      }
    }
    const spans = await exportedSpans({ dialect }, () => withSession(session, () => new Chat().run()));
    expect(spans).toHaveLength(2);
    for (const { attributes } of spans) expect(attributes).toMatchObject(expected);
  });

  it('row 30: what tokens cost agrees in every dialect', async () => {
    const cost = async (dialect: string) => (await asked(dialect)).attributes;
    expect(await cost('gen-ai')).toMatchObject({ 'decotel.cost': 0.005 });
    expect(await cost('confident')).toMatchObject({
      'confident.llm.cost_per_input_token': 0.0001,
      'confident.llm.cost_per_output_token': 0.0002,
    });
    const { 'langfuse.observation.cost_details': details } = await cost('langfuse');
    expect(JSON.parse(String(details))).toEqual({ input: 0.001, output: 0.004, total: 0.005 });
    expect(await cost('openinference')).toMatchObject({
      'llm.cost.prompt': 0.001,
      'llm.cost.completion': 0.004,
      'llm.cost.total': 0.005,
    });
  });

  it('row 38: the time of the first chunk lies between start and end', async () => {
    const reply = { events: openAiChunks(['Pa', 'ris']), pauseMs: 5 };
    const spans = await exported({ dialect: 'langfuse' }, reply, async (geographer) => {
      for await (const chunk of await geographer.stream()) expect(chunk).toHaveProperty('choices');
    });
    const [{ attributes, startTime, endTime }] = spans as [ReadableSpan];
    const at = String(attributes['langfuse.observation.completion_start_time']);
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const milliseconds = ([seconds, nanoseconds]: [number, number]) => seconds * 1000 + nanoseconds / 1e6;
    expect(Date.parse(at)).toBeGreaterThanOrEqual(Math.floor(milliseconds(startTime)));
    expect(Date.parse(at)).toBeLessThan(milliseconds(endTime));
  });
});

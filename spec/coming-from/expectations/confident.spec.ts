import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { agent, embeddings, observe, retriever, span, tool, withOtel, withSession } from '../../../src/index.js';
import { differences, example, EXPECTATIONS, matches, type Expected } from '../../support/expectations.js';
import { exportedSpans } from '../../support/exported-spans.js';
import { loopback } from '../../support/loopback.js';
import { describeWithShared } from '../../support/shared-folder.js';

const confident = { dialect: 'confident' };
const QUESTION: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: 'you are a helpful assistant' },
    { role: 'user', content: 'What is the capital of France?' },
  ],
};

/** The examples show spans of 2025; what the exporter reads today comes on top, under its own names. */
const isOfTodaysExporter = (key: string): boolean =>
  /^confident\.(?:span\.(?:type|input|output|metadata|provider|retrieval_context)|trace\.\w+|agent\.name|tool\.\w+|retriever\.embedder|llm\.(?:model|input_token_count|output_token_count))$/.test(
    key,
  ) || key === 'gen_ai.tool.name';

function expectSpans(id: string, spans: readonly ReadableSpan[]): void {
  const { spans: expected, mustAlsoEmitForCurrentExporter: also = {} } = example(id);
  expect(spans.map(({ name }) => name).sort()).toEqual(expected.map(({ name }) => name).sort());
  for (const wanted of expected) {
    const seen = spans.find(({ name }) => name === wanted.name);
    if (seen === undefined) throw new Error(`no span ${wanted.name}`);
    expect(differences(seen, wanted, spans, isOfTodaysExporter)).toEqual([]);
    for (const [key, rule] of Object.entries(also)) {
      const isEach = key === 'confident.span.type' && rule === 'per span';
      const value: Expected = isEach ? { match: 'type:string' } : rule;
      expect([key, matches(value, seen.attributes[key]), seen.attributes[key]]).toEqual([
        key,
        true,
        seen.attributes[key],
      ]);
    }
  }
}

async function withOpenAI<T>(usage: object | undefined, work: (client: OpenAI) => Promise<T>): Promise<T> {
  const message = { role: 'assistant', content: 'The capital of France is Paris.' };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  const body = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-2024-08-06', choices, usage };
  const server = await loopback(() => ({ body }));
  try {
    return await work(observe(new OpenAI({ baseURL: server.url, apiKey: 'any', maxRetries: 0 })));
  } finally {
    await server.close();
  }
}

class Geographer {
  constructor(private readonly client?: OpenAI) {}

  /** As in the quickstart, where nothing is said of the answer. */
  @withOtel({ name: 'chat gpt-4o', content: { output: false } })
  async begin(): Promise<unknown> {
    return this.client?.chat.completions.create(QUESTION);
  }

  @withOtel({ name: 'chat gpt-4o', price: { inputToken: 0.0001, outputToken: 0.0002 } })
  async ask(): Promise<unknown> {
    return this.client?.chat.completions.create(QUESTION);
  }

  @withOtel({ name: 'chat gpt-4o', operation: 'generate_content', content: { output: false } })
  async askWithTool(google: GoogleGenAI): Promise<void> {
    await google.models.generateContent({
      model: 'gpt-4o',
      config: { systemInstruction: 'you are a helpful assistant' },
      contents: [{ role: 'user', parts: [{ text: 'What is the capital of France?' }] }],
    });
    this.use({ temp: 'example_tool_input' });
  }

  @tool({ name: 'example_tool', description: 'example_tool_description' })
  use({ temp }: { temp: string }): { temp: string } {
    return { temp: temp.replace('input', 'output') };
  }

  @embeddings({
    model: 'openai_ada',
    attributes: { 'confident.retriever.top_k': 10, 'confident.retriever.chunk_size': 100 },
  })
  embed(input: string): string {
    return input.replace('input', 'output');
  }

  @retriever({ topK: 10 })
  retrieve(_query: string): { content: string }[] {
    return [{ content: 'example_output' }];
  }
}

@agent({
  name: 'example_agent',
  description: 'example_agent_description',
  tools: ['example_tool'],
  handoffs: ['example_handoff'],
  capture: (call) => {
    call.arguments = { input: 'example_input' };
    call.result = { output: 'example_output' };
  },
})
class ExampleAgent {
  readonly isReady = true;
}

describeWithShared(EXPECTATIONS, "Confident AI's published examples", () => {
  it('confident.quickstart', async () => {
    const spans = await withOpenAI(undefined, (client) =>
      exportedSpans(confident, () => new Geographer(client).begin()),
    );
    expectSpans('confident.quickstart', spans);
  });

  it('confident.llm', async () => {
    const spans = await withOpenAI({ prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 }, (client) =>
      exportedSpans(confident, () => new Geographer(client).ask()),
    );
    expectSpans('confident.llm', spans);
  });

  it('row 24: confident.tool', async () => {
    const spans = await exportedSpans(confident, () => new Geographer().use({ temp: 'example_tool_input' }));
    expectSpans('confident.tool', spans);
  });

  it('row 25: confident.agent', async () => {
    expectSpans('confident.agent', await exportedSpans(confident, () => new ExampleAgent()));
  });

  it('row 26: confident.retriever', async () => {
    const spans = await exportedSpans(confident, () => new Geographer().embed('example_input'));
    expectSpans('confident.retriever', spans);
  });

  it("row 26: confident.retriever, where 'retrieve' behaves the same", async () => {
    const [seen] = await exportedSpans(confident, () => new Geographer().retrieve('example_input'));
    expect(seen?.attributes).toMatchObject({
      'gen_ai.operation.name': 'retrieve',
      'confident.span.type': 'retriever',
      'confident.retriever.top_k': 10,
      'confident.span.retrieval_context': ['example_output'],
    });
    expect(seen?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['confident.retriever.input', { input: 'example_input' }],
      ['confident.retriever.output', { output: '[{"content":"example_output"}]' }],
    ]);
  });

  it('row 27: confident.nested', async () => {
    const content = { role: 'model', parts: [{ text: 'The capital of France is Paris.' }] };
    const server = await loopback(() => ({ body: { candidates: [{ content, finishReason: 'STOP' }] } }));
    try {
      const google = observe(new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: server.url, fetch } }));
      const spans = await exportedSpans(confident, () => new Geographer().askWithTool(google));
      expect(server.requests).toHaveLength(1);
      expectSpans('confident.nested', spans);
    } finally {
      await server.close();
    }
  });

  it('confident.trace_attributes', async () => {
    class Chat {
      @span({ tags: ['beta'] })
      answer(): void {
        return undefined;
      }
    }
    const metadata = { plan: 'pro' };
    const session = { id: 's1', userId: 'u1', name: 'Books', tags: ['a'], metadata, environment: 'test' };
    const [seen] = await exportedSpans(confident, () => withSession(session, () => new Chat().answer()));
    const { attributes: types = {} } = example('confident.trace_attributes');
    const trace = Object.entries(seen?.attributes ?? {}).filter(([key]) => key.startsWith('confident.trace.'));
    expect(Object.fromEntries(trace)).toEqual({
      'confident.trace.name': 'Books',
      'confident.trace.user_id': 'u1',
      'confident.trace.thread_id': 's1',
      'confident.trace.tags': ['a', 'beta'],
      'confident.trace.metadata': '{"plan":"pro"}',
      'confident.trace.environment': 'test',
    });
    for (const [key, value] of trace) {
      const type = types[key] ?? '';
      expect([key, type.startsWith('string[]') ? Array.isArray(value) : typeof value === 'string']).toEqual([
        key,
        true,
      ]);
      if (type.startsWith('JSON')) expect(JSON.parse(String(value))).toEqual({ plan: 'pro' });
    }
  });
});

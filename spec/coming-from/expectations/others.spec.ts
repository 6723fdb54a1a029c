import { SpanKind } from '@opentelemetry/api';
import { BatchSpanProcessor, InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { configure } from '../../../src/configure.js';
import {
  addSpanAttribute,
  agent,
  currentCall,
  observe,
  promptTemplate,
  span,
  tool,
  withOtel,
  withSession,
} from '../../../src/index.js';
import { differences, example, EXPECTATIONS, type ExpectedSpan } from '../../support/expectations.js';
import { exportedSpans } from '../../support/exported-spans.js';
import { withoutGlobals } from '../../support/without-globals.js';
import { loopback } from '../../support/loopback.js';
import { mirascopeV2, only } from '../../support/published-dialects.js';
import { describeWithShared } from '../../support/shared-folder.js';

const v2 = { dialects: [mirascopeV2('library')], dialect: 'mirascope-v2' };

describeWithShared(EXPECTATIONS, "Mirascope's published examples of v2", () => {
  it('mirascope2.model_call', async () => {
    const message = { role: 'assistant', content: 'Hello, Kai!' };
    const usage = { prompt_tokens: 25, completion_tokens: 5, total_tokens: 30 };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    const model = 'openai/gpt-4o-mini';
    const server = await loopback(() => ({
      body: { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model, choices, usage },
    }));
    const client = observe(new OpenAI({ baseURL: server.url, apiKey: 'any', maxRetries: 0 }));
    class Greeter {
      @withOtel()
      async greet(name: string): Promise<string | null | undefined> {
        const { choices: answers } = await client.chat.completions.create({
          model,
          messages: [
            { role: 'system', content: 'You are a concise assistant.' },
            { role: 'user', content: `Say hello to the user named ${name}.` },
          ],
        });
        return answers[0]?.message.content;
      }
    }
    const spans = await exportedSpans({ ...v2, spanNames: 'semconv' }, () => new Greeter().greet('Kai'));
    await server.close();
    const [expected] = example('mirascope2.model_call').spans as [ExpectedSpan];
    expect(spans.map((seen) => differences(seen, expected, spans))).toEqual([[]]);
  });

  it('mirascope2.trace', async () => {
    class Library {
      @span('Library.recommend')
      async recommend(genre: string): Promise<string> {
        return Promise.resolve(`A ${genre} book`);
      }
    }
    const spans = await exportedSpans(v2, () => new Library().recommend('fantasy'));
    const [expected] = example('mirascope2.trace').spans as [ExpectedSpan];
    expect(spans.map((seen) => differences(seen, { ...expected, name: 'Library.recommend' }, spans))).toEqual([[]]);
    expect(spans[0]?.attributes).toMatchObject({
      'mirascope.fn.qualname': 'Library.recommend',
      'mirascope.fn.is_async': true,
      'mirascope.trace.output': 'A fantasy book',
    });
  });
});

const funkyprompt = only({ name: 'funkyprompt', keys: [], scope: 'core.funkyprompt' });

class Interpreter {
  @span('vector_store_search')
  search(namespace: string, name: string): string[] {
    addSpanAttribute('store_name', `${namespace}/${name}`);
    return ['search_functions'];
  }

  @span('agent_invoke_function')
  invoke(functionName: string): string[] {
    addSpanAttribute('function_name', functionName);
    return this.search('default', 'function-registry');
  }

  @span('run_interpreter')
  async run(question: string): Promise<string[]> {
    currentCall().set('funky_session_id', 'fpr8CD8272BCD').set('question', question);
    return Promise.resolve(this.invoke('search_functions'));
  }
}

describeWithShared(EXPECTATIONS, "funkyprompt's published example", () => {
  it('funkyprompt.three_span_chain (row 43)', async () => {
    const exporter = new InMemorySpanExporter();
    const processors = [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 100_000 })];
    const telemetry = configure({
      dialects: [funkyprompt],
      dialect: 'funkyprompt',
      serviceName: 'funkyprompt',
      processors,
    });
    await new Interpreter().run('what function can you use for books');
    expect(exporter.getFinishedSpans()).toHaveLength(0);
    await telemetry.forceFlush();
    const spans = exporter.getFinishedSpans();
    await withoutGlobals(telemetry);
    const { exportOrder = [], spans: expected } = example('funkyprompt.three_span_chain');
    expect(spans.map(({ name }) => name)).toEqual(exportOrder);
    expect(new Set(spans.map((seen) => seen.spanContext().traceId)).size).toBe(1);
    expect(spans.map((seen) => seen.resource.attributes['service.name'])).toEqual(Array(3).fill('funkyprompt'));
    const scope = 'core.funkyprompt';
    const found = expected.flatMap((wanted) => {
      const seen = spans.find(({ name }) => name === wanted.name);
      return seen === undefined ? [`no span ${wanted.name}`] : differences(seen, { ...wanted, scope }, spans);
    });
    expect(found).toEqual([]);
  });
});

const PUBLISHED_BY_AUTOGEN = [
  'gen_ai.operation.name',
  'gen_ai.tool.name',
  'gen_ai.tool.description',
  'gen_ai.agent.name',
  'gen_ai.agent.description',
  'gen_ai.agent.id',
  'error.type',
];
const autogen = only({
  name: 'autogen',
  keys: PUBLISHED_BY_AUTOGEN,
  scope: 'autogen-core',
  kind: ({ operation }) => (operation?.endsWith('_agent') === true ? SpanKind.CLIENT : undefined),
});
const inAutogen = { dialects: [autogen], dialect: 'autogen' };
const attributes = { 'gen_ai.system': 'autogen' };

class Team {
  @tool({ name: 'weather', attributes })
  lookUp(city: string): string {
    if (city === '') throw new RangeError('no such city');
    return 'sunny';
  }

  @agent({ name: 'assistant', attributes })
  async run(task: string): Promise<string> {
    if (task === '') throw new RangeError('no task');
    return Promise.resolve('done');
  }

  @agent({ name: 'assistant', attributes })
  async *runStream(_task: string): AsyncGenerator<string> {
    yield await Promise.resolve('one');
    yield 'two';
  }
}

@agent({ name: 'assistant', attributes })
class Assistant {
  constructor(readonly task: string) {
    if (task === '') throw new RangeError('no task');
  }
}

describeWithShared(EXPECTATIONS, "AutoGen's published examples of agents and tools", () => {
  /** The example with the names of this spec in place of its own. */
  const expectedOf = (id: string): ExpectedSpan => {
    const text = JSON.stringify(example(id).spans[0])
      .replaceAll('{tool}', 'weather')
      .replaceAll('{agent}', 'assistant');
    return { ...(JSON.parse(text) as ExpectedSpan), scope: 'autogen-core' };
  };

  it.each<[string, (team: Team) => unknown, (team: Team) => unknown]>([
    ['autogen.tool', (team) => team.lookUp('Oslo'), (team) => team.lookUp('')],
    ['autogen.create_agent', () => new Assistant('sum up'), () => new Assistant('')],
    ['autogen.invoke_agent', (team) => team.run('sum up'), (team) => team.run('')],
  ])('%s', async (id, work, fail) => {
    const spans = await exportedSpans(inAutogen, () => work(new Team()));
    expect(spans.map((seen) => differences(seen, expectedOf(id), spans))).toEqual([[]]);
    const failed = await exportedSpans(inAutogen, async () => {
      await expect((async () => fail(new Team()))()).rejects.toThrow(RangeError);
    });
    const wanted = expectedOf(id);
    const expected = {
      ...wanted,
      status: 'ERROR',
      attributes: { ...wanted.attributes, 'error.type': 'RangeError' },
      eventsInOrder: [{ name: 'exception', attributes: {}, attributesMode: 'superset' as const }],
    };
    expect(failed.map((seen) => differences(seen, expected, failed))).toEqual([[]]);
    expect(failed[0]?.status.message).toMatch(/^no /);
  });

  it('autogen.invoke_agent, streamed: the span is open until the generator is exhausted', async () => {
    const exporter = new InMemorySpanExporter();
    const ended: string[] = [];
    const noting = new BatchSpanProcessor(exporter);
    const onEnd = (seen: ReadableSpan): void => void ended.push(seen.name);
    const processors = [
      { onStart: () => undefined, onEnd, forceFlush: () => noting.forceFlush(), shutdown: () => noting.shutdown() },
    ];
    const spans = await exportedSpans({ ...inAutogen, processors }, async () => {
      for await (const piece of new Team().runStream('sum up')) expect([piece, ended]).toEqual([piece, []]);
    });
    expect(spans.map((seen) => differences(seen, expectedOf('autogen.invoke_agent'), spans))).toEqual([[]]);
  });
});

describeWithShared(EXPECTATIONS, "Langfuse's published example", () => {
  it('langfuse.session', async () => {
    class Cookbook {
      @span({ name: 'AutoGen-Trace', content: false })
      @promptTemplate({ name: 'test-1', template: 'What is {subject}?' })
      start(subject: string): string {
        return subject;
      }
    }
    const session = { id: '123456789', userId: 'user-123', tags: ['semantic-kernel', 'demo'] };
    const spans = await exportedSpans({ dialect: 'langfuse' }, () =>
      withSession(session, () => new Cookbook().start('Langfuse')),
    );
    const { spans: published, modernKeys = {} } = example('langfuse.session');
    const [wanted] = published as [ExpectedSpan];
    const modern = (key: string): string => (modernKeys[key]?.startsWith('langfuse.') === true ? modernKeys[key] : key);
    const renamed = Object.entries(wanted.attributes).map(([key, value]) => [modern(key), value]);
    const expected = { ...wanted, attributes: Object.fromEntries(renamed) as ExpectedSpan['attributes'] };
    // The version of a prompt that has no number: Langfuse links prompts by numbers.
    const isVersion = (key: string): boolean => key === 'langfuse.observation.metadata.prompt_version';
    expect(spans.map((seen) => differences(seen, expected, spans, isVersion))).toEqual([[]]);
  });
});

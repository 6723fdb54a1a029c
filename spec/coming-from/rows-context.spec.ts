/** Sessions and context as users of other systems expect them; each spec is the end-to-end check of the row that it names. */
import '../support/exporter-in-jest.js';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, trace } from '@opentelemetry/api';
import { configure, otlp, type ConfigureOptions, type DecotelHandle } from '../../src/configure.js';
import {
  addSpanAttribute,
  agent,
  fromHeaders,
  promptTemplate,
  promptText,
  sessionHeaders,
  span,
  tool,
  withOtel,
  withSession,
} from '../../src/index.js';
import { otlpReceiver, type OtlpReceiver, type OtlpSpan } from '../support/otlp-receiver.js';
import { openAiCompletion } from '../support/wire.js';

const DIALECTS = ['gen-ai', 'langfuse', 'confident'] as const;
type Vocabulary = (typeof DIALECTS)[number];

let receivers: Record<Vocabulary, OtlpReceiver>;
let telemetry: DecotelHandle;

async function start(options: Partial<ConfigureOptions> = {}): Promise<void> {
  const [genAi, langfuse, confident] = await Promise.all([otlpReceiver(), otlpReceiver(), otlpReceiver()]);
  receivers = { 'gen-ai': genAi, langfuse, confident };
  telemetry = configure({
    processors: DIALECTS.map((dialect) => otlp({ url: receivers[dialect].url, dialect })),
    ...options,
  });
}
afterEach(async () => {
  await telemetry.shutdown();
  await Promise.all(Object.values(receivers).map((receiver) => receiver.close()));
  for (const api of [trace, context, propagation]) api.disable();
});

const sent = async (dialect: Vocabulary = 'gen-ai'): Promise<readonly OtlpSpan[]> => {
  await telemetry.forceFlush();
  return receivers[dialect].spans;
};
const named = (spans: readonly OtlpSpan[], name: string): OtlpSpan[] => spans.filter((each) => each.name === name);
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

class Librarian {
  @withOtel
  @promptTemplate({ template: 'Recommend a {genre} book', name: 'recommend', version: '3' })
  async recommend(genre: string) {
    promptText({ genre });
    await pause();
    this.lookUp('9780441013593');
    return openAiCompletion('The private answer');
  }

  @tool
  lookUp(isbn: string): string {
    const store = (): void => addSpanAttribute('store_name', 'default/books');
    store();
    return `private shelf of ${isbn}`;
  }

  @agent({ tags: ['agent'] })
  async answer(genres: string[]): Promise<number> {
    await pause();
    const answers = await Promise.all(genres.map((genre) => this.recommend(genre)));
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        this.lookUp('timer');
        resolve();
      }, 1);
    });
    return answers.length;
  }
}
const librarian = new Librarian();

it('row 13: agent, model and tool nest over awaits, Promise.all and timers; siblings are not chained', async () => {
  await start();
  await librarian.answer(['crime', 'poetry']);
  const spans = await sent();
  const [root] = named(spans, 'invoke_agent answer');
  const models = named(spans, 'recommend');
  const tools = named(spans, 'execute_tool lookUp');
  expect([root?.parentSpanId, spans.length, new Set(spans.map((each) => each.traceId)).size]).toEqual([
    undefined,
    6,
    1,
  ]);
  expect(models.map((each) => each.parentSpanId)).toEqual([root?.spanId, root?.spanId]);
  const expected = [...models.map((each) => each.spanId), root?.spanId];
  expect(tools.map((each) => each.parentSpanId).sort()).toEqual(expected.sort());
});

const SESSION = {
  id: 's1',
  userId: 'u1',
  name: 'Recommendations',
  tags: ['beta'],
  metadata: { plan: 'pro' },
  environment: 'staging',
};
const VOCABULARIES: Record<Vocabulary, { session: Record<string, unknown>; tags: string }> = {
  'gen-ai': {
    session: {
      'session.id': 's1',
      'user.id': 'u1',
      'decotel.session.name': 'Recommendations',
      'decotel.metadata.plan': 'pro',
      'deployment.environment.name': 'staging',
    },
    tags: 'decotel.tags',
  },
  langfuse: {
    session: {
      'langfuse.session.id': 's1',
      'langfuse.user.id': 'u1',
      'langfuse.trace.name': 'Recommendations',
      'langfuse.trace.metadata.plan': 'pro',
      'langfuse.environment': 'staging',
    },
    tags: 'langfuse.trace.tags',
  },
  confident: {
    session: {
      'confident.trace.thread_id': 's1',
      'confident.trace.user_id': 'u1',
      'confident.trace.name': 'Recommendations',
      'confident.trace.metadata': '{"plan":"pro"}',
      'confident.trace.environment': 'staging',
    },
    tags: 'confident.trace.tags',
  },
};

it('row 16: tags given once are each vocabulary’s tags', async () => {
  await start();
  await withSession({ tags: ['beta'] }, () => librarian.answer(['crime']));
  for (const dialect of DIALECTS) {
    const spans = await sent(dialect);
    const { tags } = VOCABULARIES[dialect];
    expect(spans.map(({ attributes }) => attributes[tags])).toEqual(
      spans.map(({ name }) => (name === 'invoke_agent answer' ? ['beta', 'agent'] : ['beta'])),
    );
  }
});

it('row 29: what is said once of a trace is on all its spans, in the three vocabularies', async () => {
  await start();
  await withSession(SESSION, () => librarian.answer(['crime', 'poetry']));
  for (const dialect of DIALECTS) {
    const spans = await sent(dialect);
    expect(spans).toHaveLength(6);
    for (const each of spans) expect(each.attributes).toMatchObject(VOCABULARIES[dialect].session);
  }
});

it('row 18: nested sessions override, the id is on every span, and a header round trip keeps it', async () => {
  await start();
  const server = createServer((request, response) => {
    void fromHeaders(request.headers, async () => {
      await librarian.recommend('crime');
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ask = span('ask')(async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await (await fetch(url, { headers: sessionHeaders() })).text();
  });
  await withSession({ id: 'outer', userId: 'u1' }, async () => {
    librarian.lookUp('1');
    await withSession({ id: 'inner' }, ask);
  });
  server.close();
  const spans = await sent();
  expect(spans.map(({ name, attributes }) => [name, attributes['session.id'], attributes['user.id']])).toEqual([
    ['execute_tool lookUp', 'outer', 'u1'],
    ['execute_tool lookUp', 'inner', 'u1'],
    ['recommend', 'inner', 'u1'],
    ['ask', 'inner', 'u1'],
  ]);
  const [asked] = named(spans, 'ask');
  const [answered] = named(spans, 'recommend');
  expect([answered?.traceId, answered?.parentSpanId]).toEqual([asked?.traceId, asked?.spanId]);
});

it('row 39: a prompt with a name and a number as its version is linked in Langfuse and Confident', async () => {
  await start();
  await librarian.recommend('crime');
  const attributes = async (dialect: Vocabulary) => named(await sent(dialect), 'recommend')[0]?.attributes;
  expect(await attributes('gen-ai')).toMatchObject({
    'gen_ai.prompt.name': 'recommend',
    'gen_ai.prompt.version': '3',
  });
  expect(await attributes('langfuse')).toMatchObject({
    'langfuse.observation.prompt.name': 'recommend',
    'langfuse.observation.prompt.version': 3,
  });
  expect(await attributes('confident')).toMatchObject({
    'confident.span.prompt_alias': 'recommend',
    'confident.span.prompt_version': '3',
  });
});

it.each([
  ['configure', { content: false }, undefined],
  ['a session', {}, { content: false }],
] as const)('row 40: switched off by %s, no content is in the bytes that arrive', async (_, options, session) => {
  await start(options);
  await withSession({ ...session, id: 'conversation-1' }, () => librarian.answer(['fantasy']));
  await telemetry.forceFlush();
  for (const dialect of DIALECTS) {
    const bytes = JSON.stringify(receivers[dialect].spans, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(bytes).toContain('conversation-1');
    expect(bytes).not.toMatch(/private|fantasy|9780441013593|\{genre\}/);
  }
});

it('row 44: addSpanAttribute hits the innermost span at any depth, and nothing outside', async () => {
  await start();
  addSpanAttribute('store_name', 'lost');
  await librarian.answer(['crime']);
  const spans = await sent();
  expect(spans.map(({ name, attributes }) => [name, attributes['store_name']])).toEqual([
    ['execute_tool lookUp', 'default/books'],
    ['recommend', undefined],
    ['execute_tool lookUp', 'default/books'],
    ['invoke_agent answer', undefined],
  ]);
});

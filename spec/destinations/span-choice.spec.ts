import { context, diag, ROOT_CONTEXT, trace, TraceFlags, type Attributes, type Span } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { consoleJson, consoleTree, exclude, type ChoiceOptions } from '../../src/configure.js';
import { collectUntil } from '../support/collect.js';
import { diagLines } from '../support/diag-lines.js';

interface Printed {
  name: string;
  context: { span_id: string };
  parent_id: string | null;
}

/** Spans of several scopes of a real SDK, and what a destination with `options` takes of them. */
const setUp = (options: ChoiceOptions) => {
  const printed: Printed[] = [];
  const destination = consoleJson({ ...options, write: (text) => void printed.push(JSON.parse(text) as Printed) });
  return { ...spansInto(destination), tree: () => linksOf(printed) };
};

const spansInto = (processor: ReturnType<typeof consoleJson>) => {
  const provider = new BasicTracerProvider({
    spanProcessors: [processor],
    sampler: {
      shouldSample: (_context, _traceId, name) => ({
        decision: name.startsWith('recorded') ? SamplingDecision.RECORD : SamplingDecision.RECORD_AND_SAMPLED,
      }),
      toString: () => 'by name',
    },
  });
  const start = (name: string, parent?: Span, attributes?: Attributes, scope = 'http'): Span =>
    provider
      .getTracer(scope)
      .startSpan(name, { attributes }, parent === undefined ? ROOT_CONTEXT : trace.setSpan(context.active(), parent));
  return { start, ours: (name: string, parent?: Span) => start(name, parent, {}, 'decotel') };
};

/** `name < name of its parent`, in the order of their ends. */
const linksOf = (printed: readonly Printed[]): string[] => {
  const names = new Map(printed.map((span) => [span.context.span_id, span.name]));
  return printed.map(({ name, parent_id: parent }) =>
    parent === null ? name : `${name} < ${names.get(parent) ?? parent}`,
  );
};

const endAll = (...spans: Span[]): void => spans.forEach((span) => span.end());

afterEach(() => diag.disable());

describe("a destination with spans: 'llm'", () => {
  it("takes decotel's spans and those of others that say so, and no other", () => {
    const { start, ours, tree } = setUp({ spans: 'llm' });
    endAll(
      ours('ours'),
      start('chat', undefined, { 'gen_ai.operation.name': 'chat' }),
      start('span of OpenInference', undefined, { 'openinference.span.kind': 'LLM' }),
      start('ai.generateText', undefined, {}, 'ai'),
      start('instrumented', undefined, {}, '@opentelemetry/instrumentation-openai'),
      start('GET', undefined, { 'http.request.method': 'GET' }),
      start('aim', undefined, { 'general.key': 1 }, 'aim'),
    );
    expect(tree()).toEqual(['ours', 'chat', 'span of OpenInference', 'ai.generateText', 'instrumented']);
  });

  it('hangs a span below its nearest ancestor that is taken, in whatever order they end', () => {
    const { start, ours, tree } = setUp({ spans: 'llm' });
    const server = start('POST /ask');
    const agent = ours('agent', server);
    const wait = start('wait', agent);
    const http = start('GET', wait);
    const tool = ours('tool', http);
    const inner = ours('inner', tool);
    endAll(wait, agent, inner, tool, http, server);
    expect(tree()).toEqual(['agent', 'inner < tool', 'tool < agent']);
  });

  it('knows the ancestors of a span that starts after they have ended', () => {
    const { start, ours, tree } = setUp({ spans: 'llm' });
    const agent = ours('agent');
    const http = start('GET', agent);
    const timer = start('timer', http);
    endAll(http, timer, agent);
    endAll(ours('late', timer), ours('later', agent));
    expect(tree()).toEqual(['agent', 'late < agent', 'later < agent']);
  });

  it('takes a span that becomes one after its start, with what ends below it from then on', () => {
    const { start, ours, tree } = setUp({ spans: 'llm' });
    const agent = ours('agent');
    const late = start('chat', agent);
    ours('before', late).end();
    const after = ours('after', late);
    late.setAttribute('gen_ai.operation.name', 'chat');
    endAll(after, late, agent);
    expect(tree()).toEqual(['before < agent', 'after < chat', 'chat < agent', 'agent']);
  });

  it('passes over ancestors that are not sampled, and has no parent where none is known to be exported', () => {
    const { start, ours, tree } = setUp({ spans: 'llm' });
    const agent = ours('agent');
    const recorded = ours('recorded only', agent);
    const below = ours('below', recorded);
    endAll(below, recorded, agent);
    const unsampled = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 });
    endAll(ours('root', unsampled));
    const unseen = { traceId: 'a'.repeat(32), spanId: 'c'.repeat(16), traceFlags: TraceFlags.SAMPLED };
    endAll(ours('below a span of another provider', trace.wrapSpanContext(unseen)));
    const remote = trace.wrapSpanContext({ ...unseen, isRemote: true });
    const server = start('POST /ask', remote);
    endAll(ours('of another process', server), server);
    expect(tree()).toEqual([
      'below < agent',
      'agent',
      'root',
      'below a span of another provider',
      `of another process < 0x${'c'.repeat(16)}`,
    ]);
  });

  it('forgets the oldest of many ended spans, and never one that is open', () => {
    const { start, ours, tree } = setUp({ spans: 'llm' });
    const agent = ours('agent');
    const first = start('first', agent);
    first.end();
    for (let count = 0; count < 9_998; count++) start('GET').end();
    ours('known', first).end();
    for (let count = 0; count < 10_000; count++) start('GET').end();
    endAll(ours('no longer known', first), ours('below an open one', agent), agent);
    expect(tree()).toEqual(['known < agent', 'no longer known', 'below an open one < agent', 'agent']);
  });

  it.each(['decotel', 'http'])(
    'keeps no chain of spans of %s that each start the next one after their end',
    async (scope) => {
      const { start } = spansInto(consoleJson({ spans: 'llm', write: () => undefined }));
      const next = (parent?: Span): Span => {
        parent?.end();
        return start('next', parent, {}, scope);
      };
      let forgotten = 0;
      const early = new FinalizationRegistry(() => forgotten++);
      let last = next();
      for (let count = 0; count < 20_000; count++) {
        last = next(last);
        if (count < 100) early.register(last.spanContext(), count);
      }
      await collectUntil(() => forgotten === 100, 3000);
      expect([forgotten, early.unregister(last)]).toEqual([100, false]);
      last.end();
    },
  );

  it('prints a tree without the spans between', () => {
    let printed = '';
    const tree = consoleTree({ spans: 'llm', write: (text) => (printed += text) });
    const { start, ours } = spansInto(tree);
    const server = start('POST /ask');
    const agent = ours('agent', server);
    const http = start('GET', agent);
    endAll(ours('tool', http), http, agent, server);
    expect(printed.replace(/ +[\d.]+ m?s/g, '')).toMatch(/^trace [0-9a-f]{32}\nagent\n└─ tool\n\n$/);
  });
});

describe('the option spans', () => {
  it('may be a function; one that throws leaves the span out and is reported once', () => {
    const lines = diagLines();
    const { start, tree } = setUp({
      spans: ({ name }) => {
        if (name === 'broken') throw new Error('broken');
        return name !== 'GET';
      },
    });
    const root = start('root');
    const get = start('GET', root);
    endAll(start('below', get), get, start('broken', root), root);
    expect(tree()).toEqual(['below < root', 'root']);
    expect(lines.matching(/^error decotel: the choice of spans failed/)).toHaveLength(1);
  });

  it("leaves parents as they are where it is 'all'", () => {
    const { ours, tree } = setUp({});
    const unseen = { traceId: 'a'.repeat(32), spanId: 'c'.repeat(16), traceFlags: TraceFlags.SAMPLED };
    ours('ours', trace.wrapSpanContext(unseen)).end();
    expect(tree()).toEqual([`ours < 0x${'c'.repeat(16)}`]);
  });
});

describe('the option scopes', () => {
  const take = (scopes: ChoiceOptions['scopes']): string[] => {
    const { start, tree } = setUp({ scopes });
    const root = start('root', undefined, {}, 'app');
    const runtime = start('runtime', root, {}, 'autogen SingleThreadedAgentRuntime');
    const agent = start('agent', runtime, {}, 'autogen-core');
    endAll(agent, runtime, root);
    return tree();
  };

  it('leaves scopes out by name or by how they start', () => {
    expect(take({ exclude: ['autogen SingleThreadedAgentRuntime'] })).toEqual(['agent < root', 'root']);
    expect(take({ exclude: ['autogen*'] })).toEqual(['root']);
  });

  it('takes only some', () => {
    expect(take({ only: ['autogen-core', 'app'] })).toEqual(['agent < root', 'root']);
  });

  it.each([
    [{ spans: 'ai' }, /consoleJson\(\): spans: expected "all", "llm" or a function, got "ai"\./],
    [
      { scopes: ['a'] },
      /consoleJson\(\): scopes: expected an object, either \{ only \} or \{ exclude \}, got an array\./,
    ],
    [{ scopes: { only: 'a' } }, /consoleJson\(\): scopes: only: expected an array of scope names, got "a"\./],
    [{ scopes: {} }, /consoleJson\(\): scopes: expected an object, either/],
    [{ dialect: 'klingon' }, /consoleJson\(\): dialect: expected one of .*'gen-ai'.*, got 'klingon'\./],
  ])('like the others is checked: %j', (options, message) => {
    expect(() => consoleJson(options as object)).toThrow(message);
  });
});

describe('exclude', () => {
  const excluding = () => {
    const exporter = new InMemorySpanExporter();
    const inner = new SimpleSpanProcessor(exporter);
    const started: string[] = [];
    inner.onStart = (span: { name: string }) => void started.push(span.name);
    const provider = new BasicTracerProvider({ spanProcessors: [exclude(inner, 'llm')] });
    const start = (name: string, scope: string, parent?: Span): Span =>
      provider
        .getTracer(scope)
        .startSpan(name, {}, parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent));
    return { exporter, started, start };
  };

  it('keeps LLM spans out of a processor, and what is below them in the tree', () => {
    const { exporter, started, start } = excluding();
    const server = start('POST /ask', 'http');
    const agent = start('agent', 'decotel', server);
    const get = start('GET', 'http', agent);
    const late = start('chat', 'http', server);
    late.setAttribute('gen_ai.operation.name', 'chat');
    endAll(get, agent, late, server);
    const spans = exporter.getFinishedSpans();
    expect(spans.map((span) => span.name)).toEqual(['GET', 'POST /ask']);
    expect(spans[0]?.parentSpanContext?.spanId).toBe(server.spanContext().spanId);
    expect(started).toEqual(['POST /ask', 'GET', 'chat']);
  });

  it('lets a processor mask what it gets', () => {
    const { exporter, start } = excluding();
    const agent = start('agent', 'decotel');
    const get = start('GET', 'http', agent);
    get.setAttribute('url.full', 'secret');
    get.end();
    const [span] = exporter.getFinishedSpans();
    (span as { attributes: Attributes }).attributes = { 'url.full': '***' };
    Object.assign(span as object, { name: 'renamed' });
    expect([span?.name, span?.attributes, (get as unknown as { name: string }).name]).toEqual([
      'renamed',
      { 'url.full': '***' },
      'renamed',
    ]);
  });

  it.each([
    [() => exclude({} as never, 'llm'), 'exclude(): expected a span processor, got an object.'],
    [() => exclude(consoleTree(), 'all' as never), 'exclude(): spans: expected "llm", got "all".'],
  ])('refuses what it cannot do', (attempt, message) => {
    expect(attempt).toThrow(message);
  });
});

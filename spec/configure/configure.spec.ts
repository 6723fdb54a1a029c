import { context, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { configure, consoleJson, type DecotelHandle } from '../../src/configure.js';
import { registeredProvider } from '../../src/spans/tracer.js';
import { cleanProcess, nextTurn } from '../support/clean-process.js';
import { throughEngine } from '../support/decorated.js';
import { diagLines } from '../support/diag-lines.js';

const ask = throughEngine(function ask(question: string) {
  return `answer to ${question}`;
});
const outer = throughEngine(async function outer() {
  await nextTurn();
  return ask('inner');
});

const memory = () => {
  const exporter = new InMemorySpanExporter();
  return { exporter, processor: new SimpleSpanProcessor(exporter), spans: () => exporter.getFinishedSpans() };
};

/** An application's own SDK, as a NodeSDK sets it up. */
const startApplication = (over: ConstructorParameters<typeof BasicTracerProvider>[0] = {}) => {
  const { processor, spans } = memory();
  const provider = new BasicTracerProvider({ spanProcessors: [processor], ...over });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  return { provider, spans };
};

const content = ({ attributes }: ReadableSpan) => [attributes['decotel.arguments'], attributes['decotel.result']];
const CONTENT = ['{"question":"why"}', '"answer to why"'];

const handles: DecotelHandle[] = [];
const configured: typeof configure = (options) => {
  const handle = configure(options);
  handles.push(handle);
  return handle;
};

afterEach(() => cleanProcess(...handles.splice(0)));

describe('configure without a registered provider', () => {
  it('registers one with its resource, a context manager and the W3C propagators', async () => {
    const { processor, spans } = memory();
    const handle = configured({
      serviceName: 'library',
      serviceVersion: '1.2.3',
      environment: 'test',
      resource: { 'host.name': 'h' },
      processors: [processor],
    });
    await outer();
    expect(spans().map((span) => span.name)).toEqual(['ask', 'outer']);
    const [inner, root] = spans();
    expect(inner?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(root?.resource.attributes).toMatchObject({
      'service.name': 'library',
      'service.version': '1.2.3',
      'deployment.environment.name': 'test',
      'host.name': 'h',
      'telemetry.sdk.language': 'nodejs',
    });
    expect(propagation.fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
    expect(handle.stats()).toEqual({ mode: 'own', openCalls: 0, destinations: [] });
  });

  it('decides at the first span, or on the next turn of the event loop', async () => {
    const handle = configured({ processors: [] });
    expect(handle.stats().mode).toBe('undecided');
    expect(registeredProvider()).toBeUndefined();
    await nextTurn();
    expect(handle.stats().mode).toBe('own');
    await handle.shutdown();
    const other = configured({ processors: [] });
    ask('why');
    expect(other.stats().mode).toBe('own');
  });

  it('gives spans with content to every processor, one object to all', () => {
    const first = memory();
    let printed = '';
    configured({
      processors: [
        {
          onStart: () => undefined,
          onEnd: (span) => void (span.attributes['decotel.arguments'] = '[masked]'),
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
        first.processor,
        consoleJson({ write: (text) => (printed = text) }),
      ],
    });
    ask('why');
    expect(first.spans().map(content)).toEqual([['[masked]', CONTENT[1]]]);
    expect(printed).toContain('[masked]');
    expect(printed).not.toContain('"question');
  });

  it('samples by its sampler', () => {
    const { processor, spans } = memory();
    configured({ processors: [processor], sampler: new AlwaysOffSampler() });
    ask('why');
    expect(spans()).toEqual([]);
  });

  it('hands spans of others on as well, and gives a tracer for some of one’s own', () => {
    const { processor, spans } = memory();
    const handle = configured({ processors: [processor] });
    handle.tracer.startActiveSpan('mine', (span) => {
      trace.getTracer('http').startSpan('GET').end();
      span.end();
    });
    handle.tracer.startSpan('other').end();
    expect(spans().map((span) => [span.name, span.instrumentationScope.name])).toEqual([
      ['GET', 'http'],
      ['mine', 'decotel'],
      ['other', 'decotel'],
    ]);
    expect(spans()[0]?.parentSpanContext?.spanId).toBe(spans()[1]?.spanContext().spanId);
  });

  it('leaves a context manager and propagators of the application alone', async () => {
    const manager = new AsyncLocalStorageContextManager();
    const disabled = jest.spyOn(manager, 'disable');
    context.setGlobalContextManager(manager);
    const fields = ['x-mine'];
    propagation.setGlobalPropagator({ inject: () => undefined, extract: (given) => given, fields: () => fields });
    const handle = configured({ processors: [] });
    ask('why');
    await handle.shutdown();
    expect(disabled).not.toHaveBeenCalled();
    expect(propagation.fields()).toBe(fields);
  });
});

describe('configure in an application with its own provider', () => {
  it.each(['before', 'after'])('joins it when it is started %s configure, and registers nothing', async (order) => {
    const mine = memory();
    const registered = jest.spyOn(trace, 'setGlobalTracerProvider');
    const application = order === 'before' ? startApplication() : undefined;
    const handle = configured({ processors: [mine.processor] });
    const { provider, spans } = application ?? startApplication();
    ask('why');
    expect(registeredProvider()).toBe(provider);
    expect(registered).toHaveBeenCalledTimes(1);
    expect(propagation.fields()).toEqual([]);
    expect(handle.stats().mode).toBe('joined');
    expect([spans().length, mine.spans().length]).toEqual([1, 1]);
    await handle.shutdown();
    expect(registeredProvider()).toBe(provider);
    registered.mockRestore();
  });

  it('gives its own spans with content to its processors, and none to the application’s exporter', () => {
    const { spans } = startApplication();
    const mine = memory();
    let printed = '';
    configured({ processors: [mine.processor, consoleJson({ write: (text) => (printed = text) })] });
    ask('why');
    trace.getTracer('http').startSpan('GET').end();
    expect(spans().map((span) => [span.name, ...content(span)])).toEqual([
      ['ask', undefined, undefined],
      ['GET', undefined, undefined],
    ]);
    expect(spans()[0]?.attributes).toEqual({ 'code.function.name': 'Spec.ask', 'decotel.outcome': 'completed' });
    expect(mine.spans().map((span) => [span.name, ...content(span)])).toEqual([['ask', ...CONTENT]]);
    expect(JSON.parse(printed).attributes['decotel.result']).toBe(CONTENT[1]);
  });

  it('puts content on the span itself where it was asked for in so many words', () => {
    const { spans } = startApplication();
    configured({ content: true });
    ask('why');
    expect(spans().map(content)).toEqual([CONTENT]);
  });

  it('keeps what the application masks on a span from its own destination behind it', () => {
    let printed = '';
    const masking = {
      onStart: () => undefined,
      onEnd: (span: ReadableSpan) => void (span.attributes['decotel.arguments'] = '[masked]'),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    startApplication({ spanProcessors: [masking, consoleJson({ write: (text) => (printed = text) })] });
    configured({ content: true });
    ask('why');
    expect(JSON.parse(printed).attributes).toMatchObject({
      'decotel.arguments': '[masked]',
      'decotel.result': CONTENT[1],
    });
  });

  it('lets a destination in the application’s own provider find the content', () => {
    let printed = '';
    startApplication({ spanProcessors: [consoleJson({ write: (text) => (printed = text) })] });
    ask('why');
    expect(JSON.parse(printed).attributes['decotel.result']).toBe(CONTENT[1]);
  });

  it('says in one line what it does, and which options have no effect', async () => {
    const diag = diagLines();
    startApplication();
    configured({ serviceName: 'library', sampler: new AlwaysOffSampler(), processors: [memory().processor] });
    await nextTurn();
    expect(diag.lines).toEqual([
      'info decotel: spans go through the tracer provider that is registered, which samples and exports them by its ' +
        'own rules; decotel hands its own spans to its processors (1) as well; no effect here: serviceName, sampler',
    ]);
  });

  it('adds no default destinations: the application decides where its spans go', async () => {
    startApplication();
    const handle = configured();
    await nextTurn();
    expect(handle.stats().destinations).toEqual([]);
  });

  it('reports a missing context manager once, with the remedy', async () => {
    const diag = diagLines();
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    for (let times = 0; times < 2; times++) {
      const handle = configured({ processors: [] });
      await nextTurn();
      await handle.shutdown();
    }
    expect(diag.matching(/no context manager.*setGlobalContextManager/)).toHaveLength(1);
  });

  it('survives a processor that throws, and flushes the provider it joined', async () => {
    const { provider, spans } = startApplication();
    const flushed = jest.spyOn(provider, 'forceFlush');
    const fail = () => {
      throw new Error('processor');
    };
    const handle = configured({
      processors: [{ onStart: fail, onEnd: fail, forceFlush: fail, shutdown: () => Promise.reject(new Error('down')) }],
    });
    expect(ask('why')).toBe('answer to why');
    await handle.forceFlush();
    expect(flushed).toHaveBeenCalledTimes(1);
    await handle.shutdown();
    expect(spans()).toHaveLength(1);
  });
});

describe('configure with a provider of its own choice', () => {
  it('uses tracerProvider and touches nothing global', () => {
    const registered = jest.spyOn(trace, 'setGlobalTracerProvider');
    const theirs = memory();
    const mine = memory();
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [theirs.processor] });
    const handle = configured({ tracerProvider, processors: [mine.processor] });
    ask('why');
    expect(theirs.spans().map(content)).toEqual([[undefined, undefined]]);
    expect(mine.spans().map(content)).toEqual([CONTENT]);
    expect(registered).not.toHaveBeenCalled();
    expect(registeredProvider()).toBeUndefined();
    expect(handle.stats().mode).toBe('given');
    registered.mockRestore();
  });

  it('isolates its spans from a provider that samples them away, keeping the trace', () => {
    const { spans, provider } = startApplication({ sampler: new AlwaysOffSampler() });
    const mine = memory();
    const handle = configured({ mode: 'isolated', processors: [mine.processor] });
    const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.NONE };
    context.with(trace.setSpanContext(ROOT_CONTEXT, remote), () => ask('why'));
    expect(spans()).toEqual([]);
    expect(mine.spans().map(content)).toEqual([CONTENT]);
    expect(mine.spans()[0]?.spanContext().traceId).toBe(remote.traceId);
    expect(mine.spans()[0]?.parentSpanContext?.spanId).toBe(remote.spanId);
    expect(registeredProvider()).toBe(provider);
    expect(handle.stats().mode).toBe('isolated');
  });
});

describe('the content', () => {
  it.each([
    [{ content: false }, undefined, [undefined, undefined]],
    [{ content: { input: false } }, undefined, [undefined, CONTENT[1]]],
    [{ content: true }, 'false', [undefined, undefined]],
    [{ content: { output: false } }, 'true', [CONTENT[0], undefined]],
    [{}, 'no_content', [undefined, undefined]],
  ])('of %j with the variable %s is the strictest of both', (options, variable, expected) => {
    if (variable !== undefined) process.env['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'] = variable;
    const { processor, spans } = memory();
    configured({ ...options, processors: [processor] });
    ask('why');
    expect(spans().map(content)).toEqual([expected]);
  });

  it('goes onto spans of a joined provider where the environment asks for it', () => {
    process.env['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'] = 'true';
    const { spans } = startApplication();
    configured();
    ask('why');
    expect(spans().map(content)).toEqual([CONTENT]);
  });

  it('is masked and cut as the options say', () => {
    const { processor, spans } = memory();
    configured({
      processors: [processor],
      redact: [/\b\d{16}\b/, /SECRET/iy, /code \d/g, (text) => text.replace('Ann', 'X')],
      limits: { valueBytes: 200 },
    });
    ask(`Ann 1234567890123456 code 1 code 2 6543210987654321 secret Secret ${'long '.repeat(100)}`);
    expect(spans()[0]?.attributes['decotel.arguments']).toMatch(
      /^\{"question":"X (?:\[masked\] ){6}long .{0,140}…\[truncated\]"\}$/,
    );
  });
});

describe('configure called again', () => {
  it('says so and returns the first handle', () => {
    const diag = diagLines();
    const first = configured({ processors: [] });
    expect(configure({ content: false })).toBe(first);
    expect(diag.matching(/^warn decotel: configure\(\) was called again/)).toHaveLength(1);
  });

  it('starts anew after a shutdown, with nothing left of the first', async () => {
    const first = memory();
    const handle = configured({ processors: [first.processor], content: false, redact: [/why/] });
    ask('why');
    await handle.shutdown();
    expect(registeredProvider()).toBeUndefined();
    expect(propagation.fields()).toEqual([]);
    ask('nobody');
    const second = memory();
    configured({ processors: [second.processor] });
    await outer();
    ask('why');
    expect(first.exporter.getFinishedSpans()).toEqual([]);
    expect(second.spans().map((span) => span.name)).toEqual(['ask', 'outer', 'ask']);
    expect(content(second.spans()[2] as ReadableSpan)).toEqual(CONTENT);
    expect(second.spans()[0]?.parentSpanContext?.spanId).toBe(second.spans()[1]?.spanContext().spanId);
  });

  it('may follow at once, while the first still sends', async () => {
    const first = configured({ processors: [] });
    const stopped = first.shutdown();
    const second = memory();
    const handle = configured({ processors: [second.processor] });
    ask('why');
    await stopped;
    await first.shutdown();
    ask('again');
    expect(handle.stats().mode).toBe('own');
    expect(second.spans()).toHaveLength(2);
  });

  it('takes nothing back that someone else has registered meanwhile', async () => {
    const handle = configured({ processors: [] });
    await nextTurn();
    trace.disable();
    const { provider } = startApplication();
    await handle.shutdown();
    expect(registeredProvider()).toBe(provider);
  });
});

describe('shutdown', () => {
  it('ends open calls, flushes and shuts down, once', async () => {
    const { processor, spans } = memory();
    const shutdown = jest.spyOn(processor, 'shutdown');
    const ended: string[] = [];
    const handle = configured({ processors: [processor, { ...quiet, onEnd: (span) => void ended.push(span.name) }] });
    const pending = throughEngine(function pending() {
      return new Promise(() => undefined);
    });
    void pending();
    expect(handle.stats().openCalls).toBe(1);
    await Promise.all([handle.shutdown(), handle.shutdown(), handle[Symbol.asyncDispose]()]);
    expect(ended).toEqual(['pending']);
    expect(shutdown).toHaveBeenCalledTimes(1);
    expect(spans()).toEqual([]);
  });

  it('never rejects, and resolves in time', async () => {
    const diag = diagLines();
    const never = () => new Promise<void>(() => undefined);
    const handle = configured({
      processors: [
        { ...quiet, forceFlush: never, shutdown: never },
        { ...quiet, forceFlush: () => Promise.reject(new Error('flush')) },
      ],
    });
    await nextTurn();
    await handle.forceFlush({ timeoutMs: 20 });
    await handle.shutdown({ timeoutMs: 20 });
    expect(diag.matching(/shutdown\(\) did not finish within 20 ms/)).toHaveLength(1);
    expect(diag.matching(/forceFlush\(\) failed/)).toHaveLength(1);
  });

  it('before anything was decided shuts down what it was given', async () => {
    const { processor } = memory();
    const shutdown = jest.spyOn(processor, 'shutdown');
    await configured({ processors: [processor] }).shutdown();
    expect(shutdown).toHaveBeenCalledTimes(1);
    await nextTurn();
    expect(registeredProvider()).toBeUndefined();
  });

  const quiet = {
    onStart: () => undefined,
    onEnd: (_: ReadableSpan): void => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
});

import { BatchSpanProcessor, ConsoleSpanExporter } from '@opentelemetry/sdk-trace-base';
import { configure, consoleTree, DecotelError, type ConfigureOptions } from '../../src/configure.js';
import { settings } from '../../src/core/settings.js';
import { readResponse, type Provider } from '../../src/providers/registry.js';
import { builtInDialects } from '../../src/dialects/registry.js';
import { cleanProcess } from '../support/clean-process.js';

const exporter = new ConsoleSpanExporter();

afterEach(() => cleanProcess());

describe('the options of configure', () => {
  it.each<[Record<string, unknown>, string]>([
    [
      { procesors: [] },
      'configure(): there is no option "procesors". The options are serviceName, serviceVersion, environment, resource, ' +
        'processors, content, redact, limits, dialect, dialects, spanNames, nativeSpans, baggage, sampler, tracerProvider, mode, enabled, ' +
        'exitSignals, waitUntil, providers.',
    ],
    [{ serviceName: '' }, 'configure(): serviceName: expected a text that is not empty, got "".'],
    [
      { processors: consoleTree() },
      'configure(): processors: expected an array of span processors and destinations, got an object. Put it into an array.',
    ],
    [
      { processors: [consoleTree(), exporter] },
      'configure(): processors: expected an array of span processors and destinations, got an array. ' +
        'processors[1] is an instance of ConsoleSpanExporter, an exporter: wrap it in new BatchSpanProcessor(…).',
    ],
    [
      { processors: [consoleTree] },
      'configure(): processors: expected an array of span processors and destinations, got an array. ' +
        'processors[0] is the function consoleTree: call it, or make an instance of it.',
    ],
    [
      { content: 'all' },
      'configure(): content: expected true, false or an object such as { input: false }, got "all".',
    ],
    [
      { content: { inputs: false } },
      'configure(): content: there is no option "inputs". The options are input, output, tools, retrieval.',
    ],
    [{ redact: ['secret'] }, 'configure(): redact: expected an array of patterns and functions, got an array.'],
    [{ limits: { valueBytes: -1 } }, 'configure(): limits: valueBytes: expected a number above 0, got -1.'],
    [
      { limits: { bytes: 1 } },
      'configure(): limits: there is no option "bytes". The options are valueBytes, depth, items, keys, idleMs.',
    ],
    [
      { dialect: 'opentracing' },
      `configure(): dialect: expected one of ${builtInDialects.map(({ name }) => `'${name}'`).join(', ')}, got 'opentracing'.`,
    ],
    [{ spanNames: 'model' }, 'configure(): spanNames: expected "method" or "semconv", got "model".'],
    [{ nativeSpans: 'both' }, 'configure(): nativeSpans: expected "ours" or "theirs", got "both".'],
    [{ sampler: 0.5 }, 'configure(): sampler: expected a sampler, got 0.5.'],
    [{ tracerProvider: {} }, 'configure(): tracerProvider: expected a tracer provider, got an object.'],
    [{ mode: 'join' }, 'configure(): mode: expected "auto" or "isolated", got "join".'],
    [{ enabled: 'false' }, 'configure(): enabled: expected true, false or { messaging: false }, got "false".'],
    [{ enabled: { tools: false } }, 'configure(): enabled: there is no option "tools". The options are messaging.'],
    [{ resource: { a: {} } }, 'configure(): resource: expected a Resource or an object of attributes, got an object.'],
    [{ providers: [{}] }, 'configure(): providers: expected an array of provider adapters, got an array.'],
    [
      { mode: 'isolated', tracerProvider: { getTracer: () => undefined } },
      "configure(): mode 'isolated' makes a provider of decotel's own, tracerProvider names another. Give one of them.",
    ],
  ])('refuse %j', (options, message) => {
    let thrown: unknown;
    try {
      configure(options as ConfigureOptions);
    } catch (error) {
      thrown = error;
    }
    expect(DecotelError.isDecotelError(thrown)).toBe(true);
    expect((thrown as Error).message).toBe(message);
  });

  it('refuse what is no object of options', () => {
    expect(() => configure('otlp' as never)).toThrow('configure(): expected an object of options, got "otlp".');
  });

  it('take undefined as not given', async () => {
    await configure({ serviceName: undefined, processors: undefined, limits: { depth: undefined } }).shutdown();
  });

  it('become the settings until the shutdown', async () => {
    const before = settings();
    const handle = configure({
      processors: [new BatchSpanProcessor(exporter)],
      content: { tools: false },
      limits: { idleMs: 5 },
      spanNames: 'semconv',
      enabled: false,
    });
    expect(settings()).toMatchObject({
      content: { input: true, output: true, tools: false, retrieval: true },
      contentIsExplicit: true,
      limits: { valueBytes: 32_768, idleMs: 5 },
      spanNames: 'semconv',
      enabled: false,
    });
    await handle.shutdown();
    expect(settings()).toBe(before);
  });

  it('add provider adapters until the shutdown', async () => {
    const mine: Provider = {
      name: 'mine',
      request: () => undefined,
      read: (value) => ('mine' in value ? { operation: 'chat' } : undefined),
      fold: () => undefined,
    };
    const handle = configure({ processors: [], providers: [mine] });
    expect(readResponse({ mine: true })?.provider).toBe(mine);
    await handle.shutdown();
    expect(readResponse({ mine: true })).toBeUndefined();
  });
});

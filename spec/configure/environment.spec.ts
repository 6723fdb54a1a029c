import '../support/exporter-in-jest.js';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { configure, type ConfigureOptions, type DecotelHandle } from '../../src/configure.js';
import { settings } from '../../src/core/settings.js';
import { registeredProvider } from '../../src/spans/tracer.js';
import { cleanProcess, nextTurn } from '../support/clean-process.js';
import { throughEngine } from '../support/decorated.js';
import { diagLines } from '../support/diag-lines.js';
import { otlpReceiver } from '../support/otlp-receiver.js';

const ask = throughEngine(function ask(question: string) {
  return `answer to ${question}`;
});

const handles: DecotelHandle[] = [];
const decided = async (options?: ConfigureOptions): Promise<DecotelHandle> => {
  const handle = configure(options);
  handles.push(handle);
  await nextTurn();
  return handle;
};
const names = (handle: DecotelHandle) => handle.stats().destinations.map((destination) => destination.name);

afterEach(() => cleanProcess(...handles.splice(0)));

describe('configure without arguments', () => {
  it('prints a tree where nothing is set', async () => {
    const printed: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    try {
      expect(names(await decided())).toEqual(['consoleTree']);
      ask('why');
    } finally {
      write.mockRestore();
    }
    expect(printed.join('')).toMatch(/^trace [0-9a-f]{32}\nask +[\d.]+ ms\n\n$/);
  });

  it.each(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])(
    'sends where %s says',
    async (name) => {
      const receiver = await otlpReceiver();
      process.env[name] = name.includes('TRACES') ? `${receiver.url}/v1/traces` : receiver.url;
      process.env['OTEL_SERVICE_NAME'] = 'from the environment';
      process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'host.name=h';
      const handle = await decided();
      ask('why');
      await handle.forceFlush();
      expect(receiver.requests[0]?.path).toBe('/v1/traces');
      expect(receiver.spans[0]).toMatchObject({
        name: 'ask',
        attributes: { 'decotel.result': '"answer to why"' },
        resource: { 'service.name': 'from the environment', 'host.name': 'h' },
      });
      await receiver.close();
    },
  );

  it.each([
    ['otlp', ['otlp']],
    ['console', ['consoleTree']],
    ['console, otlp,console', ['consoleTree', 'otlp']],
    ['none', []],
    ['zipkin', []],
  ])('reads OTEL_TRACES_EXPORTER=%s', async (value, expected) => {
    const diag = diagLines();
    process.env['OTEL_TRACES_EXPORTER'] = value;
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://127.0.0.1:1';
    expect(names(await decided())).toEqual(expected);
    expect(diag.matching(/OTEL_TRACES_EXPORTER=zipkin/)).toHaveLength(value === 'zipkin' ? 1 : 0);
  });

  it('samples as OTEL_TRACES_SAMPLER says', async () => {
    process.env['OTEL_TRACES_SAMPLER'] = 'always_off';
    const exporter = new InMemorySpanExporter();
    await decided({ processors: [new SimpleSpanProcessor(exporter)] });
    ask('why');
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('lets the option name the service before the environment does', async () => {
    process.env['OTEL_SERVICE_NAME'] = 'environment';
    const exporter = new InMemorySpanExporter();
    await decided({ serviceName: 'option', processors: [new SimpleSpanProcessor(exporter)] });
    ask('why');
    expect(exporter.getFinishedSpans()[0]?.resource.attributes['service.name']).toBe('option');
  });
});

describe('decotel switched off', () => {
  it.each([
    ['DECOTEL_DISABLED', {}],
    ['enabled: false', { enabled: false }],
  ])('by %s makes no spans and leaves those of others alone', async (how, options) => {
    if (how.startsWith('DECOTEL')) process.env[how] = 'true';
    const exporter = new InMemorySpanExporter();
    await decided({ ...options, processors: [new SimpleSpanProcessor(exporter)] });
    expect(ask('why')).toBe('answer to why');
    trace.getTracer('http').startSpan('GET').end();
    expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(['GET']);
  });

  it.each<[string, ConfigureOptions, string | undefined, boolean[]]>([
    ['nothing', {}, undefined, [true, true]],
    ['enabled: { messaging: false }', { enabled: { messaging: false } }, undefined, [true, false]],
    ['enabled: { messaging: true }', { enabled: { messaging: true } }, undefined, [true, true]],
    ['enabled: false', { enabled: false }, undefined, [false, false]],
    ['DECOTEL_DISABLED=messaging', { enabled: { messaging: true } }, 'messaging', [true, false]],
    ['DECOTEL_DISABLED=true', { enabled: true }, 'true', [false, false]],
  ])('says of messages apart, by %s', async (_how, options, variable, expected) => {
    if (variable !== undefined) process.env['DECOTEL_DISABLED'] = variable;
    const exporter = new InMemorySpanExporter();
    await decided({ ...options, processors: [new SimpleSpanProcessor(exporter)] });
    ask('why');
    expect([settings().enabled, settings().messaging]).toEqual(expected);
    expect(exporter.getFinishedSpans()).toHaveLength(expected[0] === true ? 1 : 0);
  });

  it('cannot be switched on against DECOTEL_DISABLED', async () => {
    process.env['DECOTEL_DISABLED'] = 'true';
    const exporter = new InMemorySpanExporter();
    await decided({ enabled: true, processors: [new SimpleSpanProcessor(exporter)] });
    ask('why');
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('by OTEL_SDK_DISABLED sets nothing up', async () => {
    process.env['OTEL_SDK_DISABLED'] = 'true';
    const handle = await decided();
    expect(ask('why')).toBe('answer to why');
    handle.tracer.startSpan('mine').end();
    expect(registeredProvider()).toBeUndefined();
    expect(handle.stats()).toEqual({ mode: 'off', openCalls: 0, destinations: [] });
    await handle.forceFlush();
    await handle.shutdown();
  });
});

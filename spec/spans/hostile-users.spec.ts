import {
  createDecorator,
  currentCall,
  embeddings,
  retriever,
  session,
  span,
  withOtel,
  withSession,
} from '../../src/index.js';
import { createRuntimeTracing, producer } from '../../src/messaging.js';
import { configure, type DecotelHandle } from '../../src/configure.js';
import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

const KEY = 'sk-proj-abcdefghijklmnopqrstuvwxyz1234567890ABCD';

describe('names of spans that are only known during the call', () => {
  let telemetry: DecotelHandle;
  afterEach(async () => {
    await telemetry.shutdown();
    for (const api of [trace, context, propagation]) api.disable();
  });

  it('are masked like all others, also where decotel owns the provider', async () => {
    const exporter = new InMemorySpanExporter();
    telemetry = configure({ processors: [new SimpleSpanProcessor(exporter)], redact: [/MARKER/] });
    producer({ destination: () => KEY })(() => 1)();
    retriever({ dataSource: () => 'MARKER' })(() => [])();
    embeddings({ model: KEY })(() => [0.5])();
    await telemetry.forceFlush();
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    expect(names).toEqual(['send [masked]', 'retrieval [masked]', 'embeddings [masked]']);
  });
});

describe('what users get wrong', () => {
  let telemetry: Telemetry;
  beforeEach(() => {
    telemetry = startTelemetry();
  });
  afterEach(async () => {
    await telemetry.stop();
  });

  const told = (): string => span({ name: 'told' })(() => 'SECRET')();
  const recorded = (): unknown => telemetry.span('told').attributes['decotel.result'];

  it('a content rule with a kind that there is not switches all content off in a session', () => {
    expect(withSession({ content: { outputs: false } as object }, told)).toBe('SECRET');
    expect(recorded()).toBeUndefined();
  });

  it('a content rule with a kind that there is not is refused by a decorator', () => {
    const decorate = (): unknown => withOtel({ content: { inputs: false } as object })(() => 1);
    expect(decorate).toThrow('It must be a boolean or { input, output, tools, retrieval } of booleans.');
  });

  it('a field that cannot be read takes no content rule with it', () => {
    const broken = {
      content: false,
      get id(): string {
        throw new Error('no id');
      },
    };
    expect(withSession(broken, told)).toBe('SECRET');
    expect(recorded()).toBeUndefined();
    telemetry.clear();
    withSession({}, () => {
      session().set(broken);
      told();
    });
    expect(recorded()).toBeUndefined();
  });

  it.each(['x'.repeat(5_000_000), Buffer.alloc(1_000_000), ['a'], null, 7])(
    'attributes of an event that are no object are left out at once (%#)',
    (attributes) => {
      const startedAt = performance.now();
      span({ name: 'noted' })(() => void currentCall().addEvent('image', attributes as never))();
      expect(performance.now() - startedAt).toBeLessThan(200);
      expect(telemetry.span('noted').events.map((event) => [event.name, event.attributes])).toEqual([['image', {}]]);
    },
  );

  it('a key that is longer than any name is left out', () => {
    span({ name: 'keyed' })(() => void currentCall().set('k'.repeat(100_000), 1).set('short', 1))();
    const { attributes } = telemetry.span('keyed');
    expect(Object.keys(attributes).filter((key) => key.startsWith('k'))).toEqual([]);
    expect(attributes).toMatchObject({ short: 1 });
  });

  it('a replacement that cannot be read leaves the error the caller gets', () => {
    const error = new Error('of the method');
    const hooks = {
      onError: () => ({
        get value(): unknown {
          throw new Error('of the hook');
        },
      }),
    };
    const call = createDecorator(hooks)(() => {
      throw error;
    });
    let thrown: unknown;
    try {
      (call as () => void)();
    } catch (failure) {
      thrown = failure;
    }
    expect(thrown).toBe(error);
    expect(telemetry.complaints).toEqual([expect.stringContaining('of the hook')]);
  });

  it('a runtime without options or destination does its work', () => {
    const runtime = createRuntimeTracing({ prefix: 'library' });
    expect(runtime.trace('send', null as never, undefined as never, () => 'done')).toBe('done');
    expect(telemetry.span('library send').attributes).toMatchObject({ 'decotel.outcome': 'completed' });
  });
});

/** The runtime's spans as users of AutoGen know them, key by key; the agents run in the runtime of examples/runtime. */
import { readFileSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { SpanKind, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { agent, tool } from 'decotel';
import { configure } from 'decotel/configure';
import { carry, createRuntimeTracing, type RuntimeMessage } from 'decotel/messaging';
import { LocalRuntime } from '../../examples/runtime/src/local-runtime.js';
import { describeWithShared } from '../support/shared-folder.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

interface ExpectedSpan {
  name: string;
  kind: keyof typeof SpanKind;
  parent?: string | null;
  attributesMode?: 'superset';
  attributes: Record<string, unknown>;
  links: string[];
}

interface Example {
  id: string;
  scope: string;
  exportOrder: string[];
  spans: ExpectedSpan[];
  kinds: Record<string, string[] | string>;
  operationType: Record<string, string>;
  attributes: Record<string, string[]>;
  switches: { env?: Record<string, string>; expectSpans?: number; expectRuntimeSpans?: number }[];
}

class LoopbackAgent {
  async handle(message: { type: string }) {
    return message;
  }
}

/** What is wrong with spans, by the matching rules of the file; nothing where all is as expected. */
function differences(spans: readonly ReadableSpan[], expected: ExpectedSpan[]): string[] {
  const named = (id: string | undefined): string | null =>
    spans.find((span) => span.spanContext().spanId === id)?.name ?? null;
  return expected.flatMap((wanted) => {
    const found = spans.filter(({ name }) => name === wanted.name);
    const [span] = found;
    if (span === undefined || found.length > 1) return [`${wanted.name}: ${found.length} spans`];
    const keys = new Set([
      ...Object.keys(wanted.attributes),
      ...(wanted.attributesMode === 'superset' ? [] : Object.keys(span.attributes)),
    ]);
    const seen: [what: string, expected: unknown, seen: unknown][] = [
      ['kind', SpanKind[wanted.kind], span.kind],
      ['links', wanted.links, span.links.map(({ context }) => named(context.spanId))],
      ...(wanted.parent === undefined ? [] : [parentOf(wanted.parent, span)]),
      ...[...keys].map((key): [string, unknown, unknown] => [key, wanted.attributes[key], span.attributes[key]]),
    ];
    return seen
      .filter(([, value, other]) => !matches(value, other))
      .map(([what, value, other]) => `${wanted.name}: ${what}: expected ${show(value)}, seen ${show(other)}`);
  });

  function parentOf(parent: string | null, span: ReadableSpan): [string, unknown, unknown] {
    return ['parent', parent, named(span.parentSpanContext?.spanId)];
  }
}

function matches(expected: unknown, seen: unknown): boolean {
  const { match } = (expected ?? {}) as { match?: string };
  if (match === 'type:string') return typeof seen === 'string';
  return JSON.stringify(expected) === JSON.stringify(seen);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

describeWithShared('research/system-expectations.json', "AutoGen's runtime", (path) => {
  const { examples } = JSON.parse(readFileSync(path, 'utf8')) as { examples: Example[] };
  const example = (id: string): Example => examples.find((one) => one.id === id) as Example;

  let telemetry: Telemetry;
  beforeEach(() => {
    telemetry = startTelemetry();
  });
  afterEach(async () => {
    delete process.env['AUTOGEN_DISABLE_RUNTIME_TRACING'];
    await telemetry.stop();
  });

  const runtimeOf = (scope: string): LocalRuntime =>
    new LocalRuntime(createRuntimeTracing({ prefix: 'autogen', scope, names: 'autogen' }));

  it('publishes: autogen.runtime.publish', async () => {
    const { scope, spans, exportOrder } = example('autogen.runtime.publish');
    const runtime = runtimeOf(scope);
    runtime.register('name', new LoopbackAgent(), 'default');
    await runtime.publish({ type: 'default', source: 'default' }, { type: 'MessageType' });
    await runtime.stop();
    expect(telemetry.spans.map(({ name }) => name)).toEqual(exportOrder);
    expect(differences(telemetry.spans, spans)).toEqual([]);
    expect(telemetry.spans.map(({ instrumentationScope }) => instrumentationScope.name)).toEqual(
      spans.map(() => scope),
    );
  });

  it('sends: autogen.runtime.send', async () => {
    const { scope, spans, kinds, operationType } = example('autogen.runtime.send');
    const runtime = runtimeOf(scope);
    runtime.register('name', new LoopbackAgent());
    expect(await runtime.send({ type: 'name', key: 'default' }, { type: 'MessageType' })).toEqual({
      type: 'MessageType',
    });
    await runtime.stop();
    const filled = (text: string): string => text.replace('{type}', 'name').replace('{key}', 'default');
    const [create = '', send = ''] = spans.map(({ name }) => filled(name));
    // What the file says in words.
    const meant: Record<string, string> = { create, send, 'active span when the response was queued': send };
    const wanted = spans.map((span) => ({
      ...span,
      name: filled(span.name),
      attributes: Object.fromEntries(
        Object.entries(span.attributes).map(([key, value]) => [key, typeof value === 'string' ? filled(value) : value]),
      ),
      links: span.links.map((link) => meant[link] ?? link),
      ...(typeof span.parent === 'string' && { parent: meant[span.parent] }),
    }));
    expect(differences(telemetry.spans, wanted)).toEqual([]);
    expect(telemetry.spans).toHaveLength(4);
    telemetry.clear();

    const tracing = createRuntimeTracing({ prefix: 'autogen', scope, names: 'autogen' });
    for (const [operation, type] of Object.entries(operationType)) {
      tracing.trace(operation, 'x', {}, () => undefined);
      const kind = Object.keys(kinds).find((name) => kinds[name]?.includes(operation)) ?? 'CLIENT';
      const span = telemetry.span(`autogen ${operation} x`);
      expect([SpanKind[span.kind], span.attributes['messaging.operation']]).toEqual([kind, type]);
    }
  });

  it('keeps the trace between workers: autogen.worker_runtime', async () => {
    const { scope, attributes } = example('autogen.worker_runtime');
    const tracing = createRuntimeTracing({ prefix: 'autogen', scope, names: 'autogen' });
    const name = { type: 'name', key: 'default' };
    const topic = { type: 'default', source: 'default' };
    const message: RuntimeMessage = { type: 'MessageType', requestId: '7' };

    // Structured clone, as between threads and, with another encoding, over gRPC.
    const request = await overThePort(tracing.trace('create', name, {}, () => ({ metadata: carry({ tenant: 'a' }) })));
    const event = await overThePort(
      tracing.trace('create', topic, {}, () =>
        carry({ specversion: '1.0', id: '1', source: '/', type: 'MessageType' }),
      ),
    );
    const response = await overThePort(
      tracing.trace('process', name, { from: request.metadata, message }, () => ({ metadata: carry({}) })),
    );
    tracing.trace('ack', undefined, { from: response.metadata, message }, () => undefined);
    tracing.trace('process', 'published', { from: event }, () => undefined);

    const process = telemetry.span('autogen process name.(default)-A');
    const ack = telemetry.span('autogen ack');
    expect(Object.keys(process.attributes).sort()).toEqual([...(attributes['process (rpc)'] ?? [])].sort());
    const [acknowledged = '', emptyDestination = ''] = [
      attributes['ack']?.slice(0, 2).join(),
      attributes['ack']?.[2]?.replace("''", ''),
    ];
    expect([acknowledged, emptyDestination]).toEqual([
      'request_id,messaging.message.type',
      `messaging.destination=${String(ack.attributes['messaging.destination'])}`,
    ]);
    expect(ack.attributes).toEqual({
      request_id: '7',
      'messaging.message.type': 'MessageType',
      'messaging.destination': '',
      'messaging.operation': 'receive',
    });
    const id = (of: string): string => telemetry.span(of).spanContext().spanId;
    expect(
      [process, ack, telemetry.span('autogen process published')].map(({ links }) =>
        links.map(({ context }) => context.spanId),
      ),
    ).toEqual([
      [id('autogen create name.(default)-A')],
      [process.spanContext().spanId],
      [id('autogen create default.(default)-T')],
    ]);
    expect(request.metadata).toEqual({
      tenant: 'a',
      traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-01$/),
    });
  });

  it('is switched off: autogen.disable', async () => {
    const [noProvider, byEnvironment] = example('autogen.disable').switches;
    class Helper extends LoopbackAgent {
      @agent({ name: 'helper' })
      override async handle(message: { type: string }) {
        return { type: this.answer(message.type) };
      }
      @tool()
      answer(type: string) {
        return type;
      }
    }
    const ask = async (): Promise<unknown> => {
      const runtime = runtimeOf('autogen SingleThreadedAgentRuntime');
      runtime.register('helper', new Helper());
      const answer = await runtime.send({ type: 'helper', key: 'default' }, { type: 'Question' });
      await runtime.stop();
      return answer;
    };

    const { env = {} } = byEnvironment ?? {};
    Object.assign(process.env, env);
    expect(await ask()).toEqual({ type: 'Question' });
    const names = telemetry.spans.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('autogen '))).toHaveLength(byEnvironment?.expectRuntimeSpans ?? -1);
    expect(names).toEqual(['execute_tool answer', 'invoke_agent helper']);
    for (const name of Object.keys(env)) delete process.env[name];

    telemetry.clear();
    const exporter = new InMemorySpanExporter();
    const given = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const handle = configure({ tracerProvider: given, processors: [] });
    await ask();
    await handle.shutdown();
    expect(exporter.getFinishedSpans()).toHaveLength(6);
    expect(telemetry.spans).toEqual([]);

    trace.disable();
    expect(await ask()).toEqual({ type: 'Question' });
    expect(telemetry.spans).toHaveLength(noProvider?.expectSpans ?? -1);
  });
});

async function overThePort<Value>(value: Value): Promise<Value> {
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise<Value>((resolve) => port2.once('message', resolve));
  port1.postMessage(value);
  try {
    return await arrived;
  } finally {
    port1.close();
  }
}

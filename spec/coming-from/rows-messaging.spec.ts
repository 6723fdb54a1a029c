/** Messages as users of AutoGen expect them; each spec is the end-to-end check of the row that it names. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { SpanKind, trace } from '@opentelemetry/api';
import { agent, span, tool } from 'decotel';
import { carry, consumer, createRuntimeTracing, producer, type Relation } from 'decotel/messaging';
import { LocalRuntime } from '../../examples/runtime/src/local-runtime.js';
import { bundled } from '../package/program.js';
import { otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});

afterEach(async () => {
  await telemetry.stop();
});

describe('row 33: a runtime of agents', () => {
  class Reader {
    readonly heard: unknown[] = [];

    @agent({ name: 'reader' })
    async handle(message: object) {
      this.heard.push(this.note(message));
      return this.heard.length;
    }

    @tool()
    note(message: object) {
      return message;
    }
  }

  const shown = () =>
    telemetry.spans.map(({ name, kind, parentSpanContext, links }) => {
      const nameOf = (id: string | undefined) =>
        telemetry.spans.find((other) => other.spanContext().spanId === id)?.name ?? null;
      return [
        name,
        SpanKind[kind],
        nameOf(parentSpanContext?.spanId),
        links.map(({ context }) => nameOf(context.spanId)),
      ];
    });

  it('publishes to every subscriber, each linked to the message', async () => {
    const runtime = new LocalRuntime(createRuntimeTracing({ prefix: 'library' }));
    const readers = [new Reader(), new Reader()];
    readers.forEach((reader, index) => runtime.register(`reader${index}`, reader, 'news'));
    await runtime.publish({ type: 'news', source: 'town' }, { type: 'Lent', title: 'Dune' });
    await runtime.stop();
    expect(readers.map(({ heard }) => heard)).toEqual(readers.map(() => [{ type: 'Lent', title: 'Dune' }]));
    const [create, publish] = ['library create news.(town)-T', 'library publish news.(town)-T'];
    const processed = (index: number) => `library process reader${index}.(town)-A`;
    expect(shown()).toEqual([
      [create, 'PRODUCER', null, []],
      ...[0, 1].map(() => ['execute_tool note', 'INTERNAL', 'invoke_agent reader', []]),
      ...[0, 1].map((index) => ['invoke_agent reader', 'INTERNAL', processed(index), []]),
      ...[0, 1].map((index) => [processed(index), 'CONSUMER', publish, [create]]),
      [publish, 'PRODUCER', null, [create]],
    ]);
    expect(telemetry.span(processed(1)).attributes).toEqual({
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'reader1.(town)-A',
      'decotel.messaging.recipient': 'reader1/town',
      'decotel.arguments': '{"type":"Lent","title":"Dune"}',
      'decotel.result': '1',
      'decotel.outcome': 'completed',
    });
  });

  it('is one trace from the request to the acknowledged reply, where messages are parents', async () => {
    const runtime = new LocalRuntime(createRuntimeTracing({ prefix: 'library', as: 'parent' }));
    runtime.register('reader', new Reader());
    expect(await span('visit')(() => runtime.send({ type: 'reader', key: 'town' }, { type: 'Lend' }))()).toBe(1);
    await runtime.stop();
    const to = 'reader.(town)-A';
    expect(shown()).toEqual([
      ['execute_tool note', 'INTERNAL', 'invoke_agent reader', []],
      ['invoke_agent reader', 'INTERNAL', `library process ${to}`, []],
      [`library process ${to}`, 'CONSUMER', `library send ${to}`, [`library create ${to}`]],
      [`library send ${to}`, 'PRODUCER', `library create ${to}`, []],
      [`library ack ${to}`, 'CONSUMER', `library send ${to}`, []],
      [`library create ${to}`, 'PRODUCER', 'visit', []],
      ['visit', 'INTERNAL', null, []],
    ]);
    expect(new Set(telemetry.spans.map((ended) => ended.spanContext().traceId)).size).toBe(1);
  });
});

/** Handles messages in another thread, with telemetry of its own. */
const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
import { configure } from './src/configure.js';
import { consumer } from './src/messaging.js';

const telemetry = configure({ serviceName: 'worker' });
const handle = consumer({ destination: 'titles', as: workerData })(async ({ title }) => title.length);
parentPort.on('message', async (message) => {
  const length = await handle(message);
  await telemetry.forceFlush();
  parentPort.postMessage(length);
});
`;

describe('row 34: the trace in the envelope', () => {
  const send = producer({ destination: 'titles' })((deliver: (headers: object) => Promise<unknown>) =>
    deliver(carry({})),
  );
  /** Asks once inside a producer's span, once with no span active. */
  const both = async (deliver: (headers: object) => Promise<unknown>) => [
    await send(deliver),
    await deliver(carry({})),
  ];
  interface Seen {
    traceId: string;
    parent: string | undefined;
    links: string[];
  }
  const check = ([first, second]: Seen[], as: Relation) => {
    const { spanId, traceId } = telemetry.span('send titles').spanContext();
    expect([first?.parent, first?.links]).toEqual(as === 'parent' ? [spanId, []] : [undefined, [spanId]]);
    expect(first?.traceId === traceId).toBe(as === 'parent');
    expect([second?.parent, second?.links]).toEqual([undefined, []]);
  };

  describe('to a worker thread', () => {
    let receiver: OtlpReceiver;
    beforeEach(async () => {
      receiver = await otlpReceiver();
    });
    afterEach(() => receiver.close());

    it.each(['parent', 'link'] as const)(
      'makes the producer the %s',
      async (as) => {
        const worker = new Worker(bundled(WORKER, 'standard', 'cjs'), {
          eval: true,
          workerData: as,
          env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
        });
        const deliver = (headers: object) =>
          new Promise((resolve, reject) => {
            worker
              .once('message', resolve)
              .once('error', reject)
              .postMessage({ title: 'Dune', ...headers });
          });
        expect(await both(deliver)).toEqual([4, 4]);
        const handled = await receiver.arrived(2);
        await worker.terminate();
        expect(handled.map(({ name, kind, resource }) => [name, kind, resource['service.name']])).toEqual(
          [0, 1].map(() => ['process titles', 5, 'worker']),
        );
        check(
          handled.map(({ traceId, parentSpanId, links }) => ({
            traceId,
            parent: parentSpanId,
            links: links.map(({ spanId }) => spanId),
          })),
          as,
        );
      },
      20_000,
    );
  });

  it.each(['parent', 'link'] as const)('over HTTP makes the producer the %s', async (as) => {
    const handle = consumer({ destination: 'titles', from: (headers: IncomingHttpHeaders) => headers, as })(
      (headers: IncomingHttpHeaders) => headers.accept,
    );
    const server = createServer((request, response) => response.end(handle(request.headers)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const deliver = async (headers: object) =>
      (await fetch(url, { headers: { accept: 'text/plain', ...headers } })).text();
    expect(await both(deliver)).toEqual(['text/plain', 'text/plain']);
    server.closeAllConnections();
    server.close();
    check(
      telemetry.spans
        .filter(({ name }) => name === 'process titles')
        .map((ended) => ({
          traceId: ended.spanContext().traceId,
          parent: ended.parentSpanContext?.spanId,
          links: ended.links.map(({ context }) => context.spanId),
        })),
      as,
    );
  });
});

describe('row 35: switched off', () => {
  const to = { type: 'reader', key: 'town' };
  const work = (value: number) => value + 1;

  afterEach(() => {
    delete process.env['LIBRARY_DISABLE_RUNTIME_TRACING'];
  });

  /** Nanoseconds of one call, the best of some rounds. */
  function cost(call: (value: number) => number): number {
    const calls = 20_000;
    let best = Infinity;
    for (let round = 0; round < 10; round++) {
      const began = process.hrtime.bigint();
      for (let index = 0; index < calls; index++) call(index);
      best = Math.min(best, Number(process.hrtime.bigint() - began) / calls);
    }
    return best;
  }

  it.each([
    ['by its option', () => createRuntimeTracing({ prefix: 'library', enabled: false })],
    [
      'by the environment',
      () => {
        process.env['LIBRARY_DISABLE_RUNTIME_TRACING'] = 'true';
        return createRuntimeTracing({ prefix: 'library' });
      },
    ],
    [
      'because there is no provider',
      () => {
        trace.disable();
        return createRuntimeTracing({ prefix: 'library' });
      },
    ],
  ])('%s: no spans, the same values and errors, next to no cost', (_how, create) => {
    const runtime = create();
    const error = new Error('lost');
    const value = {};
    expect(runtime.trace('process', to, {}, () => value)).toBe(value);
    expect(() =>
      runtime.trace('process', to, {}, () => {
        throw error;
      }),
    ).toThrow(error);
    const added = cost((value) => runtime.trace('process', to, {}, () => work(value))) - cost(work);
    // Microseconds would be seen; what is measured is some hundred nanoseconds at most.
    expect(added).toBeLessThan(3000);
    expect(telemetry.spans).toEqual([]);
  });
});

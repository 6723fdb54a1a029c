import { spawn, type ChildProcess } from 'node:child_process';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startNatsServer, type NatsServer } from '../../examples/runtime/src/nats-server.js';
import { codeBlocks, root } from '../package/markdown.js';
import { bundled, quietEnvironment, runProgram } from '../package/program.js';
import { describeWithNats } from '../support/nats.js';
import { otlpReceiver, type OtlpReceiver, type OtlpSpan } from '../support/otlp-receiver.js';
import { shapeOf } from '../support/shape-of.js';

const folder = './examples/runtime/src';
const shown = codeBlocks('examples/runtime/README.md').filter(({ language }) => language === 'text');
const [local = '', overNats = '', ended = '', killed = ''] = shown.map(({ text }) => text);

it('the runtime in one process prints what its page shows', async () => {
  const { code, stdout, stderr } = await runProgram(
    `process.argv[2] = 'local'; await import('${folder}/main.js');`,
    'standard',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(shapeOf(stdout)).toBe(shapeOf(local));
}, 30_000);

describeWithNats('the runtime over NATS', () => {
  const worker = bundled(`await import('${folder}/worker.js');`, 'standard');
  const visitor = bundled(
    `import { visitOverNats } from '${folder}/visitor.js';
     console.log(await visitOverNats(process.env['NATS_URL'] ?? ''));`,
    'standard',
  );
  const answer = '“Solaris” is on shelf B3, Ann.';

  let server: NatsServer;
  let receiver: OtlpReceiver;
  let running: Program[];

  beforeEach(async () => {
    server = await startNatsServer();
    receiver = await otlpReceiver();
    running = [];
  });

  afterEach(async () => {
    for (const program of running) await program.end('SIGKILL');
    await server.close();
    await receiver.close();
  });

  function start(source: string, role: string): Program {
    const program = new Program(source, {
      WORKER: role,
      NATS_URL: server.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '20',
    });
    running.push(program);
    return program;
  }

  async function startWorker(role: string): Promise<Program> {
    const program = start(worker, role);
    await program.printed(`${role} is ready`);
    return program;
  }

  /** Ends all, so that what they have is sent; the statistics come after the answer. */
  async function traces(): Promise<string> {
    await until(() => receiver.spans.some(({ name }) => name === 'invoke_agent statistics'));
    for (const program of running) await program.end('SIGTERM');
    expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(receiver.spans.length);
    return forest(receiver.spans);
  }

  it('continues each trace in three processes', async () => {
    await startWorker('librarian');
    await startWorker('catalogue');
    await start(visitor, 'visitor').printed(answer);
    expect(await traces()).toBe(overNats);
  }, 30_000);

  it.each([
    ['SIGTERM', ended],
    ['SIGKILL', killed],
  ] as const)(
    'shows both attempts where a worker gets %s in the middle of a request, each span once',
    async (signal, expected) => {
      const first = await startWorker('librarian');
      const asking = start(visitor, 'visitor');
      await until(() => receiver.spans.some(({ name }) => name === 'execute_tool readCard'));
      await waiting(server, 2);
      await first.end(signal);
      await startWorker('librarian');
      await startWorker('catalogue');
      await asking.printed(answer);
      expect(await traces()).toBe(expected);
    },
    30_000,
  );
});

/** Until so many requests wait for an acknowledgement. */
async function waiting({ url }: NatsServer, count: number): Promise<void> {
  const nats = await connect({ servers: url });
  const manager = await jetstreamManager(nats);
  while ((await manager.streams.info('AGENTS')).state.messages < count) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await nats.close();
}

/** A process that runs until it is told to end. */
class Program {
  private readonly child: ChildProcess;
  private readonly closed: Promise<void>;
  private text = '';

  constructor(source: string, environment: Record<string, string>) {
    this.child = spawn(process.execPath, ['--input-type=module', '-'], {
      cwd: root,
      env: { ...quietEnvironment(), ...environment },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (part: Buffer) => (this.text += part.toString()));
    }
    this.closed = new Promise((resolve) => this.child.once('close', () => resolve()));
    this.child.stdin?.end(source);
  }

  async printed(line: string): Promise<void> {
    await until(
      () => this.text.includes(line),
      () => `it printed ${this.text}`,
    );
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.closed;
  }
}

async function until(isSo: () => boolean, seen: () => string = () => 'it never came'): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(seen());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The spans as the page shows them: below their parents, in the order of their start. */
function forest(spans: readonly OtlpSpan[]): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const childrenOf = (parent: string | undefined): OtlpSpan[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .sort((one, other) => Number(one.startNanoseconds - other.startNanoseconds));
  const lines = (span: OtlpSpan, indent: string): string[] => [
    `${indent}${label(span, spans)}`,
    ...childrenOf(span.spanId).flatMap((child) => lines(child, `${indent}  `)),
  ];
  const orphans = new Map<string, string[]>();
  for (const { parentSpanId } of spans) {
    if (parentSpanId === undefined || known.has(parentSpanId)) continue;
    orphans.set(parentSpanId, ['?', ...childrenOf(parentSpanId).flatMap((span) => lines(span, '  '))]);
  }
  const lost = [...orphans.values()].map((tree) => tree.join('\n')).sort((one, other) => one.length - other.length);
  const [visit = [], ...others] = childrenOf(undefined)
    .sort((one, other) => Number(one.startNanoseconds - other.startNanoseconds))
    .map((span) => lines(span, ''));
  return `${[...visit, ...lost, ...others.flat()].join('\n')}\n`;
}

function label({ name, attributes, resource, links, traceId }: OtlpSpan, spans: readonly OtlpSpan[]): string {
  const { 'decotel.messaging.attempt': attempt, 'decotel.outcome': outcome } = attributes;
  const linked = links
    // To the reply that it acknowledges; of interest is what leads to another trace.
    .filter((link) => link.traceId !== traceId)
    .map((link) => spans.find(({ spanId }) => spanId === link.spanId)?.name ?? 'a span that never came');
  return [
    `${String(resource['service.name'])}: ${name}`,
    ...(attempt === undefined ? [] : [`#${Number(attempt)}`]),
    ...(outcome === 'completed' ? [] : [String(outcome)]),
    ...linked.map((other) => `~ ${other}`),
  ].join(' ');
}

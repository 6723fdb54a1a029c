import { runChild, type ChildProgram } from '../support/child-program.js';
import { otlpReceiver, type OtlpAnswer, type OtlpReceiver } from '../support/otlp-receiver.js';

let receiver: OtlpReceiver | undefined;
let child: ChildProgram | undefined;

afterEach(async () => {
  child?.process.kill('SIGKILL');
  await receiver?.close();
  receiver = child = undefined;
});

const listen = async (answer?: (index: number) => OtlpAnswer): Promise<OtlpReceiver> =>
  (receiver = await otlpReceiver(answer));

/** A program that calls `ask` and then goes on as `rest` says. */
const program = (rest: string, options = ''): string => `
  import { configure, otlp, consoleTree } from './src/configure';
  import { throughEngine } from './spec/support/decorated';
  const ask = throughEngine(function askQuestion(question: string) { return 'answer'; });
  const hang = throughEngine(function hangForever() { return new Promise(() => undefined); });
  const telemetry = configure({ ${options} });
  ask('why');
  ${rest}
`;

/** Before a program: what decotel reports is printed. */
const LOUD = `
  import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api';
  diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);`;

const STAYS = `const stay = setInterval(() => undefined, 1000); console.log('ready');`;

const run = (text: string, environment: Record<string, string> = {}): ChildProgram =>
  (child = runChild(text, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver?.url ?? '', ...environment }));

const outcomes = () =>
  receiver?.spans.map(({ name, attributes }) => [name, attributes['decotel.outcome']]).sort() ?? [];

describe('when nothing is left to do', () => {
  it('sends what waits, and ends what is open', async () => {
    await listen();
    const ended = await run(program('void hang();')).ended;
    expect(ended).toMatchObject({ code: 0, signal: null, printed: '' });
    expect(outcomes()).toEqual([
      ['askQuestion', 'completed'],
      ['hangForever', 'shutdown'],
    ]);
  });

  it('prints trees that are not complete', async () => {
    const text = program(`void hang();`, 'processors: [consoleTree()]');
    const { code, printed } = await runChild(text).ended;
    expect(code).toBe(0);
    expect(printed).toMatch(/\naskQuestion .*\n\n.*\nhangForever .* shutdown\n/);
  });

  it('ends although the backend cannot be reached', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '300' };
    const { code, afterMs } = await run(program(''), environment).ended;
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(8000);
  });

  it('waits for a flush that the program waits for last', async () => {
    await listen(() => ({ delayMs: 100 }));
    const { printed } = await run(program(`void telemetry.forceFlush().then(() => console.log('flushed'));`)).ended;
    expect(printed).toBe('flushed\n');
    expect(outcomes()).toEqual([['askQuestion', 'completed']]);
  });
});

describe('an end that nothing can be sent after', () => {
  it.each([
    ['process.exit()', 'void hang(); process.exit(4);', 4, 2],
    ['an error that nobody catches', `ask('why not'); throw new Error('fatal');`, 1, 2],
  ])('says how many spans are lost by %s', async (_, rest, code, lost) => {
    await listen();
    const ended = await run(LOUD + program(rest)).ended;
    expect(ended.code).toBe(code);
    const lines = ended.printed.split('\n').filter((line) => line.startsWith('decotel'));
    expect(lines).toEqual([
      `decotel: otlp: ${String(lost)} spans were not sent before the process ended; await shutdown() first`,
    ]);
    expect(outcomes()).toEqual([]);
  });

  it('says nothing where all was sent, or printed at once', async () => {
    await listen();
    const rest = 'void telemetry.forceFlush().then(() => process.exit(0));';
    expect(await run(LOUD + program(rest)).ended).toMatchObject({ code: 0, printed: '' });
    const text = LOUD + program('void hang(); process.exit(0);', 'processors: [consoleTree()]');
    const { printed } = await runChild(text).ended;
    expect(printed).toMatch(/\naskQuestion .*\n\n.*\nhangForever .* shutdown\n/);
    expect(printed).not.toContain('decotel:');
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('on %s', (signal) => {
  it('sends what waits, ends what is open and raises the signal again', async () => {
    await listen();
    const { process, printed, ended } = run(program(`void hang(); ${STAYS}`));
    await printed('ready');
    process.kill(signal);
    expect(await ended).toMatchObject({ code: null, signal });
    expect(outcomes()).toEqual([
      ['askQuestion', 'completed'],
      ['hangForever', 'shutdown'],
    ]);
  });

  it('leaves the end of the process to a handler of the application', async () => {
    await listen();
    const handler = `
      process.on('${signal}', () => {
        console.log('handled');
        setTimeout(() => process.exit(3), 300);
      });`;
    const { process, printed, ended } = run(program(`void hang(); ${handler} ${STAYS}`));
    await printed('ready');
    process.kill(signal);
    expect(await ended).toMatchObject({ code: 3, signal: null, printed: 'ready\nhandled\n' });
    expect(outcomes()).toEqual([['askQuestion', 'completed']]);
  });

  it('ends although the package signal-exit listens too', async () => {
    await listen();
    const polite = `import onExit from 'signal-exit'; onExit(() => console.log('bye'));`;
    const { process, printed, ended } = run(program(STAYS) + polite);
    await printed('ready');
    process.kill(signal);
    expect(await ended).toMatchObject({ signal, printed: 'ready\nbye\n' });
    expect(outcomes()).toEqual([['askQuestion', 'completed']]);
  });

  it('does nothing where exitSignals is false', async () => {
    await listen();
    const { process, printed, ended } = run(program(STAYS, 'exitSignals: false'));
    await printed('ready');
    process.kill(signal);
    expect(await ended).toMatchObject({ signal });
    expect(outcomes()).toEqual([]);
  });
});

describe('a backend that does not answer', () => {
  it('delays the end by five seconds at most, and a second signal ends it at once', async () => {
    await listen(() => ({ delayMs: 60_000 }));
    const first = run(LOUD + program(STAYS));
    await first.printed('ready');
    const signalledAt = Date.now();
    first.process.kill('SIGTERM');
    const ended = await first.ended;
    expect(ended.signal).toBe('SIGTERM');
    expect(ended.printed).toContain('decotel: otlp: 1 spans were not sent before shutdown() gave up');
    expect(Date.now() - signalledAt).toBeGreaterThan(4000);
    expect(Date.now() - signalledAt).toBeLessThan(8000);

    const second = run(program(STAYS));
    await second.printed('ready');
    second.process.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const againAt = Date.now();
    second.process.kill('SIGINT');
    expect(await second.ended).toMatchObject({ signal: 'SIGINT' });
    expect(Date.now() - againAt).toBeLessThan(3000);
  }, 30_000);
});

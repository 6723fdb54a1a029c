import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { configure } from 'decotel/configure';
import { createRuntimeTracing } from 'decotel/messaging';
import { Catalogue, Librarian, Statistics } from './agents.js';
import { LocalRuntime } from './local-runtime.js';
import { startNatsServer } from './nats-server.js';
import { visit, visitOverNats } from './visitor.js';

const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = { local, nats, crash };

/** All agents in this process. */
async function local(): Promise<void> {
  const telemetry = configure({ serviceName: 'library' });
  const runtime = new LocalRuntime(createRuntimeTracing({ prefix: 'library', as: 'parent' }));
  runtime.register('librarian', new Librarian(runtime));
  runtime.register('catalogue', new Catalogue());
  runtime.register('statistics', new Statistics(), 'lent');
  process.stdout.write(`${await visit(runtime, 'Solaris')}\n\n`);
  await runtime.stop();
  await telemetry.shutdown();
}

/** The visitor in this process, the agents in two others. */
async function nats(): Promise<void> {
  const server = await startNatsServer();
  const workers = [await startWorker('librarian', server.url), await startWorker('catalogue', server.url)];
  process.stdout.write(`${await visitOverNats(server.url)}\n\n`);
  for (const worker of workers) await end(worker, 'SIGTERM');
  await server.close();
}

/** The librarian dies in the middle of the request, waiting for the catalogue; another one finishes it. */
async function crash(): Promise<void> {
  const server = await startNatsServer();
  const first = await startWorker('librarian', server.url);
  const answer = visitOverNats(server.url);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await end(first, 'SIGTERM');
  const workers = [await startWorker('librarian', server.url), await startWorker('catalogue', server.url)];
  process.stdout.write(`${await answer}\n\n`);
  for (const worker of workers) await end(worker, 'SIGTERM');
  await server.close();
}

async function startWorker(role: string, url: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('worker.js', import.meta.url));
  const worker = spawn(process.execPath, [program, role], {
    env: { ...process.env, NATS_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('close', () => reject(new Error(`the worker ${role} ended`)));
    worker.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('is ready')) resolve();
      else process.stdout.write(text);
    });
  });
  return worker;
}

function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    worker.once('close', () => resolve());
    worker.kill(signal);
  });
}

const [name = ''] = process.argv.slice(2);
const scenario = SCENARIOS[name];
if (scenario !== undefined) await scenario();
else {
  process.stderr.write(`npm run example:runtime -- NAME, where NAME is one of ${Object.keys(SCENARIOS).join(', ')}\n`);
  process.exitCode = 1;
}

import { configure } from 'decotel/configure';
import { createRuntimeTracing } from 'decotel/messaging';
import { Catalogue, Librarian, Statistics } from './agents.js';
import { NatsRuntime } from './nats-runtime.js';

/** A process that does the work of some agents, until it is told to end: `worker librarian`, `worker catalogue`. */
const role = process.env['WORKER'] ?? process.argv[2] ?? '';

const telemetry = configure({ serviceName: role });
const tracing = createRuntimeTracing({ prefix: 'library', as: 'parent' });
const runtime = await NatsRuntime.connect(process.env['NATS_URL'] ?? '', tracing, () => telemetry.forceFlush());

if (role === 'librarian') await runtime.serve('librarian', new Librarian(runtime));
else {
  await runtime.serve('catalogue', new Catalogue());
  runtime.subscribe('lent', 'statistics', new Statistics());
}
process.stdout.write(`${role} is ready\n`);

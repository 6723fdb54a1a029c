import { span } from 'decotel';
import { configure } from 'decotel/configure';
import { createRuntimeTracing } from 'decotel/messaging';
import { LIBRARIAN } from './agents.js';
import { NatsRuntime } from './nats-runtime.js';
import type { Runtime } from './runtime.js';

/** The process that asks; the answer comes from two others. */
export const visit = span({ name: 'visit' })(async (runtime: Runtime, title: string) => {
  const answer = await runtime.send(LIBRARIAN, { type: 'Lend', reader: 'Ann', title });
  return String(answer);
});

export async function visitOverNats(url: string): Promise<string> {
  const telemetry = configure({ serviceName: 'visitor' });
  const tracing = createRuntimeTracing({ prefix: 'library', as: 'parent' });
  const runtime = await NatsRuntime.connect(url, tracing, () => telemetry.forceFlush());
  try {
    return await visit(runtime, 'Solaris');
  } finally {
    await runtime.close();
    await telemetry.shutdown();
  }
}

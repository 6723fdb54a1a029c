import { context, propagation, trace } from '@opentelemetry/api';
import type { DecotelHandle } from '../../src/configure.js';

/** Shuts telemetry down and takes back what it registered. */
export async function withoutGlobals(telemetry: DecotelHandle): Promise<void> {
  await telemetry.shutdown();
  for (const api of [trace, context, propagation]) api.disable();
}

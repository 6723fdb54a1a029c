import { context, diag, propagation, trace } from '@opentelemetry/api';
import { shared } from '../../src/core/shared.js';
import type { DecotelHandle } from '../../src/configure/telemetry.js';

const VARIABLES = /^(OTEL_|DECOTEL_|NO_COLOR$|FORCE_COLOR$)/;

/** Ends what a spec configured and takes everything global back. */
export async function cleanProcess(...handles: readonly (DecotelHandle | undefined)[]): Promise<void> {
  for (const handle of handles) await handle?.shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
  // What was reported once may be reported again.
  shared('reported', () => new Set<string>()).clear();
  for (const name of Object.keys(process.env)) if (VARIABLES.test(name)) Reflect.deleteProperty(process.env, name);
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

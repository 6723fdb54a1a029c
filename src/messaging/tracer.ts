import type { Tracer } from '@opentelemetry/api';
import { settings } from '../core/settings.js';
import { activeTracer, NOBODY, SCOPE } from '../spans/tracer.js';

/** Its spans are not recorded, and stand for the span that they are below. */
const SILENT = NOBODY.getTracer(SCOPE);

/** Where the spans of messages are switched off, traces and sessions go on through them. */
export function messagingTracer(scope?: string, isEnabled = true): Tracer | undefined {
  // Which settings hold is decided with the tracer.
  const tracer = activeTracer(scope);
  return tracer === undefined || (isEnabled && settings().messaging) ? tracer : SILENT;
}

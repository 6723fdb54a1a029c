import { warnOnce } from '../core/report.js';
import { shared } from '../core/shared.js';
import { checkConfigureOptions, type ConfigureOptions } from './options.js';
import { Telemetry, type DecotelHandle } from './telemetry.js';

const state = shared<{ current: DecotelHandle | undefined }>('configure', () => ({ current: undefined }));

/**
 * Sets decotel up, once, at the start of a program. Decides at the first span or on the next turn of the event loop,
 * whichever is first, whether to join the tracer provider that is registered by then or to register one, with a context
 * manager and the W3C propagators; an application's own SDK that starts in the same bootstrap wins in either order.
 *
 * ```ts
 * const telemetry = configure({
 *   serviceName: 'library',
 *   processors: [consoleTree(), otlp({ url: 'https://collector.example/v1/traces', compression: 'gzip' })],
 *   redact: [/\b\d{16}\b/],
 * });
 * // … at the end of a short program:
 * await telemetry.shutdown();
 * ```
 *
 * Called again it says so through `diag` and returns the first handle; after `shutdown()` it may be called anew.
 * Throws a `DecotelError` for an option that does not exist or has a wrong value.
 */
export function configure(options: ConfigureOptions = {}): DecotelHandle {
  checkConfigureOptions(options);
  if (state.current !== undefined) {
    warnOnce('configure() was called again; the first call holds until its handle is shut down');
    return state.current;
  }
  const telemetry = new Telemetry(options, () => {
    state.current = undefined;
  });
  state.current = telemetry;
  return telemetry;
}

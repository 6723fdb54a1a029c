import { warnOnce } from '../core/report.js';
import { checkDestination, type Destination } from './destination.js';
import { sender, SENDING_RULES, url, type SendingOptions } from './otlp-sender.js';

export interface OtlpOptions extends SendingOptions {
  /**
   * Where to send; a URL without a path gets `/v1/traces`. Default: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, else
   * `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318/v1/traces`.
   */
  url?: string;
  /** Added to those of `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_EXPORTER_OTLP_TRACES_HEADERS`. */
  headers?: Record<string, string>;
  /** Default: `OTEL_EXPORTER_OTLP_COMPRESSION`, else none. */
  compression?: 'gzip' | 'none';
  /** Milliseconds for one export, retries included. Default: `OTEL_EXPORTER_OTLP_TIMEOUT`, else 10,000. */
  timeoutMs?: number;
}

/**
 * Sends spans to an OpenTelemetry Collector or any backend that takes OTLP: protobuf over HTTP, by OpenTelemetry's own
 * exporter, which retries what the backend asks to retry. All `OTEL_EXPORTER_OTLP_*` variables apply. Failures are
 * reported through `diag` and counted in `stats()`. Backends that need more than a URL are in `backend()`.
 *
 * Throws a `DecotelError` for options that it does not take.
 */
export function otlp(options: OtlpOptions = {}): Destination {
  checkDestination('otlp()', options, { url, ...SENDING_RULES });
  warnOfProtocol();
  const target = { name: 'otlp', url: options.url && withPath(options.url), readsVariables: true };
  return sender(target, options);
}

function withPath(value: string): string {
  const target = new URL(value);
  if (target.pathname === '/') target.pathname = '/v1/traces';
  return target.href;
}

function warnOfProtocol(): void {
  const variable = 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL';
  const protocol = process.env[variable] ?? process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? '';
  if (protocol === '' || protocol === 'http/protobuf') return;
  warnOnce(`otlp() sends http/protobuf; OTEL_EXPORTER_OTLP_PROTOCOL=${protocol} has no effect on it`);
}

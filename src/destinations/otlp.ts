import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { warnOnce } from '../core/report.js';
import { genAi } from '../dialects/gen-ai.js';
import { BATCH_RULE, queueLimits, type BatchOptions } from './batch-options.js';
import { oneOf, positiveNumber, type OptionRule } from './check-options.js';
import { checkDestination, destination, type Destination, type DestinationOptions } from './destination.js';
import { ExportQueue } from './queue.js';
import { viewOf, wishOf } from './span-view.js';

export interface OtlpOptions extends DestinationOptions {
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
  /** `false` sends each span as soon as it ends. */
  batch?: false | BatchOptions;
}

/**
 * Sends spans to an OpenTelemetry Collector or any backend that takes OTLP: protobuf over HTTP, by OpenTelemetry's own
 * exporter, which retries what the backend asks to retry. All `OTEL_EXPORTER_OTLP_*` variables apply. Failures are
 * reported through `diag` and counted in `stats()`.
 *
 * Throws a `DecotelError` for options that it does not take.
 */
export function otlp(options: OtlpOptions = {}): Destination {
  checkDestination('otlp', options, OPTIONS);
  warnOfProtocol();
  // Not its own type: that asks for an enum of a package that we do not depend on.
  const config: object = {
    url: options.url === undefined ? undefined : withPath(options.url),
    headers: options.headers,
    compression: options.compression,
    timeoutMillis: options.timeoutMs,
  };
  const exporter = new OTLPTraceExporter(config);
  const queue = new ExportQueue('otlp', exporter, queueLimits(options.batch));
  const wish = wishOf(genAi, options);
  return destination({
    name: 'otlp',
    end: (span) => {
      queue.add(viewOf(span, wish));
    },
    flush: () => queue.flush(),
    close: () => queue.close(),
    stats: () => queue.stats(),
  });
}

const url: OptionRule = {
  expected: 'an http or https URL',
  accepts: (value) => typeof value === 'string' && /^https?:$/.test(parsed(value)?.protocol ?? ''),
};

const headers: OptionRule = {
  expected: 'an object of texts',
  accepts: (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every((header) => typeof header === 'string'),
};

const OPTIONS = { url, headers, compression: oneOf('gzip', 'none'), timeoutMs: positiveNumber, batch: BATCH_RULE };

function parsed(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
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

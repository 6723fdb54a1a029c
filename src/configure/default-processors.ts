import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { warnOnce } from '../core/report.js';
import { consoleTree } from '../destinations/console-tree.js';
import { otlp } from '../destinations/otlp.js';

/**
 * The processors of a provider that is configured by the environment alone, by OpenTelemetry's standard variables; a
 * tree on the console where none of them is set.
 */
export function defaultProcessors(environment: NodeJS.ProcessEnv = process.env): SpanProcessor[] {
  const names = (environment['OTEL_TRACES_EXPORTER'] ?? '').split(',').flatMap((name) => name.trim() || []);
  if (names.length === 0) {
    const endpoint =
      environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'] || undefined;
    return [endpoint === undefined ? consoleTree() : otlp()];
  }
  return [...new Set(names)].flatMap((name) => {
    switch (name) {
      case 'otlp':
        return otlp();
      case 'console':
        return consoleTree();
      case 'none':
        return [];
      default:
        warnOnce(`OTEL_TRACES_EXPORTER=${name}: decotel knows otlp, console and none; give processors to configure()`);
        return [];
    }
  });
}

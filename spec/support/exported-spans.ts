import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { configure, type ConfigureOptions } from '../../src/configure.js';

/** What `work` exports where an application sets decotel up with `options`. */
export async function exportedSpans(options: ConfigureOptions, work: () => unknown): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const telemetry = configure({
    ...options,
    processors: [...(options.processors ?? []), new SimpleSpanProcessor(exporter)],
  });
  try {
    await work();
    await telemetry.forceFlush();
    return exporter.getFinishedSpans();
  } finally {
    await telemetry.shutdown();
    for (const api of [trace, context, propagation]) api.disable();
  }
}

import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { configure, type ConfigureOptions } from '../../src/configure.js';
import { withoutGlobals } from './without-globals.js';

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
    const spans = exporter.getFinishedSpans();
    // Views are rendered when they are first read, and an exporter that sends them reads them at once.
    for (const span of spans) JSON.stringify([span.name, span.attributes, span.events]);
    return spans;
  } finally {
    await withoutGlobals(telemetry);
  }
}

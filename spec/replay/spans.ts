import { setImmediate } from 'node:timers/promises';
import { diag, DiagLogLevel, type Attributes } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { configure } from 'decotel/configure';

/** What is compared of an exported span. */
export interface SpanView {
  name: string;
  scope: string;
  /** 0 unset, 1 ok, 2 error. */
  status: number;
  attributes: Attributes;
  events: { name: string; attributes: Attributes }[];
}

/** Every span that ends in this process, whoever made it. */
export interface SpanSource {
  /** The spans that ended since the last time. */
  take(): Promise<SpanView[]>;
  /** Failures that decotel reported instead of throwing them, and rejections that nobody handled. */
  takeReports(): string[];
  shutdown(): Promise<void>;
}

export function startRecording(): SpanSource {
  const reports: string[] = [];
  const ignore = (): void => {};
  const error = (...words: unknown[]): void => void reports.push(words.map(String).join(' '));
  const rejected = (reason: unknown): void => error('unhandled rejection:', reason);
  process.on('unhandledRejection', rejected);
  diag.setLogger(
    { error, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const exporter = new InMemorySpanExporter();
  const decotel = configure({
    processors: [new SimpleSpanProcessor(exporter)],
    content: true,
    // The recordings are compared whole.
    limits: { valueBytes: 4_000_000, items: 100_000, keys: 10_000 },
  });
  return {
    async take() {
      // A second span of the same call would end a little later.
      await setImmediate();
      await setImmediate();
      await decotel.forceFlush();
      const spans = exporter.getFinishedSpans().map(({ name, instrumentationScope, status, attributes, events }) => ({
        name,
        scope: instrumentationScope.name,
        status: status.code,
        attributes: { ...attributes },
        events: events.map((event) => ({ name: event.name, attributes: event.attributes ?? {} })),
      }));
      exporter.reset();
      return spans;
    },
    takeReports: () => reports.splice(0),
    async shutdown() {
      process.off('unhandledRejection', rejected);
      await decotel.shutdown();
    },
  };
}

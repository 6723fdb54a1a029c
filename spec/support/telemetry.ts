import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { defaultSettings, replaceSettings, type Settings } from '../../src/core/settings.js';

export interface Telemetry {
  /** Ended spans, oldest end first. */
  readonly spans: ReadableSpan[];
  /** What OpenTelemetry's diag was told, warnings and errors. */
  readonly complaints: string[];
  span(name: string): ReadableSpan;
  /** Waits until `count` spans have ended. */
  ended(count: number): Promise<ReadableSpan[]>;
  clear(): void;
  stop(): Promise<void>;
}

export interface TelemetryOptions {
  /** False: as on a provider that decotel merely joined, spans carry no content. Default: the application asked for it. */
  content?: boolean;
  settings?: Partial<Settings>;
  sampler?: Sampler;
  processors?: SpanProcessor[];
}

/** A real SDK that keeps its spans in memory, registered globally until `stop()`. */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [...(options.processors ?? []), new SimpleSpanProcessor(exporter)],
    ...(options.sampler && { sampler: options.sampler }),
  });
  const complaints: string[] = [];
  const note = (message: string, ...details: unknown[]): void => void complaints.push([message, ...details].join(' '));
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: note, warn: note, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const contentIsExplicit = options.content ?? true;
  const restore = replaceSettings({ ...defaultSettings({}), contentIsExplicit, ...options.settings });
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans();
  return {
    get spans() {
      return spans();
    },
    complaints,
    span(name) {
      const found = spans().filter((span) => span.name === name);
      if (found.length !== 1) {
        throw new Error(
          `${found.length} spans called ${name}; there are: ${spans()
            .map((span) => span.name)
            .join(', ')}`,
        );
      }
      return found[0] as ReadableSpan;
    },
    async ended(count) {
      const deadline = Date.now() + 2000;
      while (spans().length < count && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2));
      return spans();
    },
    clear: () => exporter.reset(),
    async stop() {
      restore();
      trace.disable();
      context.disable();
      propagation.disable();
      diag.disable();
      await provider.shutdown();
    },
  };
}

/** The attributes of a span with its JSON content parsed, for readable expectations. */
export function parsedAttributes(span: ReadableSpan): Record<string, unknown> {
  const parsed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(span.attributes)) {
    const looksJson = typeof value === 'string' && /^[[{"]/.test(value);
    parsed[key] = looksJson ? (JSON.parse(value) as unknown) : value;
  }
  return parsed;
}

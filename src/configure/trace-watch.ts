import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** More traces at once than a serverless instance ever has; beyond them the oldest is forgotten. */
const MOST_TRACES = 1000;

/** Tells, after all other processors, when the last open span of a trace has ended. */
export class TraceWatch implements SpanProcessor {
  /** How many spans of a trace are open. */
  private readonly open = new Map<string, number>();

  constructor(private readonly onTraceEnd: () => void) {}

  onStart(span: Span): void {
    const { traceId } = span.spanContext();
    if (this.open.size >= MOST_TRACES && !this.open.has(traceId)) this.forgetOldest();
    this.open.set(traceId, (this.open.get(traceId) ?? 0) + 1);
  }

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const left = (this.open.get(traceId) ?? 1) - 1;
    if (left > 0) {
      this.open.set(traceId, left);
      return;
    }
    this.open.delete(traceId);
    this.onTraceEnd();
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.open.clear();
    return Promise.resolve();
  }

  private forgetOldest(): void {
    for (const traceId of this.open.keys()) {
      this.open.delete(traceId);
      return;
    }
  }
}

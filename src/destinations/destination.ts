import { TraceFlags, type Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { reportFailure } from '../core/report.js';
import type { ContentOption } from '../core/settings.js';
import { checkOptions, content, type OptionRules, positiveNumber, record } from './check-options.js';

/** Options that every destination takes. */
export interface DestinationOptions {
  /** Switches content off for this destination, as a whole or by kind; never on where another rule is stricter. */
  content?: ContentOption;
  limits?: {
    /** Most bytes of UTF-8 in one attribute value, where that is less than `configure` allows. */
    valueBytes?: number;
  };
}

/** What became of the spans that a destination was given. */
export interface DestinationStats {
  /** Waiting to be sent or printed. */
  queued: number;
  exported: number;
  /** Given up after the backend refused them or could not be reached. */
  failed: number;
  /** Dropped because too many were waiting. */
  lost: number;
}

/**
 * Where spans go: an ordinary `SpanProcessor` of OpenTelemetry's SDK (2.x or 3.x), in `configure`, in a `NodeSDK` and
 * beside any other processor. Its methods never throw or reject.
 */
export interface Destination extends SpanProcessor {
  readonly name: string;
  stats(): DestinationStats;
}

/** What a destination does; the rest is the same for all. */
export interface DestinationWork {
  readonly name: string;
  /** Both are called for sampled spans only. */
  start?(span: Span, parentContext: Context): void;
  end(span: ReadableSpan): void;
  flush(): Promise<void> | void;
  close(): Promise<void> | void;
  stats(): DestinationStats;
}

/** Marks processors that take a span as it is and find its content themselves; copies of the package agree on it. */
const MARK = Symbol.for('decotel.destination');

export function isDestination(processor: SpanProcessor): boolean {
  return (processor as unknown as Record<symbol, unknown>)[MARK] === true;
}

export function markDestination<T extends SpanProcessor>(processor: T): T {
  return Object.defineProperty(processor, MARK, { value: true });
}

/** Makes a processor of `work` that cannot break the span or the provider that calls it. */
export function destination(work: DestinationWork): Destination {
  const failed = (failure: unknown): void => {
    reportFailure(`${work.name}() failed`, failure);
  };
  const guarded = async (step: () => Promise<void> | void): Promise<void> => {
    try {
      await step();
    } catch (failure) {
      failed(failure);
    }
  };
  return markDestination({
    name: work.name,
    onStart(span: Span, parentContext: Context) {
      if (work.start === undefined || !isSampled(span)) return;
      try {
        work.start(span, parentContext);
      } catch (failure) {
        failed(failure);
      }
    },
    onEnd(span: ReadableSpan) {
      if (!isSampled(span)) return;
      try {
        work.end(span);
      } catch (failure) {
        failed(failure);
      }
    },
    forceFlush: () => guarded(() => work.flush()),
    shutdown: () => guarded(() => work.close()),
    stats: () => work.stats(),
  });
}

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

const OPTIONS: OptionRules = { content, limits: record({ valueBytes: positiveNumber }) };

/** Throws a `DecotelError` for options that `name()` does not take. */
export function checkDestination(name: string, options: unknown, rules: OptionRules): void {
  checkOptions(`${name}()`, options, { ...OPTIONS, ...rules });
}

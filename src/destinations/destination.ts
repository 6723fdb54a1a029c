import { TraceFlags, type Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { reportFailure } from '../core/report.js';
import type { ContentOption } from '../core/settings.js';
import { dialectNamed } from '../dialects/registry.js';
import type { Dialect } from '../dialects/dialect.js';
import { checkOptions, content, hasMethods, type OptionRules, positiveNumber, record } from './check-options.js';
import { Lineage } from './lineage.js';
import { CHOICE_RULES, spanTest, type ChoiceOptions } from './span-choice.js';

/** Options that every destination takes. */
export interface DestinationOptions extends ChoiceOptions {
  /** In which attributes it gets decotel's spans: one of the built-in dialects by its name, or one's own. */
  dialect?: string | Dialect;
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
  /** Dropped: too many were waiting, or there is no key to send them with. */
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
  /** Both are called for sampled spans that are taken, with the parent that they have at the destination. */
  start?(span: ReadableSpan): void;
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

/** Makes a processor of `work` that takes the spans of `choice` and cannot break the span or the provider that calls it. */
export function destination(work: DestinationWork, choice: ChoiceOptions): Destination {
  const test = spanTest(choice);
  const lineage = test && new Lineage(test);
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
      try {
        const taken = lineage === undefined ? sampled(span) : lineage.start(span, parentContext);
        if (taken !== undefined) work.start?.(taken);
      } catch (failure) {
        failed(failure);
      }
    },
    onEnd(span: ReadableSpan) {
      try {
        const taken = lineage === undefined ? sampled(span) : lineage.end(span);
        if (taken !== undefined) work.end(taken);
      } catch (failure) {
        failed(failure);
      }
    },
    forceFlush: () => guarded(() => work.flush()),
    shutdown: () => guarded(() => work.close()),
    stats: () => work.stats(),
  });
}

function sampled(span: ReadableSpan): ReadableSpan | undefined {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : span;
}

const OPTIONS: OptionRules = { content, limits: record({ valueBytes: positiveNumber }) };
const MORE_OPTIONS: OptionRules = {
  dialect: {
    expected: 'the name of a dialect, or a dialect',
    accepts: (value) => typeof value === 'string' || hasMethods(value, 'render'),
  },
  ...CHOICE_RULES,
};

/** Throws a `DecotelError` for options that the function `place`, such as `otlp()`, does not take. */
export function checkDestination(place: string, options: DestinationOptions, rules: OptionRules): void {
  checkOptions(place, options, { ...OPTIONS, ...rules, ...MORE_OPTIONS });
  if (typeof options.dialect === 'string') dialectNamed(options.dialect, [], place);
}

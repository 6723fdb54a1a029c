import type { Context, Span, TracerProvider } from '@opentelemetry/api';
import { genAi, type Dialect } from '../dialects/gen-ai.js';
import { shared } from '../core/shared.js';

/** The part of a `SpanProcessor` that decotel calls itself when it hands over its own spans. */
export interface SpanSink {
  onStart(span: Span, parentContext: Context): void;
  onEnd(span: Span): void;
}

/** Where spans go: set by `configure`, read at each call. */
export interface Pipeline {
  /**
   * Decides, once, between joining a registered provider and registering one. Called at the first span, or on the next
   * turn of the event loop.
   */
  decide: (() => void) | undefined;
  /** Use this one instead of the global one. */
  tracerProvider: TracerProvider | undefined;
  /** Get decotel's own spans where decotel joined a provider: that one takes no more processors. */
  sinks: readonly SpanSink[];
  /** True where every processor of the provider was given to `configure`: spans may carry content themselves. */
  ownsProvider: boolean;
  /** What is written on spans themselves. */
  dialect: Dialect;
  /** A span of decotel's own is being started: it gets its session by its record. */
  isStarting: boolean;
}

const pipelineState = shared<Pipeline>('pipeline', () => ({
  decide: undefined,
  tracerProvider: undefined,
  sinks: [],
  ownsProvider: false,
  dialect: genAi,
  isStarting: false,
}));

export function pipeline(): Pipeline {
  return pipelineState;
}

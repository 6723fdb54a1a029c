import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { reportFailure } from '../core/report.js';
import { DecotelError } from '../core/decotel-error.js';
import { genAi, type Dialect } from '../dialects/gen-ai.js';
import { hasMethods, seen } from './check-options.js';
import { isDestination, markDestination } from './destination.js';
import { viewOf } from './span-view.js';

/**
 * Wraps a processor of anyone's so that it gets decotel's spans with their content, in the `gen-ai` dialect, where the
 * span itself carries none. Each span that ends is one object with one mutable `attributes`, so masking in place and
 * reading twice work. All other spans pass through as they are. A destination of decotel is returned unchanged. Throws a
 * `DecotelError` for anything else than a processor.
 */
export function withContent(processor: SpanProcessor): SpanProcessor {
  if (!hasMethods(processor, 'onStart', 'onEnd', 'forceFlush', 'shutdown'))
    throw new DecotelError(`withContent(): expected a span processor, got ${seen(processor)}.`);
  return isDestination(processor) ? processor : fanOut([processor]);
}

/**
 * Hands every span to all of `processors` in their order, decotel's as one object with content: what one of them masks
 * stays masked for the others. A processor that throws takes nothing from the others.
 */
export function fanOut(processors: readonly SpanProcessor[], dialect: Dialect = genAi): SpanProcessor {
  const ending = processors.filter((processor) => 'onEnding' in processor);
  const each = (to: readonly SpanProcessor[], step: (processor: SpanProcessor) => void): void => {
    for (const processor of to) {
      try {
        step(processor);
      } catch (failure) {
        reportFailure('a span processor failed', failure);
      }
    }
  };
  const all = async (step: (processor: SpanProcessor) => Promise<void>): Promise<void> => {
    await Promise.all(processors.map(step));
  };
  return markDestination({
    onStart(span: Span, parentContext: Context) {
      each(processors, (processor) => {
        processor.onStart(span, parentContext);
      });
    },
    ...(ending.length > 0 && {
      onEnding(span: Span) {
        each(ending, (processor) => processor.onEnding?.(span));
      },
    }),
    onEnd(span: ReadableSpan) {
      const view = viewOf(span, { dialect });
      each(processors, (processor) => {
        processor.onEnd(view);
      });
    },
    forceFlush: () => all((processor) => processor.forceFlush()),
    shutdown: () => all((processor) => processor.shutdown()),
  });
}

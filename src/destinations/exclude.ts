import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { DecotelError } from '../core/decotel-error.js';
import { reportFailure } from '../core/report.js';
import { hasMethods, seen } from './check-options.js';
import { isDestination, markDestination, type Destination } from './destination.js';
import { Lineage } from './lineage.js';
import { isLlmSpan } from './span-choice.js';

/**
 * Wraps a processor so that it gets no LLM spans (decotel's, and those of others that say so in their attributes or their
 * scope); what is below them hangs below their nearest ancestor that is left. Throws a `DecotelError` for anything else
 * than a processor.
 *
 * ```ts
 * new NodeSDK({ spanProcessors: [langfuse(), exclude(new BatchSpanProcessor(apm), 'llm')] });
 * ```
 */
export function exclude(processor: SpanProcessor, spans: 'llm'): SpanProcessor {
  if (!hasMethods(processor, 'onStart', 'onEnd', 'forceFlush', 'shutdown'))
    throw new DecotelError(`exclude(): expected a span processor, got ${seen(processor)}.`);
  if ((spans as unknown) !== 'llm') throw new DecotelError(`exclude(): spans: expected "llm", got ${seen(spans)}.`);
  const lineage = new Lineage((span) => !isLlmSpan(span));
  const guarded = (step: () => void): void => {
    try {
      step();
    } catch (failure) {
      reportFailure('a span processor failed', failure);
    }
  };
  const excluding: SpanProcessor = {
    onStart(span: Span, parentContext: Context) {
      guarded(() => {
        // The span itself: a processor may write to it.
        if (lineage.start(span, parentContext) !== undefined) processor.onStart(span, parentContext);
      });
    },
    ...('onEnding' in processor && {
      onEnding(span: Span) {
        guarded(() => {
          if (!isLlmSpan(span)) processor.onEnding?.(span);
        });
      },
    }),
    onEnd(span: ReadableSpan) {
      guarded(() => {
        const left = lineage.end(span);
        // It may have become an LLM span after its start.
        if (left !== undefined && !isLlmSpan(left)) processor.onEnd(left);
      });
    },
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
  if (!isDestination(processor)) return excluding;
  const { name, stats } = processor as Partial<Destination>;
  return markDestination(Object.assign(excluding, name !== undefined && { name, stats }));
}

import type { Context } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { reportFailure } from '../core/report.js';
import { settings } from '../core/settings.js';
import { pipeline } from '../spans/pipeline.js';
import { sessionAttributes } from '../spans/session-attributes.js';
import { recordOf, sessionIn } from '../spans/session-context.js';

/**
 * Writes whose a span is on those that are not decotel's (HTTP, databases) when they start, in OpenTelemetry's names;
 * then `processor` gets them. Decotel's own are rendered with their session, as it is when they end. One processor, not
 * two: each costs every span a little.
 */
export function markingSessions(processor: SpanProcessor): SpanProcessor {
  const state = pipeline();
  return {
    ...processor,
    onStart(span: Span, parentContext: Context): void {
      if (!state.isStarting) mark(span, parentContext);
      processor.onStart(span, parentContext);
    },
  };
}

function mark(span: Span, parentContext: Context): void {
  const session = settings().enabled ? sessionIn(parentContext) : undefined;
  if (session === undefined || !span.isRecording()) return;
  try {
    span.setAttributes(sessionAttributes(recordOf(session)));
  } catch (failure) {
    reportFailure('a session could not be written on a span', failure);
  }
}

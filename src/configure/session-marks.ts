import type { Context } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { reportFailure } from '../core/report.js';
import { settings } from '../core/settings.js';
import { pipeline } from '../spans/pipeline.js';
import { sessionAttributes } from '../spans/session-attributes.js';
import { sessionIn } from '../spans/session-context.js';

const nothing = (): Promise<void> => Promise.resolve();

/**
 * Writes whose a span is on those that are not decotel's (HTTP, databases) when they start, in OpenTelemetry's names.
 * Decotel's own are rendered with their session, as it is when they end.
 */
export const sessionMarks: SpanProcessor = {
  onStart(span: Span, parentContext: Context): void {
    if (pipeline().isStarting || !settings().enabled) return;
    const session = sessionIn(parentContext);
    if (session === undefined || !span.isRecording()) return;
    try {
      span.setAttributes(sessionAttributes(session.record));
    } catch (failure) {
      reportFailure('a session could not be written on a span', failure);
    }
  },
  onEnd: () => undefined,
  forceFlush: nothing,
  shutdown: nothing,
};

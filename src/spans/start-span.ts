import type { Context, Span, Tracer } from '@opentelemetry/api';
import { CapturedAttributes } from '../core/content.js';
import { admit, maskIdentifier, type GatePolicy } from '../core/gate.js';
import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { NO_CONTENT, settings } from '../core/settings.js';
import { startAttributes } from '../dialects/registry.js';
import type { CallKind, CallOptions } from './definition.js';
import { pipeline } from './pipeline.js';

export interface SpanStart {
  name: string;
  kind: CallKind;
  options: CallOptions;
  record: CallRecord;
  parent: Context;
  /** Milliseconds since the epoch; now unless given. */
  startTime?: number;
}

/** Starts a span with all that is known of its call, so that a sampler can decide on it. */
export function startSpan(tracer: Tracer, start: SpanStart): Span {
  const { record, options, parent } = start;
  const { redact, limits } = settings();
  const policy: GatePolicy = { content: NO_CONTENT, redact, valueBytes: limits.valueBytes };
  const known = startAttributes(record);
  const attributes = admit(known, policy);
  if (options.attributes !== undefined)
    Object.assign(attributes, admit(CapturedAttributes.of(options.attributes), policy));
  const span = tracer.startSpan(
    maskIdentifier(start.name, redact),
    { kind: start.kind.spanKind, attributes, startTime: start.startTime },
    parent,
  );
  for (const sink of pipeline().sinks) {
    if (!span.isRecording()) break;
    try {
      sink.onStart(span, parent);
    } catch (failure) {
      reportFailure('a processor failed at the start of a span', failure);
    }
  }
  return span;
}

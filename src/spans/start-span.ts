import type { Attributes, Context, Link, Span, Tracer } from '@opentelemetry/api';
import { CapturedAttributes } from '../core/content.js';
import { admit, metadataPolicy } from '../core/gate.js';
import { isHidden, maskIdentifier } from '../core/masking.js';
import { lastName } from '../core/plain-value.js';
import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { MASKED } from '../core/secrets.js';
import { startAttributes } from '../dialects/gen-ai.js';
import type { CallKind, CallOptions } from './definition.js';
import { pipeline } from './pipeline.js';

/** How a span starts: its name and attributes as they have passed the gate. */
export interface SpanStart {
  readonly name: string;
  readonly kind: CallKind;
  readonly attributes: Attributes;
}

/** All that is known of a call before it is made, so that a sampler can decide on it. */
export function spanStart(name: string, kind: CallKind, options: CallOptions, record: CallRecord): SpanStart {
  const policy = metadataPolicy();
  const attributes = admit(startAttributes(record), policy);
  if (options.attributes !== undefined) Object.assign(attributes, admit(captured(options.attributes), policy));
  return { name: maskIdentifier(name), kind, attributes };
}

function captured(given: NonNullable<CallOptions['attributes']>): CapturedAttributes {
  const attributes = new CapturedAttributes();
  for (const [key, value] of Object.entries(given)) {
    attributes.set(maskIdentifier(key), isHidden(lastName(key), value) ? MASKED : value);
  }
  return attributes;
}

/** Starts a span, now or as of `startTime` (milliseconds since the epoch). */
export function startSpan(tracer: Tracer, start: SpanStart, parent: Context, startTime?: number, links?: Link[]): Span {
  const { name, kind, attributes } = start;
  const state = pipeline();
  let span: Span;
  state.isStarting = true;
  try {
    // A copy: a tracer or a sampler may write into it, and a start serves many calls.
    span = tracer.startSpan(name, { kind: kind.spanKind, attributes: { ...attributes }, startTime, links }, parent);
  } finally {
    state.isStarting = false;
  }
  for (const sink of state.sinks) {
    if (!span.isRecording()) break;
    try {
      sink.onStart(span, parent);
    } catch (failure) {
      reportFailure('a processor failed at the start of a span', failure);
    }
  }
  return span;
}

import type { SpanKind } from '@opentelemetry/api';
import type { CapturedAttributes, CapturedEvent, CapturedEvents } from '../core/content.js';
import type { CallRecord } from '../core/record.js';

export type DialectEvent = CapturedEvent | CapturedEvents;

/** One record in one convention. */
export interface Rendering {
  /** Replaces the span's name. */
  name?: string;
  /** Replaces the span's kind, in views. */
  kind?: SpanKind;
  /** Replaces the name of the instrumentation scope, in views. */
  scope?: string;
  attributes: CapturedAttributes;
  events?: DialectEvent[];
}

/** One attribute convention: a pure function of the record. Never throws. */
export interface Dialect {
  readonly name: string;
  render(record: CallRecord): Rendering;
}

/** The value of OpenTelemetry's enum: dialects take the API's types only. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum itself is not loaded
export const SPAN_KIND_INTERNAL = 0 as SpanKind.INTERNAL;

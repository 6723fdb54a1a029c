import { INVALID_SPAN_CONTEXT, trace, type Attributes, type Span } from '@opentelemetry/api';
import { maskIdentifier } from '../core/masking.js';
import { admitAllGiven } from '../core/plain-value.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { NO_CONTENT } from '../core/settings.js';
import type { Call } from './call.js';
import { runningCall } from './current.js';
import { scoreRecord, type Score } from './scores.js';
import { traceparentOf } from './traceparent.js';
import { policyFor } from './write.js';

/** The running call: the innermost one that is recorded. Outside any, it takes everything and does nothing. */
export interface CurrentCall {
  /**
   * An attribute of the call's span, masked and bounded. What no attribute can hold becomes JSON, a date ISO 8601;
   * `null`, `undefined` and numbers that are not finite are left out. It is no content: it is recorded whatever the
   * content rules say. Never throws.
   */
  set(key: string, value: unknown): this;
  /** An event on the call's span, now; its attributes are treated alike. Never throws. */
  addEvent(name: string, attributes?: Readonly<Record<string, unknown>>): this;
  /** An evaluation of the call: `gen_ai.evaluation.result`. At most 100 for one call. Never throws. */
  score(score: Score): this;
  /** OpenTelemetry's span; what is written there is not masked. Outside, one that records nothing. */
  readonly span: Span;
  /** W3C `traceparent` of the span, to score the call later; undefined outside. */
  readonly traceparent: string | undefined;
}

/** The decorated or observed call that runs, at any depth below its method. */
export function currentCall(): CurrentCall {
  return new CallHandle(runningCall());
}

/** Short for `currentCall().set(key, value)`. */
export function addSpanAttribute(key: string, value: unknown): void {
  currentCall().set(key, value);
}

const MOST_SCORES = 100;
const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

class CallHandle implements CurrentCall {
  constructor(private readonly call: Call | undefined) {}

  get span(): Span {
    return this.call?.span ?? NO_SPAN;
  }

  get traceparent(): string | undefined {
    return traceparentOf(this.call?.span?.spanContext());
  }

  set(key: string, value: unknown): this {
    return this.write((span) => void span.setAttributes(admitted(span, { [key]: value })));
  }

  addEvent(name: string, attributes: Readonly<Record<string, unknown>> = {}): this {
    return this.write((span) => {
      if (typeof name !== 'string' || name === '') return;
      span.addEvent(maskIdentifier(name), admitted(span, attributes));
    });
  }

  score(score: Score): this {
    return this.write((_, call) => {
      const given = scoreRecord(score);
      const scores = (call.record.scores ??= []);
      if (given === undefined) return;
      if (scores.length < MOST_SCORES) scores.push(given);
      else warnOnce(`a call has more than ${MOST_SCORES} scores; the rest is left out`);
    });
  }

  /** Of a call that has ended, the handle may still be around. */
  private write(work: (span: Span, call: Call) => void): this {
    const { call } = this;
    if (call?.span === undefined || call.ended) return this;
    try {
      work(call.span, call);
    } catch (failure) {
      reportFailure('the running call could not be written to', failure);
    }
    return this;
  }
}

function admitted(span: Span, given: Readonly<Record<string, unknown>>): Attributes {
  return admitAllGiven(given, policyFor(span, NO_CONTENT));
}

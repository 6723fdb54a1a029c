import type { Captured } from './content.js';
import type { GatePolicy } from './gate.js';
import type { CallRecord } from './record.js';
import type { ContentSwitches, Settings } from './settings.js';

/** What decotel knows of a span that it ended, for those who render it in their own way. */
export interface FinishedCall {
  readonly record: CallRecord;
  /** Those of its end: by them it is rendered, whenever that is. */
  readonly settings: Settings;
  /** What the rules of environment, application, decorator and session allow. */
  readonly content: ContentSwitches;
  /** The dialect that the span itself is written in. */
  readonly dialect: string;
  /**
   * True where the span itself carries the metadata. On a provider of decotel's own it does
   * not: every processor there gets a view, and the caller does not wait for a rendering.
   */
  readonly metadataOnSpan: boolean;
  /** True where the span itself carries the content too. */
  readonly contentOnSpan: boolean;
  /** The call in that dialect. */
  readonly captured: Captured;
  /** By which rules that was put on the span, where it was. */
  readonly policy?: GatePolicy;
  /** Keys on the span that decotel wrote, to tell them from the application's own; those of families end with a dot. */
  readonly ownKeys: ReadonlySet<string>;
  /** Names of the events on the span that decotel wrote, in their order. */
  readonly ownEvents: readonly string[];
}

/** On the span itself: a WeakMap with an entry per call costs the garbage collector more than the call does. */
const FINISHED = Symbol.for('decotel.finished');

export function recordFinished(span: object, call: FinishedCall): void {
  (span as Record<symbol, unknown>)[FINISHED] = call;
}

/** The call behind an ended span; undefined for a span that decotel did not make. */
export function finishedCall(span: object): FinishedCall | undefined {
  return (span as Record<symbol, FinishedCall | undefined>)[FINISHED];
}

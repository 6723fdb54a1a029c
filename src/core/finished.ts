import type { CallRecord } from './record.js';
import type { ContentSwitches } from './settings.js';
import { shared } from './shared.js';

/** What decotel knows of a span that it ended, for those who render it in their own way. */
export interface FinishedCall {
  readonly record: CallRecord;
  /** What the rules of environment, application, decorator and session allow. */
  readonly content: ContentSwitches;
  /** True where the span itself carries the content (as a dialect `gen-ai` rendering). */
  readonly contentOnSpan: boolean;
  /** Keys on the span that decotel wrote, to tell them from the application's own. */
  readonly ownKeys: ReadonlySet<string>;
}

const finished = shared('finished', () => new WeakMap<object, FinishedCall>());

export function recordFinished(span: object, call: FinishedCall): void {
  finished.set(span, call);
}

/** The call behind an ended span; undefined for a span that decotel did not make. */
export function finishedCall(span: object): FinishedCall | undefined {
  return finished.get(span);
}

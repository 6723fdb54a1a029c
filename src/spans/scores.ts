import type { ScoreRecord } from '../core/record.js';
import { warnOnce } from '../core/report.js';
import { snapshotText } from '../core/snapshot.js';

/** One evaluation: a number, a label, or both. */
export interface Score {
  /** What is evaluated: `relevance`. */
  name: string;
  value?: number;
  /** What the value means, or the verdict where there is no number: `pass`, `relevant`. */
  label?: string;
  /** Content of the kind `output`: recorded where that is. */
  explanation?: string;
}

/** What of `score` can be recorded, as of now; undefined, and a report, where it says nothing. */
export function scoreRecord(score: Score): ScoreRecord | undefined {
  const { name, value, label, explanation } = score;
  const record: ScoreRecord = { name: shortText(name) ?? '', time: Date.now() };
  if (typeof value === 'number' && Number.isFinite(value)) record.value = value;
  record.label = shortText(label);
  record.explanation = shortText(explanation);
  if (record.name !== '' && (record.value !== undefined || record.label !== undefined)) return record;
  warnOnce('a score needs a name, and a finite value or a label; it is left out');
  return undefined;
}

function shortText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const text = snapshotText(value);
  return typeof text === 'string' ? text : undefined;
}

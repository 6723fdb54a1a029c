import type { CapturedAttributes } from '../core/content.js';
import type { CallRecord } from '../core/record.js';

/** An event of the span; content in it passes the gate like content in attributes. */
export interface DialectEvent {
  name: string;
  attributes: CapturedAttributes;
}

/** One record in one convention. */
export interface Rendering {
  /** Replaces the span's name. */
  name?: string;
  attributes: CapturedAttributes;
  events?: DialectEvent[];
}

/** One attribute convention: a pure function of the record. Never throws. */
export interface Dialect {
  readonly name: string;
  render(record: CallRecord): Rendering;
}

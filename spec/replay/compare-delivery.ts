import { isDeepStrictEqual } from 'node:util';
import type { Findings } from './findings.js';
import type { Recording } from './recording.js';
import type { Delivery } from './ways.js';

/** The method stays the method: with decotel the caller gets what it gets without. */
export function compareDelivery(findings: Findings, recording: Recording, bare: Delivery, delivered: Delivery): void {
  if (bare.failed !== failsAsRecorded(recording)) {
    findings.add('the SDK itself', failsAsRecorded(recording) ? 'an error' : 'an answer', String(bare.error));
  }
  compareReceived(findings, bare, delivered);
}

/** Whether the SDK fails by itself is another matter: the answer may be a spoilt one. */
export function compareReceived(findings: Findings, bare: Delivery, delivered: Delivery): void {
  findings.equal('delivered by the method', undefined, delivered.changed);
  findings.equal('delivered values', bare.values, delivered.values);
  if (!isDeepStrictEqual(errorFacts(bare), errorFacts(delivered))) {
    findings.add('delivered error', errorFacts(bare), errorFacts(delivered));
  }
}

export function failsAsRecorded({ expect }: Recording): boolean {
  return (expect.error ?? expect.stream_error) !== undefined;
}

/** What tells two errors of an SDK apart, their stacks aside. */
function errorFacts({ failed, error }: Delivery): unknown {
  if (!failed || !(error instanceof Error)) return failed ? error : undefined;
  const { status, code, type } = error as Error & { status?: unknown; code?: unknown; type?: unknown };
  return { class: error.constructor.name, name: error.name, message: error.message, status, code, type };
}

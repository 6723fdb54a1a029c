import { diag } from '@opentelemetry/api';
import { shared } from './shared.js';

/** Enough for every message of ours; a message that carries a value must not grow the set without end. */
const MOST_MESSAGES = 500;

const reported = shared('reported', () => new Set<string>());

/** Tells the developer something through OpenTelemetry's `diag`, once per message. Never throws. */
export function warnOnce(message: string): void {
  if (isFirst(message)) tell('warn', message, undefined);
}

/** Reports a failure of our own, once per message. The user's call goes on. Never throws. */
export function reportFailure(message: string, failure: unknown): void {
  if (isFirst(message)) tell('error', message, failure);
}

/** Says what was decided, for someone who looks. Never throws. */
export function inform(message: string): void {
  tell('info', message, undefined);
}

function isFirst(message: string): boolean {
  if (reported.has(message) || reported.size >= MOST_MESSAGES) return false;
  reported.add(message);
  return true;
}

function tell(level: 'info' | 'warn' | 'error', message: string, failure: unknown): void {
  try {
    if (failure === undefined) diag[level](`decotel: ${message}`);
    else diag[level](`decotel: ${message}`, failure);
  } catch {
    // A diag logger that throws must not reach the user's call.
  }
}

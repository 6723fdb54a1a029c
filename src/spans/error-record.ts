import type { ErrorRecord } from '../core/record.js';
import { snapshotText } from '../core/snapshot.js';
import { ERROR_TYPE_VALUE_OTHER } from '../semconv/core.js';

/** Reads what anything thrown says of itself. Never throws. */
export function errorRecord(error: unknown): ErrorRecord {
  if (typeof error !== 'object' || error === null) {
    return { type: ERROR_TYPE_VALUE_OTHER, name: typeof error, message: textOf(error) };
  }
  const name = className(error);
  return {
    type: statusOf(error) ?? codeOf(error) ?? name,
    name,
    message: member(error, 'message'),
    stack: member(error, 'stack'),
  };
}

/** Provider SDKs put the HTTP status on their errors: openai and anthropic `status`, others `statusCode`. */
function statusOf(error: object): string | undefined {
  for (const key of ['status', 'statusCode']) {
    const status = read(error, key);
    if (typeof status === 'number' && status >= 400 && status < 600) return String(status);
  }
  return undefined;
}

/** `ECONNREFUSED`, `ERR_INVALID_ARG_TYPE`: short words, never a message. */
function codeOf(error: object): string | undefined {
  const code = read(error, 'code');
  return typeof code === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(code) ? code : undefined;
}

function className(error: object): string {
  const constructor = read(error, 'constructor');
  const ownName = read(error, 'name');
  const name = typeof constructor === 'function' ? constructor.name : '';
  // `class NotFound extends Error` calls itself "Error" unless it sets a name; the platform's errors share one class.
  if (name !== '' && name !== 'Error' && name !== 'Object' && name !== 'DOMException') return name;
  return typeof ownName === 'string' && ownName !== '' ? ownName.slice(0, 100) : name || ERROR_TYPE_VALUE_OTHER;
}

function member(error: object, key: string): string | undefined {
  const value = read(error, key);
  return typeof value === 'string' && value !== '' ? textOf(value) : undefined;
}

function textOf(value: unknown): string {
  try {
    const text = snapshotText(String(value));
    return typeof text === 'string' ? text : '[media]';
  } catch {
    return '[unreadable]';
  }
}

function read(error: object, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

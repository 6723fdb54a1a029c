import { ERROR_TYPE_VALUE_OTHER } from '../semconv/core.js';
import { asName, asRecord, asText } from './json.js';

/** The error that a response or an event of a stream carries: `{ type?, code?, message? }`. */
export function readResponseError(value: unknown): { type: string; message?: string } | undefined {
  const error = asRecord(value);
  if (error === undefined) return undefined;
  return {
    type: asName(error['code']) ?? asName(error['type']) ?? ERROR_TYPE_VALUE_OTHER,
    message: asText(error['message']),
  };
}

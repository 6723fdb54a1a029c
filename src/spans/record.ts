import { reportFailure } from '../core/report.js';
import { currentModelCall } from './current.js';

/**
 * Hands a request or a response to the running `@withOtel` call by hand, where neither the SDK client is observed nor
 * the method returns the response. Returns the same value; does nothing outside such a call, and never throws.
 */
export function record<T>(value: T): T {
  try {
    if (typeof value === 'object' && value !== null) currentModelCall()?.note(value);
  } catch (failure) {
    reportFailure('record(value) failed', failure);
  }
  return value;
}

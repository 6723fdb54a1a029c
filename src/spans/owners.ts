import { shared } from '../core/shared.js';
import type { Call } from './call.js';

const owners = shared('owners', () => new WeakMap<object, Call>());

/** `value` (a response, a stream, an SDK's promise) is the result of `call`: its usage is counted there and only there. */
export function setOwner(value: object, call: Call): void {
  if (!owners.has(value)) owners.set(value, call);
}

export function ownerOf(value: object): Call | undefined {
  return owners.get(value);
}

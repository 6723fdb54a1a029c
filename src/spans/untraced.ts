import { AsyncLocalStorage } from 'node:async_hooks';
import { shared } from '../core/shared.js';
import type { Call } from './call.js';

/** Without telemetry there is no context manager: calls with hooks have a storage of their own, made for the first. */
const state = shared<{ storage?: AsyncLocalStorage<Call> }>('untraced', () => ({}));

export function runInUntraced(call: Call, work: () => unknown): unknown {
  state.storage ??= new AsyncLocalStorage();
  return state.storage.run(call, work);
}

/** The innermost call with hooks and without a span. */
export function untracedCall(): Call | undefined {
  return state.storage?.getStore();
}

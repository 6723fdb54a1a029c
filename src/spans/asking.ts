import { AsyncLocalStorage } from 'node:async_hooks';
import { shared } from '../core/shared.js';
import type { ObservedCall } from './observed-call.js';

/** Not in OpenTelemetry's context: an SDK that traces itself replaces that by one of its own. */
const state = shared<{ storage?: AsyncLocalStorage<ObservedCall> }>('asking', () => ({}));

/** Makes the call of a client that is one model, or of one whose methods were replaced. */
export function ask(call: ObservedCall, invoke: () => unknown): unknown {
  state.storage ??= new AsyncLocalStorage();
  return state.storage.run(call, invoke);
}

/** True inside such a call, which may be seen by several: `of` says which model, or whose method, it asks. */
export function isAsking(of: unknown): boolean {
  const call = state.storage?.getStore();
  return call?.ended === false && call.asks === of;
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { shared } from '../core/shared.js';
import type { ObservedCall } from './observed-call.js';

/** Not in OpenTelemetry's context: an SDK that traces itself replaces that by one of its own. */
const state = shared<{ storage?: AsyncLocalStorage<ObservedCall> }>('asking', () => ({}));

/** Makes the call of a client that is one model. */
export function ask(call: ObservedCall, invoke: () => unknown): unknown {
  state.storage ??= new AsyncLocalStorage();
  return state.storage.run(call, invoke);
}

/** True inside such a call: it may be seen through the model, through a middleware around it, and by the SDK's telemetry. */
export function isAsking(name: string | undefined, model: string): boolean {
  const call = state.storage?.getStore();
  return call?.ended === false && call.model === model && call.hostedBy === name;
}

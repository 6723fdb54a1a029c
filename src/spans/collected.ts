import type { OpenCall } from './open-calls.js';

/** Ends the call of an object that was collected before anybody consumed it. */
const registry = new FinalizationRegistry<OpenCall>((call) => call.end('abandoned'));

export function watchCollection(target: object, call: OpenCall): void {
  registry.register(target, call, call);
}

export function unwatchCollection(call: OpenCall): void {
  registry.unregister(call);
}

import { innermostFirst, type OpenCall } from './open-calls.js';

/** Calls whose objects one run of the garbage collector took: it tells of them in any order. */
let collected: OpenCall[] = [];

/** Ends the call of an object that was collected before anybody consumed it. */
const registry = new FinalizationRegistry<OpenCall>((call) => {
  if (collected.push(call) === 1) queueMicrotask(endCollected);
});

function endCollected(): void {
  const calls = collected.sort(innermostFirst);
  collected = [];
  for (const call of calls) call.end('abandoned');
}

export function watchCollection(target: object, call: OpenCall): void {
  registry.register(target, call, call);
}

export function unwatchCollection(call: OpenCall): void {
  registry.unregister(call);
}

import type { Trace } from '../trace.js';

/** Enough for every finite source here; an endless one is left after that many. */
export const MOST = 6;

/** What takes longer waits for something else than microtasks. */
const MANY_MICROTASKS = 30;

/** What a consumer throws. */
export class ConsumerError extends Error {}

/** A full turn of the event loop, timers and callbacks of closing included. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Notes how many microtasks pass until `thenable` has settled, and waits until it has. */
export async function noteMicrotasks(trace: Trace, thenable: PromiseLike<unknown>): Promise<void> {
  const state = { isSettled: false };
  const settle = (): void => void (state.isSettled = true);
  void thenable.then(settle, settle);
  let count = 0;
  while (!state.isSettled && count < MANY_MICROTASKS) {
    count++;
    await Promise.resolve();
  }
  trace.note(`settles after ${count} microtasks`);
  while (!state.isSettled) await turn();
}

import { reportFailure, warnOnce } from '../core/report.js';

/** Waits for all of `steps`, but no longer than `timeoutMs`. Never rejects: failures are reported. */
export async function settled(
  what: string,
  steps: readonly (() => Promise<unknown>)[],
  timeoutMs: number,
): Promise<void> {
  const all = Promise.all(steps.map((step) => attempt(what, step)));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  const first = await Promise.race([all, late]);
  clearTimeout(timer);
  if (first === 'late') warnOnce(`${what} did not finish within ${timeoutMs} ms; it is not waited for`);
}

async function attempt(what: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (failure) {
    reportFailure(`${what} failed`, failure);
  }
}

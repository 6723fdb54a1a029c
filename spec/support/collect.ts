import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Runs the garbage collector until `done`, for at most `mostMs`. */
export async function collectUntil(done: () => boolean, mostMs = 5000): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const deadline = Date.now() + mostMs;
  while (!done() && Date.now() < deadline) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

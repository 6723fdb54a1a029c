import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SHARED = new URL('../shared/', pathToFileURL(`${process.cwd()}/`));

/** A path in the folder of test data beside the checkout; undefined where there is none. CI must have it. */
export function sharedPath(path: string): string | undefined {
  const found = fileURLToPath(new URL(path, SHARED));
  if (existsSync(found)) return found;
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(`CI needs ../shared/${path}`);
  return undefined;
}

/** `describe` where that path is there, else one skipped suite that says why. */
export function describeWithShared(path: string, title: string, suite: (found: string) => void): void {
  const found = sharedPath(path);
  if (found !== undefined) describe(title, () => suite(found));
  else describe.skip(`${title} (needs ../shared/${path})`, () => it('is skipped', () => undefined));
}

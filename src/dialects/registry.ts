import { DecotelError } from '../core/decotel-error.js';
import type { Dialect } from './dialect.js';
import { genAi } from './gen-ai.js';

export { genAi, startAttributes } from './gen-ai.js';

export const builtInDialects: readonly Dialect[] = [genAi];

/**
 * @throws DecotelError naming the dialects there are.
 */
export function dialectNamed(name: string): Dialect {
  const found = builtInDialects.find((dialect) => dialect.name === name);
  if (found !== undefined) return found;
  const known = builtInDialects.map((dialect) => `'${dialect.name}'`).join(', ');
  throw new DecotelError(`dialect: expected one of ${known}, got '${name}'.`);
}

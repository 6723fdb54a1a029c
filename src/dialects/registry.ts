import { DecotelError } from '../core/decotel-error.js';
import { confident } from './confident.js';
import type { Dialect } from './dialect.js';
import { genAi } from './gen-ai.js';
import { genAiEvents } from './gen-ai-events.js';
import { langfuse } from './langfuse.js';
import { mirascope } from './mirascope.js';
import { openinference } from './openinference.js';

export const builtInDialects: readonly Dialect[] = [
  // The default.
  genAi,
  genAiEvents,
  confident,
  langfuse,
  mirascope,
  openinference,
];

/**
 * @throws DecotelError naming the dialects there are.
 */
export function dialectNamed(name: string, own: readonly Dialect[] = [], place = 'configure()'): Dialect {
  const dialects = [...own, ...builtInDialects];
  const found = dialects.find((dialect) => dialect.name === name);
  if (found !== undefined) return found;
  const known = dialects.map((dialect) => `'${dialect.name}'`).join(', ');
  throw new DecotelError(`${place}: dialect: expected one of ${known}, got '${name}'.`);
}

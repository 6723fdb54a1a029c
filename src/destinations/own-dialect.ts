import type { Dialect } from '../dialects/dialect.js';
import { genAi } from '../dialects/gen-ai.js';
import { builtInDialects } from '../dialects/registry.js';

/** The backend's own dialect; the conventions', which all of them read too, where it is not built in. */
export function ownDialect(name: string): Dialect {
  return builtInDialects.find((dialect) => dialect.name === name) ?? genAi;
}

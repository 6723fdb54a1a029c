import { contentSwitches, type ContentSwitches } from '../core/settings.js';
import type { Dialect } from '../dialects/dialect.js';
import { dialectNamed } from '../dialects/registry.js';
import type { DestinationOptions } from './destination.js';

/** In what way a destination wants the spans of decotel. */
export interface Wish {
  readonly dialect: Dialect;
  /** What the destination allows; undefined: everything that the call's own rules allow. */
  readonly content?: ContentSwitches;
  /** Undefined: as much as `configure` allows. */
  readonly valueBytes?: number;
}

/** What `options` ask for; in `ownDialect` where they name none. */
export function wishOf(ownDialect: Dialect, { dialect = ownDialect, content, limits }: DestinationOptions): Wish {
  return {
    dialect: typeof dialect === 'string' ? dialectNamed(dialect) : dialect,
    content: content === undefined ? undefined : contentSwitches(content),
    valueBytes: limits?.valueBytes,
  };
}

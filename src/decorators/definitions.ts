import { decoratedBy, type Decorated } from '../core/decorated.js';
import type { MethodDefinition } from '../spans/definition.js';

export type { AnyFunction } from '../core/decorated.js';

/** What all decorators of one method said together. */
export interface DecoratedMethod extends MethodDefinition {
  readonly methodName: string;
  /** `code.function.name` of a call on `self`. */
  readonly functionName: (self: unknown) => string;
}

/** What our decorators said of this function; undefined for any other function. */
export function definitionOf(method: unknown): Decorated<DecoratedMethod> | undefined {
  return decoratedBy(method);
}

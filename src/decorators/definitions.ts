import { shared } from '../core/shared.js';
import type { MethodDefinition } from '../spans/definition.js';

/** Any function, called with whatever `this` and arguments its caller chose. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** What all decorators of one method said together. */
export interface DecoratedMethod extends MethodDefinition {
  readonly methodName: string;
  /** `code.function.name` of a call on `self`. */
  readonly functionName: (self: unknown) => string;
}

export interface Decorated {
  readonly definition: DecoratedMethod;
  /** The method as the application wrote it, or as another library's decorator left it. */
  readonly original: AnyFunction;
}

/** By the function that stands in for the method. */
const decorated = shared('definitions', () => new WeakMap<AnyFunction, Decorated>());

export function remember(wrapper: AnyFunction, entry: Decorated): void {
  decorated.set(wrapper, entry);
}

/** What our decorators said of this function; undefined for any other function. */
export function definitionOf(method: AnyFunction): Decorated | undefined {
  return decorated.get(method);
}

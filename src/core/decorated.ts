import { shared } from './shared.js';

/** Any function, called with whatever `this` and arguments its caller chose. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** A function that stands in for a method. Rooms read different parts of the definition. */
export interface Decorated<Definition> {
  /** What our decorators said of the method. */
  readonly definition: Definition;
  /** The method as the application wrote it, or as another library's decorator left it. */
  readonly original: AnyFunction;
}

const decorated = shared('definitions', () => new WeakMap<object, Decorated<unknown>>());

export function remember<Definition>(wrapper: AnyFunction, entry: Decorated<Definition>): void {
  decorated.set(wrapper, entry);
}

/** Undefined for anything that does not stand in for a method. */
export function decoratedBy<Definition>(value: unknown): Decorated<Definition> | undefined {
  return decorated.get(value as AnyFunction) as Decorated<Definition> | undefined;
}

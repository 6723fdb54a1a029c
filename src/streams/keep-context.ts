import { coverMethod, isCoverable, type Enter } from './cover.js';
import { isObservable } from './observable.js';

/**
 * Lets the body of a returned generator run where `enter` says at each step, and what an observable does when it is
 * subscribed to. For calls that are not recorded: nothing is watched. The same object is returned.
 */
export function keepContext(value: unknown, enter: Enter): unknown {
  if (typeof value !== 'object' || value === null || !isCoverable(value)) return value;
  for (const name of lazyMethods(value)) coverMethod(value, name, enter);
  return value;
}

function lazyMethods(value: object): string[] {
  if (isGenerator(value)) return ['next', 'return', 'throw'];
  // One that is returned again and again would wear layers of covers.
  return isObservable(value) && !Object.hasOwn(value, 'subscribe') ? ['subscribe'] : [];
}

/** A generator object of the language, whose body runs step by step as its consumer asks. */
export function isGenerator(value: object): boolean {
  try {
    const tag: unknown = (value as Record<symbol, unknown>)[Symbol.toStringTag];
    return tag === 'Generator' || tag === 'AsyncGenerator';
  } catch {
    return false;
  }
}

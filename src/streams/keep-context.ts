import { cover, isCoverable, methodOf, type Method } from './cover.js';

export type Enter = (work: Method, self: unknown, values: unknown[]) => unknown;

/**
 * Lets the body of a returned generator run where `enter` says at each step. For calls that are not recorded: nothing
 * is watched. The same object is returned; anything else than a generator is left alone.
 */
export function keepContext(value: unknown, enter: Enter): unknown {
  if (typeof value !== 'object' || value === null || !isGenerator(value) || !isCoverable(value)) return value;
  for (const name of ['next', 'return', 'throw']) {
    const step = methodOf(value, name);
    if (step === undefined) continue;
    cover(value, name, function (this: unknown, ...values) {
      return enter(step, this, values);
    });
  }
  return value;
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

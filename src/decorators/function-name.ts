import { definitionOf } from './definitions.js';

/** A member's name in messages and traces. */
export function memberName(key: PropertyKey): string {
  return typeof key === 'symbol' ? `[${key.description ?? ''}]` : String(key);
}

/**
 * `code.function.name`, for instance `Librarian.recommendBook`, of a call on `self`. A standard decorator is not told the
 * class, so it is looked up at the first call: the object that owns the decorated function. `key` is undefined for a
 * `#private` method, which no reflection finds. Never throws: `self` may be nothing, or a Proxy.
 */
export function functionNameOf(
  member: string,
  key: PropertyKey | undefined,
  className?: string,
): (self: unknown) => string {
  let known = className ? `${className}.${member}` : undefined;
  const within = (object: object): string => {
    const { name } = (typeof object === 'function' ? object : object.constructor) as { name?: unknown };
    return typeof name === 'string' && name !== '' ? `${name}.${member}` : member;
  };
  const functionName = (self: unknown): string => {
    if (known !== undefined) return known;
    if ((typeof self !== 'object' && typeof self !== 'function') || self === null) return member;
    try {
      let nearest: object | undefined;
      let object: object | null = key === undefined ? null : self;
      for (; object !== null; object = Object.getPrototypeOf(object) as object | null) {
        const own = Object.getOwnPropertyDescriptor(object, key as PropertyKey);
        if (own === undefined) continue;
        if (definitionOf(own.value)?.definition.functionName === functionName) return (known = within(object));
        nearest ??= object;
      }
      // Another decorator's function stands there: the owner is not certain, so it is looked up each time.
      return within(nearest ?? self);
    } catch {
      return member;
    }
  };
  return functionName;
}

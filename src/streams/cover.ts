/** Any method, called with whatever `this` and arguments it was called with. */
export type Method = (this: unknown, ...values: unknown[]) => unknown;

/** Calls `work` in some way of its own: in the context of a call, or out of it. */
export type Enter = (work: Method, self: unknown, values: unknown[]) => unknown;

/** What each cover of ours stands for: the own property that was there before, if any. */
const covers = new WeakMap<Method, PropertyDescriptor | undefined>();

/** Covers the method of that name with one that calls it through `enter`; false where that is not possible. */
export function coverMethod(target: object, name: PropertyKey, enter: Enter): boolean {
  const original = methodOf(target, name);
  return (
    original !== undefined &&
    cover(target, name, function (this: unknown, ...values) {
      return enter(original, this, values);
    })
  );
}

/**
 * Covers a method with an own, non-enumerable one. False where the object does not allow it. An own property keeps its
 * enumerability, so that listing the object's members stays what it was.
 */
export function cover(target: object, name: PropertyKey, method: Method): boolean {
  try {
    const own = Object.getOwnPropertyDescriptor(target, name);
    if (own !== undefined && own.configurable === false) return false;
    covers.set(method, own);
    // What is listed is printed with its name.
    if (own?.enumerable === true && typeof own.value === 'function') nameLike(own.value as Method, method);
    return Reflect.defineProperty(target, name, {
      value: method,
      enumerable: own?.enumerable ?? false,
      configurable: true,
      writable: true,
    });
  } catch {
    return false;
  }
}

function nameLike(original: Method, method: Method): void {
  for (const key of ['name', 'length']) {
    const own = Object.getOwnPropertyDescriptor(original, key);
    if (own !== undefined) Object.defineProperty(method, key, own);
  }
}

/** Takes our covers off an object that is watched anew: one that is returned again and again would wear layers of them. */
export function uncover(target: object): void {
  for (const key of Reflect.ownKeys(target)) {
    let own = Object.getOwnPropertyDescriptor(target, key);
    while (typeof own?.value === 'function' && covers.has(own.value as Method)) {
      const former = covers.get(own.value as Method);
      if (former === undefined) Reflect.deleteProperty(target, key);
      else Reflect.defineProperty(target, key, former);
      own = former;
    }
  }
}

/** The method of that name, or undefined; a getter that throws counts as none. */
export function methodOf(target: object, name: PropertyKey): Method | undefined {
  try {
    const value = (target as Record<PropertyKey, unknown>)[name];
    return typeof value === 'function' ? (value as Method) : undefined;
  } catch {
    return undefined;
  }
}

/** True where new own properties can be defined. */
export function isCoverable(target: object): boolean {
  try {
    return Object.isExtensible(target);
  } catch {
    return false;
  }
}

import type { AnyFunction } from './definitions.js';

/**
 * `code.function.name`, for instance `Librarian.recommendBook`. A standard decorator is not told the class, so it is
 * looked up at the first call: the object that owns the decorated function.
 */
export class FunctionName {
  /** The decorated function as it stands on the class. */
  wrapper: AnyFunction | undefined = undefined;
  private known: string | undefined = undefined;

  /** `key` is undefined for a `#private` method, which no reflection finds. */
  constructor(
    private readonly key: PropertyKey | undefined,
    private readonly member: string,
    className: string | undefined,
  ) {
    if (className !== undefined && className !== '') this.known = `${className}.${member}`;
  }

  /** A function of no class, called what it is called. */
  static ofFunction(name: string): FunctionName {
    const functionName = new FunctionName(undefined, name, undefined);
    functionName.known = name;
    return functionName;
  }

  /** Never throws: `self` may be nothing, or a Proxy. */
  of(self: unknown): string {
    if (this.known !== undefined) return this.known;
    if ((typeof self !== 'object' && typeof self !== 'function') || self === null) return this.member;
    try {
      return this.key === undefined ? this.within(self) : this.search(self, this.key);
    } catch {
      return this.member;
    }
  }

  private search(self: object, key: PropertyKey): string {
    let nearest: object | undefined;
    for (let object: object | null = self; object !== null; object = Object.getPrototypeOf(object) as object | null) {
      const own = Object.getOwnPropertyDescriptor(object, key);
      if (own === undefined) continue;
      if (own.value === this.wrapper) return (this.known = this.within(object));
      nearest ??= object;
    }
    // Another decorator's function stands there: the owner is not certain, so it is looked up each time.
    return this.within(nearest ?? self);
  }

  private within(object: object): string {
    const owner = typeof object === 'function' ? object : object.constructor;
    const name: unknown = owner.name;
    return typeof name === 'string' && name !== '' ? `${name}.${this.member}` : this.member;
  }
}

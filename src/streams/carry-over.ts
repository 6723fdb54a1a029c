/**
 * Gives `to`, which stands in for `from`, the own properties that it has not: what libraries put on their streams and
 * promises. What the platform puts on each (Node 20's async hooks on promises, the state of a stream) is on both.
 */
export function carryOver(from: object, to: object): void {
  for (const key of Reflect.ownKeys(from)) {
    const own = Object.hasOwn(to, key) ? undefined : Object.getOwnPropertyDescriptor(from, key);
    if (own !== undefined) Reflect.defineProperty(to, key, own);
  }
}

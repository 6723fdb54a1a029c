/** Stands for a call on the objects that it returned: they may live long, so it holds nothing of the call. */
export type Owner = object;

/** On the object itself: a WeakMap with an entry per call costs the garbage collector more than the call does. */
const OWNER = Symbol.for('decotel.owner');

/**
 * `value` (a response, a stream, an SDK's promise) is the result of `owner`: its usage is counted there and only there.
 * A value that takes no property has no owner.
 */
export function setOwner(value: object, owner: Owner): void {
  if (ownerOf(value) === undefined) Reflect.defineProperty(value, OWNER, { value: owner, configurable: true });
}

export function ownerOf(value: object): Owner | undefined {
  return (value as Record<symbol, Owner | undefined>)[OWNER];
}

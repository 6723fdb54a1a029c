const natives = new WeakMap<object, boolean>();

/**
 * True for a part of a client that has methods of its own: an instance of a class that is not the language's or the
 * platform's (those have internal slots, and are passed to functions that look for them).
 */
export function isResource(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) return false;
  const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
  if (typeof constructor !== 'function') return false;
  let isNative = natives.get(constructor);
  if (isNative === undefined) {
    isNative = isNativeClass(constructor) || inheritsNative(prototype);
    natives.set(constructor, isNative);
  }
  return !isNative;
}

function isNativeClass(constructor: object): boolean {
  return Function.prototype.toString.call(constructor).includes('[native code]');
}

/** A subclass of Map, Promise or EventTarget has its internal slots. */
function inheritsNative(prototype: object): boolean {
  let above: unknown = Object.getPrototypeOf(prototype);
  while (typeof above === 'object' && above !== null && above !== Object.prototype) {
    const constructor = Object.getOwnPropertyDescriptor(above, 'constructor')?.value as unknown;
    if (typeof constructor === 'function' && isNativeClass(constructor)) return true;
    above = Object.getPrototypeOf(above);
  }
  return false;
}

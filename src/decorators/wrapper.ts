import { runCall } from '../spans/run.js';
import type { AnyFunction, DecoratedMethod } from './definitions.js';

/**
 * The function that stands in for `original`. It has the name, length, own properties, prototype and Reflect metadata
 * of `model`: `original` itself, or what an earlier decorator made of it.
 */
export function wrap(definition: DecoratedMethod, original: AnyFunction, model: AnyFunction): AnyFunction {
  const wrapper = isConstructor(original) ? constructible(definition, original) : method(definition, original);
  carryOver(model, wrapper);
  return wrapper;
}

/** Written as a method: like the original it has no `prototype`, and `new` refuses it. */
function method(definition: DecoratedMethod, original: AnyFunction): AnyFunction {
  const holder = {
    method(this: unknown, ...args: unknown[]): unknown {
      return runCall(definition, original, this, args);
    },
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- its caller chooses `this`, as the original's did
  return holder.method;
}

/** An ordinary `function` may also be called with `new`; that is no call of the method. */
function constructible(definition: DecoratedMethod, original: AnyFunction): AnyFunction {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    if ((new.target as unknown) === undefined) return runCall(definition, original, this, args);
    return Reflect.construct(original, args, new.target === wrapper ? original : new.target);
  };
  return wrapper;
}

function isConstructor(value: AnyFunction): boolean {
  try {
    // As the new target, `value` is asked for its prototype and not called.
    Reflect.construct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}

function carryOver(from: AnyFunction, to: AnyFunction): void {
  Object.setPrototypeOf(to, Object.getPrototypeOf(from) as object | null);
  for (const key of Reflect.ownKeys(from)) {
    // Functions of sloppy mode own these two; they cannot be defined.
    if (key === 'arguments' || key === 'caller') continue;
    const own = Object.getOwnPropertyDescriptor(from, key);
    if (own !== undefined) Object.defineProperty(to, key, own);
  }
  carryMetadata(from, to);
}

interface ReflectMetadata {
  getOwnMetadataKeys?: (target: object) => unknown[];
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
}

/** What `reflect-metadata` knows of `from`, where that library is loaded. */
export function carryMetadata(from: object, to: object): void {
  const { getOwnMetadataKeys, getOwnMetadata, defineMetadata } = Reflect as ReflectMetadata;
  if (getOwnMetadataKeys === undefined || getOwnMetadata === undefined || defineMetadata === undefined) return;
  for (const key of getOwnMetadataKeys(from)) defineMetadata(key, getOwnMetadata(key, from), to);
}

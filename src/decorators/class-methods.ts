import { definitionOf, type AnyFunction, type DecoratedMethod } from './definitions.js';
import { FunctionName } from './function-name.js';
import { decorateFunction, type Declaration } from './method-decorator.js';
import { FREEZE_LATER, isClass, misuse, type AnyClass } from './misuse.js';

/** A method that stands on a class itself, or on its prototype. */
export interface OwnMethod {
  readonly owner: object;
  readonly key: string | symbol;
  readonly name: string;
  readonly isStatic: boolean;
  /** What our decorators said of it. */
  readonly definition: DecoratedMethod | undefined;
}

/** The methods a class declares, static ones too; not inherited, not `#private`, and not its constructor. */
export function ownMethods(target: AnyClass): OwnMethod[] {
  return [...methodsOf(target.prototype as object, false), ...methodsOf(target, true)];
}

function methodsOf(owner: object, isStatic: boolean): OwnMethod[] {
  return Reflect.ownKeys(owner).flatMap((key) => {
    const own = Object.getOwnPropertyDescriptor(owner, key);
    const value: unknown = own?.value;
    // An enumerable static member is a field that holds a function.
    if (typeof value !== 'function' || isClass(value) || (isStatic && own?.enumerable === true)) return [];
    if (key === 'constructor' && !isStatic) return [];
    const name = typeof key === 'symbol' ? `[${key.description ?? ''}]` : key;
    return [{ owner, key, name, isStatic, definition: definitionOf(value as AnyFunction)?.definition }];
  });
}

/** Puts a decorated function in the place of the method. */
export function decorateOwnMethod(declaration: Declaration, target: AnyClass, method: OwnMethod): void {
  const { owner, key, name } = method;
  const own = Object.getOwnPropertyDescriptor(owner, key);
  const functionName = new FunctionName(key, name, target.name);
  const place = `\`${target.name}.${name}\``;
  const value = decorateFunction(declaration, own?.value as AnyFunction, place, { methodName: name, functionName });
  if (Reflect.defineProperty(owner, key, { ...own, value })) return;
  throw misuse(declaration.decorator, place, 'the method cannot be replaced', FREEZE_LATER);
}

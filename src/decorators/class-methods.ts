import { isClass, misuse, type AnyClass } from '../core/misuse.js';
import { definitionOf, type AnyFunction, type DecoratedMethod } from './definitions.js';
import { functionNameOf, memberName } from './function-name.js';
import { decorateFunction, type Declaration } from './method-decorator.js';

/** A method that stands on a class itself, or on its prototype. */
export interface OwnMethod {
  readonly owner: object;
  readonly key: string | symbol;
  readonly name: string;
  readonly isStatic: boolean;
  /** What our decorators said of it. */
  readonly definition: DecoratedMethod | undefined;
}

/** A decorator below ours froze the class. */
export function frozen(where: string): Error {
  return misuse(where, 'it is frozen', 'Freeze the class after it is decorated.');
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
    return [{ owner, key, name: memberName(key), isStatic, definition: definitionOf(value)?.definition }];
  });
}

/** Puts a decorated function in the place of the method. */
export function decorateOwnMethod(declaration: Declaration, target: AnyClass, { owner, key, name }: OwnMethod): void {
  const own = Object.getOwnPropertyDescriptor(owner, key);
  const place = `\`${target.name}.${name}\``;
  const functionName = functionNameOf(name, key, target.name);
  const value = decorateFunction(declaration, own?.value as AnyFunction, place, { methodName: name, functionName });
  if (Reflect.defineProperty(owner, key, { ...own, value })) return;
  throw frozen(`\`${declaration.decorator}\` on ${place}`);
}

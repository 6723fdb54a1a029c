import { rememberTemplate } from '../prompts/render-prompt.js';
import { definitionOf, remember, type AnyFunction, type DecoratedMethod } from './definitions.js';
import { FunctionName } from './function-name.js';
import { described, isClass, misuse, type AnyClass } from './misuse.js';
import { wrap } from './wrapper.js';

/** What a decorator says, whatever it is put on. */
export interface Declaration {
  /** As people write it: `@tool`. */
  readonly decorator: string;
  /** Adds what the decorator says to what others said of the method; throws where that does not fit. */
  declare(method: DecoratedMethod, place: string): void;
  /** What it does to a class; returns the class that replaces it, if any. Absent where it does not go on one. */
  declareOnClass?(target: AnyClass, place: string): AnyClass | undefined;
}

/** What standard decorators are told. */
type Context = DecoratorContext;

/** The member that was decorated last, to see two of our decorators around one of another library. */
interface Member {
  /** The prototype or class; unknown in the standard mode. */
  readonly owner: unknown;
  readonly key: PropertyKey;
  readonly isStatic: boolean;
  readonly method: DecoratedMethod;
}

let latest: Member | undefined;

/** The decorator that `@tool()` returns: it serves both modes, and wraps a plain function. */
export function createDecorator(declaration: Declaration): (...application: unknown[]) => unknown {
  // All decorators of a member are evaluated before the first is applied, so a new one means another member.
  latest = undefined;
  return (...application) => applyDecorator(declaration, application);
}

/** True where a decorator was called as one (`@tool`), not with its options (`@tool()`). */
export function isApplication(args: readonly unknown[]): boolean {
  return args.length > 1 || typeof args[0] === 'function';
}

/**
 * The one place that knows both decorator modes. The second argument tells them apart: a context object in the
 * standard one, a key in the legacy one, where the first is a function too for static methods and parameters of
 * the constructor.
 */
export function applyDecorator(declaration: Declaration, application: readonly unknown[]): unknown {
  const [target, second, third] = application;
  if (isContext(second)) return applyStandard(declaration, target, second);
  if (application.length > 1) return applyLegacy(declaration, target, second as PropertyKey | undefined, third);
  if (isClass(target)) return applyToClass(declaration, target);
  if (typeof target === 'function') return applyToFunction(declaration, target as AnyFunction);
  const remedy = 'Put it on a method, or wrap a function with it.';
  throw misuse(declaration.decorator, 'a value', `expected a method, got ${described(target)}`, remedy);
}

function isContext(second: unknown): second is Context {
  return typeof second === 'object' && second !== null && typeof (second as { kind?: unknown }).kind === 'string';
}

function applyStandard(declaration: Declaration, value: unknown, context: Context): unknown {
  if (context.kind === 'class') return applyToClass(declaration, value as AnyClass);
  const { name, kind } = context;
  const member = memberName(name);
  if (kind !== 'method' || typeof value !== 'function') throw notAMethod(declaration, `\`${member}\``, kind);
  const functionName = new FunctionName(context.private ? undefined : name, member, undefined);
  const identity = { owner: undefined, key: name, isStatic: context.static };
  return applyToMember(declaration, value as AnyFunction, identity, `\`${member}\``, functionName);
}

function applyLegacy(declaration: Declaration, owner: unknown, key: PropertyKey | undefined, third: unknown): unknown {
  const className = classNameOf(owner);
  const member = key === undefined ? 'constructor' : memberName(key);
  const place = `\`${className === '' ? member : `${className}.${member}`}\``;
  if (typeof third === 'number') throw notAMethod(declaration, place, 'parameter');
  const descriptor = third as PropertyDescriptor | undefined;
  const kind = key === 'constructor' ? 'constructor' : legacyKind(descriptor);
  if (kind !== 'method' || key === undefined) throw notAMethod(declaration, place, kind);
  const identity = { owner, key, isStatic: typeof owner === 'function' };
  const functionName = new FunctionName(key, member, className);
  const value = applyToMember(declaration, descriptor?.value as AnyFunction, identity, place, functionName);
  return { ...descriptor, value };
}

function legacyKind(descriptor: PropertyDescriptor | undefined): Kind {
  if (descriptor?.get !== undefined) return descriptor.set === undefined ? 'getter' : 'accessor';
  if (descriptor?.set !== undefined) return 'setter';
  return typeof descriptor?.value === 'function' && !isClass(descriptor.value) ? 'method' : 'field';
}

function applyToMember(
  declaration: Declaration,
  value: AnyFunction,
  identity: Omit<Member, 'method'>,
  place: string,
  functionName: FunctionName,
): AnyFunction {
  const hidden = definitionOf(value) === undefined ? hiddenMethod(identity) : undefined;
  const methodName = memberName(identity.key).replace(/^#/, '');
  const wrapper = decorateFunction(declaration, value, place, { methodName, functionName });
  const method = definitionOf(wrapper)?.definition;
  if (method === undefined) return wrapper;
  // Another library's wrapper stands between two of ours: the inner one needs the template too, as a decorated call
  // without one of its own does not inherit.
  if (hidden !== undefined) hidden.prompt ??= method.prompt;
  latest = { ...identity, method };
  return wrapper;
}

/** What our decorators said of this very member, below the function that another decorator put there. */
function hiddenMethod({ owner, key, isStatic }: Omit<Member, 'method'>): DecoratedMethod | undefined {
  const isSame = latest?.owner === owner && latest?.key === key && latest.isStatic === isStatic;
  return isSame ? latest?.method : undefined;
}

function applyToFunction(declaration: Declaration, value: AnyFunction): AnyFunction {
  const name = value.name === '' ? 'anonymous' : value.name;
  const place = value.name === '' ? 'an anonymous function' : `\`${name}\``;
  return decorateFunction(declaration, value, place, { methodName: name, functionName: FunctionName.ofFunction(name) });
}

function applyToClass(declaration: Declaration, target: AnyClass): unknown {
  const place = `\`${target.name}\``;
  if (declaration.declareOnClass === undefined) throw notAMethod(declaration, place, 'class');
  return declaration.declareOnClass(target, place);
}

/**
 * The function that stands in for `value`. Where `value` is already one of ours, both decorators share one: their
 * order does not matter, and nothing is wrapped twice.
 */
export function decorateFunction(
  declaration: Declaration,
  value: AnyFunction,
  place: string,
  fresh: DecoratedMethod,
): AnyFunction {
  const known = definitionOf(value);
  const definition: DecoratedMethod = { ...(known?.definition ?? fresh) };
  declaration.declare(definition, place);
  const original = known?.original ?? value;
  const wrapper = wrap(definition, original, value);
  definition.functionName.wrapper = wrapper;
  remember(wrapper, { definition, original });
  if (definition.prompt !== undefined) rememberTemplate(wrapper, definition.prompt);
  definition.call?.kind.decorated?.(wrapper, original, definition.call);
  return wrapper;
}

type Kind = Context['kind'] | 'parameter' | 'constructor';

function notAMethod({ decorator }: Declaration, place: string, kind: Kind): Error {
  const got = kind === 'accessor' ? 'an accessor' : `a ${kind}`;
  return misuse(decorator, place, `expected a method, got ${got}`, remedyFor(decorator, kind));
}

function remedyFor(decorator: string, kind: Kind): string {
  switch (kind) {
    case 'field':
      return `Decorate a method; a function in a field is wrapped as a value: ${decorator.slice(1)}(…)(() => …).`;
    case 'class':
      return 'Decorate its methods.';
    default:
      return 'Decorate the method that performs the call.';
  }
}

function classNameOf(owner: unknown): string {
  const target =
    typeof owner === 'function' ? owner : (owner as { constructor?: { name?: unknown } } | null)?.constructor;
  return typeof target?.name === 'string' ? target.name : '';
}

function memberName(key: PropertyKey): string {
  return typeof key === 'symbol' ? `[${key.description ?? ''}]` : String(key);
}

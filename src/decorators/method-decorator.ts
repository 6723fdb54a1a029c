import { remember } from '../core/decorated.js';
import { described, isClass, misuse, type AnyClass } from '../core/misuse.js';
import { definitionOf, type AnyFunction, type DecoratedMethod } from './definitions.js';
import { functionNameOf, memberName } from './function-name.js';
import { wrap } from './wrapper.js';

/** What a decorator says, whatever it is put on. `where` opens messages: ``  `@tool` on `Search.query`  ``. */
export interface Declaration {
  /** As people write it: `@tool`. */
  readonly decorator: string;
  /** Adds what the decorator says to what others said of the method; throws where that does not fit. */
  declare(method: DecoratedMethod, where: string): void;
  /** What it does to a class; returns the class that replaces it, if any. Absent where it does not go on one. */
  declareOnClass?(target: AnyClass, where: string): AnyClass | undefined;
}

/** What standard decorators are told. */
type Context = DecoratorContext;

type Kind = Context['kind'] | 'parameter' | 'constructor';

/** The member that is decorated. */
interface Member {
  /** The prototype or class; unknown in the standard mode. */
  readonly owner: unknown;
  readonly key: PropertyKey;
  readonly isStatic: boolean;
}

/** What was decorated last, to see two of our decorators around one of another library. */
let latest: (Member & { readonly method: DecoratedMethod }) | undefined;

/**
 * A decorator that goes on bare (`@tool`) and with its options (`@tool({…})`), of what `declarationOf` makes of them;
 * undefined where it is bare.
 */
export function decoratorOf(declarationOf: (options: unknown) => Declaration): (...args: unknown[]) => unknown {
  return (...args) => {
    const isBare = args.length > 1 || typeof args[0] === 'function';
    return isBare ? apply(declarationOf(undefined), args) : createDecorator(declarationOf(args[0]));
  };
}

/** The decorator that `@tool()` returns: it serves both modes, and wraps a plain function. */
export function createDecorator(declaration: Declaration): (...application: unknown[]) => unknown {
  // All decorators of a member are evaluated before the first is applied, so a new one means another member.
  latest = undefined;
  return (...application) => apply(declaration, application);
}

/**
 * The one place that knows both decorator modes. The second argument tells them apart: a context object in the
 * standard one, a key in the legacy one, where the first is a function too for static methods and parameters of
 * the constructor.
 */
function apply(declaration: Declaration, application: readonly unknown[]): unknown {
  const [target, second, third] = application;
  if (isContext(second)) return applyStandard(declaration, target, second);
  if (application.length > 1) return applyLegacy(declaration, target, second as PropertyKey | undefined, third);
  if (isClass(target)) return applyToClass(declaration, target);
  if (typeof target === 'function') return applyToFunction(declaration, target as AnyFunction);
  const problem = `expected a method, got ${described(target)}`;
  throw misuse(`\`${declaration.decorator}\` on a value`, problem, 'Decorate a method, or wrap a function.');
}

function isContext(second: unknown): second is Context {
  return typeof second === 'object' && second !== null && typeof (second as { kind?: unknown }).kind === 'string';
}

function applyStandard(declaration: Declaration, value: unknown, context: Context): unknown {
  if (context.kind === 'class') return applyToClass(declaration, value as AnyClass);
  const { name, kind, static: isStatic } = context;
  const functionKey = context.private ? undefined : name;
  return applyToMember(declaration, kind, value, { owner: undefined, key: name, isStatic }, functionKey);
}

function applyLegacy(
  declaration: Declaration,
  owner: unknown,
  key: PropertyKey = 'constructor',
  third: unknown,
): unknown {
  const descriptor = third as PropertyDescriptor | undefined;
  const kind = typeof third === 'number' ? 'parameter' : key === 'constructor' ? key : legacyKind(descriptor);
  const member = { owner, key, isStatic: typeof owner === 'function' };
  return { ...descriptor, value: applyToMember(declaration, kind, descriptor?.value, member, key, classNameOf(owner)) };
}

function legacyKind(descriptor: PropertyDescriptor | undefined): Kind {
  if (descriptor?.get !== undefined) return descriptor.set === undefined ? 'getter' : 'accessor';
  if (descriptor?.set !== undefined) return 'setter';
  return typeof descriptor?.value === 'function' && !isClass(descriptor.value) ? 'method' : 'field';
}

function applyToMember(
  declaration: Declaration,
  kind: Kind,
  value: unknown,
  member: Member,
  functionKey: PropertyKey | undefined,
  className?: string,
): AnyFunction {
  const name = memberName(member.key);
  const place = `\`${className ? `${className}.${name}` : name}\``;
  if (kind !== 'method') throw notAMethod(declaration, place, kind);
  const below = hiddenBelow(value as AnyFunction, member);
  const wrapper = decorateFunction(declaration, value as AnyFunction, place, {
    methodName: name.replace(/^#/, ''),
    functionName: functionNameOf(name, functionKey, className),
  });
  const method = definitionOf(wrapper)?.definition as DecoratedMethod;
  // The inner one needs the template too, as a decorated call without one of its own does not inherit.
  if (below !== undefined) below.prompt ??= method.prompt;
  latest = { ...member, method };
  return wrapper;
}

/** What our decorators said of this very member, below the function that another library's decorator put there. */
function hiddenBelow(value: AnyFunction, { owner, key, isStatic }: Member): DecoratedMethod | undefined {
  const isSame = latest?.owner === owner && latest?.key === key && latest.isStatic === isStatic;
  return isSame && definitionOf(value) === undefined ? latest?.method : undefined;
}

function applyToFunction(declaration: Declaration, value: AnyFunction): AnyFunction {
  const methodName = value.name || 'anonymous';
  const place = value.name === '' ? 'an anonymous function' : `\`${methodName}\``;
  return decorateFunction(declaration, value, place, { methodName, functionName: () => methodName });
}

function applyToClass(declaration: Declaration, target: AnyClass): unknown {
  const place = `\`${target.name}\``;
  if (declaration.declareOnClass === undefined) throw notAMethod(declaration, place, 'class');
  return declaration.declareOnClass(target, whereOf(declaration, place));
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
  declaration.declare(definition, whereOf(declaration, place));
  const original = known?.original ?? value;
  const wrapper = wrap(definition, original, value);
  remember(wrapper, { definition, original });
  return wrapper;
}

function whereOf({ decorator }: Declaration, place: string): string {
  return `\`${decorator}\` on ${place}`;
}

export function alreadyDecorated(where: string, other: string): Error {
  return misuse(where, `already decorated with \`${other}\``, 'Remove one of them.');
}

function notAMethod(declaration: Declaration, place: string, kind: Kind): Error {
  const problem = `expected a method, got ${kind === 'accessor' ? 'an' : 'a'} ${kind}`;
  return misuse(whereOf(declaration, place), problem, remedyFor(declaration, kind));
}

function remedyFor({ decorator }: Declaration, kind: Kind): string {
  if (kind === 'class') return 'Decorate its methods.';
  if (kind !== 'field') return 'Decorate the method that performs the call.';
  return `Decorate a method, or wrap the function: ${decorator.slice(1)}(…)(() => …).`;
}

function classNameOf(owner: unknown): string | undefined {
  const target =
    typeof owner === 'function' ? owner : (owner as { constructor?: { name?: unknown } } | null)?.constructor;
  return typeof target?.name === 'string' ? target.name : undefined;
}

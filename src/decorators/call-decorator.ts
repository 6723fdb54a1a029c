import { misuse, type AnyClass } from '../core/misuse.js';
import { checkOptions, type OptionTypes } from '../core/options.js';
import type { CallDefinition, CallKind, CallOptions } from '../spans/definition.js';
import type { CallDecorator, CallDecoratorFactory } from './decorator-types.js';
import type { DecoratedMethod } from './definitions.js';
import { alreadyDecorated, decoratorOf, type Declaration } from './method-decorator.js';

/** Options as a definition holds them: what describes a call gets nothing else, and the method's name is a default. */
export interface MethodOptions extends CallOptions {
  readonly methodName?: string;
}

/** What makes one decorator of calls different from the others. */
export interface CallFamily<Options extends CallOptions> {
  readonly kind: CallKind;
  /** What its own options must be, beside those that every decorator takes. */
  readonly options: OptionTypes<Omit<Options, keyof CallOptions>>;
  /** Puts it on a class. Absent where it does not go on one. */
  readonly onClass?: (options: Options, target: AnyClass, where: string) => AnyClass | undefined;
  /** Options that only the class form knows. */
  readonly classOptions?: readonly (keyof Options & string)[];
}

const CALL_OPTIONS: OptionTypes<CallOptions> = {
  name: 'a string',
  attributes: 'an object',
  tags: 'an array of strings',
  metadata: 'an object',
  content: 'a boolean or { input, output, tools, retrieval } of booleans',
  capture: 'a function',
};

/** The decorator of a family: bare, with options, on a plain function, in both decorator modes. */
export function callDecorator<Options extends CallOptions, Decorator = CallDecorator>(
  family: CallFamily<Options>,
): CallDecoratorFactory<Options, Decorator> {
  return decoratorOf((options) => callDeclaration(family, options)) as CallDecoratorFactory<Options, Decorator>;
}

/** `options` are checked where the decorator is applied: only there a message can say where. */
export function callDeclaration<Options extends CallOptions>(
  { kind, options: types, onClass, classOptions = [] }: CallFamily<Options>,
  options: unknown = {},
): Declaration {
  const check = (where: string): Options =>
    checkOptions(where, options, { ...CALL_OPTIONS, ...types } as OptionTypes<Options>);
  return {
    decorator: kind.decorator,
    declare: (method, where) => {
      const checked = check(where);
      const misplaced = classOptions.find((name) => checked[name] !== undefined);
      if (misplaced !== undefined) {
        throw misuse(where, `option \`${misplaced}\` goes on a class`, 'Leave it out.');
      }
      if (method.call !== undefined) throw alreadyDecorated(where, method.call.kind.decorator);
      method.call = callOf(kind, method, { ...checked, methodName: method.methodName } satisfies MethodOptions);
    },
    ...(onClass && { declareOnClass: (target: AnyClass, where: string) => onClass(check(where), target, where) }),
  };
}

export function callOf(
  kind: CallKind,
  { methodName, functionName }: DecoratedMethod,
  options: CallOptions,
): CallDefinition {
  return { kind, methodName, options, functionName };
}

import type { CallKind, CallOptions } from '../spans/definition.js';
import type { CallDecorator, CallDecoratorFactory } from './decorator-types.js';
import { applyDecorator, createDecorator, isApplication, type Declaration } from './method-decorator.js';
import { misuse, type AnyClass } from './misuse.js';
import { checkOptions, type OptionTypes } from './options.js';

/** Options as a definition holds them: what describes a call gets nothing else, and the method's name is a default. */
export interface MethodOptions extends CallOptions {
  readonly methodName?: string;
}

/** What makes one decorator of calls different from the others. */
export interface CallFamily<Options extends CallOptions> {
  readonly kind: CallKind;
  /** All its options, and what each must be. */
  readonly options: OptionTypes<Options>;
  /** Puts it on a class. Absent where it does not go on one. */
  readonly onClass?: (options: Options, target: AnyClass, place: string) => AnyClass | undefined;
  /** Options that only the class form knows. */
  readonly classOptions?: readonly (keyof Options & string)[];
}

/** The decorator of a family: bare, with options, on a plain function, in both decorator modes. */
export function callDecorator<Options extends CallOptions, Decorator = CallDecorator>(
  family: CallFamily<Options>,
): CallDecoratorFactory<Options, Decorator> {
  const decorator = (...args: unknown[]): unknown =>
    isApplication(args)
      ? applyDecorator(callDeclaration(family, {}), args)
      : createDecorator(callDeclaration(family, args[0] === undefined ? {} : args[0]));
  return decorator as CallDecoratorFactory<Options, Decorator>;
}

/** `options` are checked where the decorator is applied: only there a message can say where. */
export function callDeclaration<Options extends CallOptions>(
  family: CallFamily<Options>,
  options: unknown,
): Declaration {
  const { kind, onClass, classOptions = [] } = family;
  const { decorator } = kind;
  const check = (place: string): Options => checkOptions(decorator, place, options, family.options);
  return {
    decorator,
    declare: (method, place) => {
      const checked = check(place);
      const misplaced = classOptions.find((name) => checked[name] !== undefined);
      if (misplaced !== undefined) {
        throw misuse(decorator, place, `option \`${misplaced}\` goes with a class`, 'Leave it out on a method.');
      }
      if (method.call !== undefined) throw alreadyDecorated(decorator, place, method.call.kind.decorator);
      const { methodName, functionName } = method;
      method.call = {
        kind,
        methodName,
        options: { ...checked, methodName } satisfies MethodOptions,
        functionName: (self) => functionName.of(self),
      };
    },
    ...(onClass !== undefined && {
      declareOnClass: (target: AnyClass, place: string) => onClass(check(place), target, place),
    }),
  };
}

function alreadyDecorated(decorator: string, place: string, other: string): Error {
  const remedy = 'One decorator describes a call: remove one of them.';
  return misuse(decorator, place, `the method is already decorated with \`${other}\``, remedy);
}

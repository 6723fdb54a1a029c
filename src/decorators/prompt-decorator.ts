import type { PromptThisMember, PromptVariableName } from '../prompts/prompt-variables.js';
import type { AnyClassValue, AnyConstructor, AnyMethod, FunctionForm, OnMethods } from './decorator-types.js';

/** Where a template's variables come from that the method does not pass. */
export type PromptParams<Template extends string> =
  | readonly (PromptVariableName<Template> | null)[]
  | {
      // `any`: the method is not known here, and parameters without a type must not be errors.
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
      readonly [Name in PromptVariableName<Template>]?: (this: any, ...args: any[]) => unknown;
    };

/**
 * Goes where the method and its class have what the template and `params` name. What the compiler cannot know is not
 * asked: names of parameters, and a template whose text is not a literal.
 */
export type PromptDecorator<Template extends string, Params = never> = OnMethods<MethodForms<Template, Params>> &
  FunctionForm &
  ClassForms<Template>;

interface MethodForms<Template extends string, Params> {
  <This, Method extends AnyMethod>(
    method: Method,
    context: ClassMethodDecoratorContext<This, Method>,
  ): Checked<MissingMember<This, Template> | MissingParameter<Method, Params>>;
  <Target extends object, Method extends AnyMethod>(
    target: Target,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): Checked<MissingMember<Target, Template> | MissingParameter<Method, Params>>;
}

interface ClassForms<Template extends string> {
  <Class extends AnyConstructor>(
    target: Class,
    context: ClassDecoratorContext<Class>,
  ): Checked<MissingMember<InstanceType<Class>, Template>>;
  <Class extends AnyClassValue>(target: Class): Checked<MissingMember<Class['prototype'], Template>>;
}

/** A decorator that returns anything else does not fit, and the compiler shows what it returns. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- what a decorator returns
type Checked<Mistake> = [Mistake] extends [never] ? void : { mistake: Mistake };

type MissingMember<This, Template extends string> =
  PromptThisMember<Template> extends infer Name ? (Name extends string ? Missing<This, Name> : never) : never;

/** Private and protected members are no keys, but a type without the member is compatible with one that leaves it out. */
type Missing<This, Name extends string> = Name extends keyof This
  ? never
  : [This & Mark] extends [Mark & { readonly [Key in Name]?: never }]
    ? `{this.${Name}} is no member of the class`
    : never;

/** Keeps the compiler from comparing a type that has only optional members. */
interface Mark {
  readonly mark: true;
}

type MissingParameter<Method extends AnyMethod, Params> = [Params] extends [never]
  ? never
  : Params extends readonly unknown[]
    ? Required<Parameters<Method>> extends readonly [...Anything<Params>, ...unknown[]]
      ? never
      : number extends Parameters<Method>['length']
        ? never
        : '`params` has more names than the method has parameters'
    : ReaderMistake<Method, Params[keyof Params]>;

type Anything<Params extends readonly unknown[]> = { [Index in keyof Params]: unknown };

/** Compared in both directions: parameters of a generic method, and optional ones, are wider than what it is given. */
type ReaderMistake<Method extends AnyMethod, Reader> = Reader extends AnyMethod
  ? Reader extends (this: unknown, ...args: Parameters<Method>) => unknown
    ? never
    : Method extends (this: unknown, ...args: [...Parameters<Reader>, ...never[]]) => unknown
      ? never
      : 'a function of `params` takes other arguments than the method'
  : never;

/**
 * Any method. `any` because the compiler matches a method against the constraint of its own decorator contexts, which
 * are written with it; nothing that is not so typed lets generic and overloaded methods through unchanged.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
export type AnyMethod = (this: any, ...args: any[]) => any;

export type AnyConstructor = abstract new (...args: never[]) => object;

/** A constructor that is private fits no constructor type; every class has a prototype. */
export interface AnyClassValue {
  readonly prototype: object;
}

/** What the compiler's message shows where a decorator stands on something that it cannot decorate. */
export interface Misplaced<What extends string> {
  readonly misplaced: What;
}

/**
 * The mistakes come first: each is a signature that fits and returns what no decorator may return, so that the
 * compiler's error names the mistake.
 */
interface StandardMistakes {
  <This, Value>(
    value: undefined,
    context: ClassFieldDecoratorContext<This, Value>,
  ): Misplaced<'a field: decorate a method, or wrap the function that the field holds'>;
  <This, Value>(
    value: (this: This) => Value,
    context: ClassGetterDecoratorContext<This, Value>,
  ): Misplaced<'a getter: decorate the method that performs the call'>;
  <This, Value>(
    value: (this: This, value: Value) => void,
    context: ClassSetterDecoratorContext<This, Value>,
  ): Misplaced<'a setter: decorate the method that performs the call'>;
  <This, Value>(
    value: ClassAccessorDecoratorTarget<This, Value>,
    context: ClassAccessorDecoratorContext<This, Value>,
  ): Misplaced<'an accessor: decorate the method that performs the call'>;
}

interface LegacyMistakes {
  // Three parameters: with two, the compiler would try it on methods as well.
  (
    target: object,
    key: string | symbol,
    descriptor?: undefined,
  ): Misplaced<'a field: decorate a method, or wrap the function that the field holds'>;
  (target: object, key: string | symbol | undefined, index: number): Misplaced<'a parameter: decorate the method'>;
}

interface MethodForms {
  <This, Method extends AnyMethod>(method: Method, context: ClassMethodDecoratorContext<This, Method>): void;
  <Method extends AnyMethod>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<Method>): void;
}

/** A legacy getter that returns a function looks like a method to the compiler; it is found at decoration. */
type LegacyPropertyMistake = <Value>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Value>,
) => Misplaced<'a getter, setter or accessor: decorate the method that performs the call'>;

interface ClassMistakes {
  <Class extends AnyConstructor>(
    target: Class,
    context: ClassDecoratorContext<Class>,
  ): Misplaced<'a class: decorate its methods'>;
  (target: AnyClassValue): Misplaced<'a class: decorate its methods'>;
}

interface ClassForms {
  <Class extends AnyConstructor>(target: Class, context: ClassDecoratorContext<Class>): void;
  (target: AnyClassValue): void;
}

/** A plain function is returned wrapped, of exactly the same type. */
export type FunctionForm = <Wrapped extends AnyMethod>(method: Wrapped) => Wrapped;

/** TypeScript takes the standard context of a method with a number for its key for `never`, which would fit a mistake. */
type NumberedMethod = (method: AnyMethod, context: never) => void;

/** `Forms` may ask more of a method. */
export type OnMethods<Forms = MethodForms> = NumberedMethod &
  StandardMistakes &
  LegacyMistakes &
  Forms &
  LegacyPropertyMistake;

/** Goes on methods in both decorator modes, and wraps plain functions. */
export type CallDecorator = OnMethods & FunctionForm & ClassMistakes;

/** Goes on classes as well. */
export type CallOrClassDecorator = OnMethods & FunctionForm & ClassForms;

/** Any method whose first parameter takes `Input`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
type MethodTaking<Input> = (this: any, input: Input, ...rest: any[]) => any;

type Unfit = Misplaced<'a method whose parameter does not fit the `input` of the tool'>;

interface TakingForms<Input> {
  <This, Method extends MethodTaking<Input>>(method: Method, context: ClassMethodDecoratorContext<This, Method>): void;
  <Method extends MethodTaking<Input>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void;
  <This, Method extends AnyMethod>(method: Method, context: ClassMethodDecoratorContext<This, Method>): Unfit;
  <Method extends AnyMethod>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<Method>): Unfit;
  <Wrapped extends MethodTaking<Input>>(method: Wrapped): Wrapped;
  (method: AnyMethod): Unfit;
}

/** Goes on methods that take what a schema gives, and wraps such functions. */
export type TakingDecorator<Input> = NumberedMethod &
  StandardMistakes &
  LegacyMistakes &
  TakingForms<Input> &
  LegacyPropertyMistake &
  ClassMistakes;

/** Options of which a function is none: `name` alone would let one pass. */
export type OptionsOnly<Options> = Options & { readonly apply?: never };

/** `@tool`, `@tool()` and `@tool({…})`. */
export type CallDecoratorFactory<Options, Decorator = CallDecorator> = Decorator & {
  (): Decorator;
  // Not an optional parameter: a bare decorator on a field, called with `undefined`, would fit.
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- see above
  (options: OptionsOnly<Options>): Decorator;
};

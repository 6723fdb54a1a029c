import type { PromptImage } from './image.js';

/**
 * A value that a template can render; a function without parameters is called for it. A promise, or a function with
 * parameters, is refused when it is rendered.
 */
export type PromptValue = string | number | boolean | bigint | object | null;

/** The variables that a template needs, by name: `{ book: { title } }` for `{book.title}`. */
export type PromptVariables<Template extends string> = string extends Template
  ? Readonly<Record<string, unknown>>
  : Merged<VariableOf<Braced<Template>>>;

/** The names of a template's variables. */
export type PromptVariableName<Template extends string> = string extends Template
  ? string
  : Exclude<RootOf<PathOf<Braced<Template>>>, 'this'>;

/** The members of `this` that a template reads. */
export type PromptThisMember<Template extends string> = string extends Template
  ? never
  : MemberOf<PathOf<Braced<Template>>>;

type MemberOf<Path extends string> = Path extends `this.${infer Rest}` ? RootOf<Rest> : never;

/** None at all where the template has no variable. */
export type PromptArguments<Template extends string> = string extends Template
  ? [variables?: PromptVariables<Template>]
  : [Braced<Template>] extends [never]
    ? []
    : [variables: PromptVariables<Template>];

/** A template with images or parts is no text. */
export type TextArguments<Template extends string> = string extends Template
  ? PromptArguments<Template>
  : [Extract<FormatOf<Braced<Template>>, 'image' | 'images' | 'part' | 'parts'>] extends [never]
    ? PromptArguments<Template>
    : [variables: { error: 'a template with images or parts becomes messages of an SDK: messages(variables, sdk)' }];

/** Makes `{this.x}` a compile error that says why, where there is no `this`. */
export type WithoutThis<Template extends string> =
  'this' extends RootOf<PathOf<Braced<Template>>>
    ? { error: '{this.name} needs a method: a prompt that is a value takes all its variables from the call' }
    : unknown;

/** What stands between braces, as a union: `genre`, `books:list`, and `history:messages` of a `MESSAGES:` section. */
type Braced<Text extends string, Found extends string = never> = Text extends `${infer Before}{${infer Rest}`
  ? Rest extends `{${infer After}`
    ? Braced<After, Found>
    : Rest extends `${infer Inner}}${infer After}`
      ? Braced<After, Found | (EndsWithMessages<Before> extends true ? `${Trim<Inner>}:messages` : Trim<Inner>)>
      : Found
  : Found;

type EndsWithMessages<Before extends string> =
  TrimEnd<Before> extends `${infer Head}MESSAGES:`
    ? TrimEndOfLine<Head> extends '' | `${string}\n`
      ? true
      : false
    : false;

type PathOf<Inner extends string> = Inner extends `${infer Path}:${string}` ? Trim<Path> : Inner;
type FormatOf<Inner extends string> = Inner extends `${string}:${infer Format}` ? Trim<Format> : 'text';
type RootOf<Path extends string> = Path extends `${infer Root}.${string}` ? Root : Path;

interface ValueOfFormat {
  text: PromptValue;
  list: Computed<readonly PromptValue[] | ReadonlySet<PromptValue> | null>;
  lists: Computed<readonly (readonly PromptValue[])[] | null>;
  image: Computed<PromptImage | null>;
  images: Computed<readonly PromptImage[] | null>;
  part: Computed<object | null>;
  parts: Computed<readonly object[] | null>;
  messages: Computed<readonly { readonly role: string; readonly content?: unknown }[] | null>;
}

type Computed<Value> = Value | (() => Value);

type VariableOf<Inner extends string> = Inner extends string
  ? Nested<
      PathOf<Inner>,
      FormatOf<Inner> extends infer Format extends keyof ValueOfFormat ? ValueOfFormat[Format] : PromptValue
    >
  : never;

type Nested<Path extends string, Value> = Path extends `${infer Root}.${infer Rest}`
  ? { readonly [Name in Root]: Nested<Rest, Value> }
  : { readonly [Name in Path]: Value };

/** One object type out of a union of them, flat, so that the compiler's messages name the missing key. */
type Merged<Union> = Flat<
  (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void ? All : never
>;
type Flat<Shape> = { [Name in keyof Shape]: Shape[Name] };

type Blank = ' ' | '\n' | '\t' | '\r';
type Trim<Text extends string> = Text extends `${Blank}${infer Rest}` ? Trim<Rest> : TrimEnd<Text>;
type TrimEnd<Text extends string> = Text extends `${infer Rest}${Blank}` ? TrimEnd<Rest> : Text;
type TrimEndOfLine<Text extends string> = Text extends `${infer Rest}${' ' | '\t'}` ? TrimEndOfLine<Rest> : Text;

import { prepareFrames } from '../prompts/frame.js';
import { parseTemplate, type ParamReaders, type PromptTemplate } from '../prompts/template.js';
import { decorateOwnMethod, ownMethods } from './class-methods.js';
import type { DecoratedMethod } from './definitions.js';
import { applyDecorator, createDecorator, isApplication, type Declaration } from './method-decorator.js';
import { declaredAt, described, misuse } from './misuse.js';
import { checkOptions } from './options.js';
import type { PromptDecorator, PromptParams } from './prompt-decorator.js';

export interface PromptTemplateOptions<
  Template extends string = string,
  Params extends PromptParams<Template> = PromptParams<Template>,
> {
  template: Template;
  /** Recorded as `gen_ai.prompt.name`. */
  name?: string;
  /** Recorded as `gen_ai.prompt.version`. Default: a short hash of the template. */
  version?: string;
  /** Recorded as `decotel.prompt.metadata.<key>`. */
  metadata?: Readonly<Record<string, string | number | boolean>>;
  /** Recorded as `decotel.prompt.tags`. */
  tags?: readonly string[];
  /**
   * Where variables come from that the method does not pass to `promptText`: the names of its parameters in their
   * order (`null` skips one), for code that is minified, or a function of its arguments for each variable.
   */
  params?: Params;
}

/**
 * The prompt template of a method: inside it, `promptText()` and `promptMessages()` render it. `{name}` is a parameter
 * of the method, `{this.name}` a member of the instance, `{book.title}` a member of a value, `{books:list}` one item a
 * line; `{{` and `}}` are braces. Lines that start with `SYSTEM:`, `USER:`, `ASSISTANT:` or `MESSAGES:` open messages.
 * Indentation that all lines share is removed. On a class it is the template of each of its methods that has none of
 * its own, and `{name}` is a field of the instance.
 *
 * Alone it starts no span; works without telemetry. Throws a `DecotelError` at decoration for a malformed template, a
 * second one, or a wrong target.
 *
 * ```ts
 * class Librarian {
 *   @withOtel()
 *   @promptTemplate('Recommend a {genre} book for {this.reader}')
 *   async recommendBook(genre: string) {
 *     return ask(promptText());
 *   }
 * }
 * ```
 */
export function promptTemplate<const Template extends string>(template: Template): PromptDecorator<Template>;
export function promptTemplate<const Template extends string, const Params extends PromptParams<Template>>(
  options: PromptTemplateOptions<Template, Params>,
): PromptDecorator<Template, Params>;
export function promptTemplate(...args: unknown[]): unknown {
  // `@promptTemplate` without a template.
  if (isApplication(args)) return applyDecorator(declarationOf(undefined), args);
  return createDecorator(declarationOf(args[0]));
}

const DECORATOR = '@promptTemplate';

function declarationOf(given: unknown): Declaration {
  const declaring = (isOfClass: boolean): Declaration => ({
    decorator: DECORATOR,
    declare: (method, place) => {
      declareTemplate(method, place, given, isOfClass);
    },
  });
  return {
    ...declaring(false),
    declareOnClass: (target) => {
      const declaration = declaring(true);
      for (const method of ownMethods(target)) {
        const isFree = method.definition?.prompt === undefined || method.definition.prompt.isOfClass;
        if (!method.isStatic && isFree) decorateOwnMethod(declaration, target, method);
      }
      return undefined;
    },
  };
}

function declareTemplate(method: DecoratedMethod, place: string, given: unknown, isOfClass: boolean): void {
  if (method.prompt !== undefined) {
    const remedy = 'One method has one template: remove one of them.';
    throw misuse(DECORATOR, place, 'there is already a prompt template', remedy);
  }
  method.prompt = parse(method, place, given, isOfClass);
  prepareFrames();
}

function parse(method: DecoratedMethod, place: string, given: unknown, isOfClass: boolean): PromptTemplate {
  const { template, params, ...options } = checkedOptions(place, given);
  const { functionName } = method;
  const source = { ...options, template, params: checkedParams(place, params), isOfClass };
  const parsed = parseTemplate({ ...source, place: (self) => functionName.of(self) }, declaredAt(DECORATOR, place));
  checkNames(place, parsed);
  return parsed;
}

/** An entry of `params` that the template does not use is most likely misspelt. */
function checkNames(place: string, { parts, params }: PromptTemplate): void {
  const known = new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.root])));
  const names = isNames(params) ? params : Object.keys(params ?? {});
  const unknown = names.find((name) => name !== null && !known.has(name));
  if (unknown === undefined) return;
  const problem = `\`params\` names ${described(unknown)}, which is no variable of the template`;
  throw misuse(DECORATOR, place, problem, `There are ${[...known].join(', ')}.`);
}

function isNames(params: ParamReaders | undefined): params is readonly (string | null)[] {
  return Array.isArray(params);
}

function checkedOptions(place: string, given: unknown): PromptTemplateOptions {
  if (typeof given === 'string') return { template: given };
  const remedy = "Pass the text, @promptTemplate('…'), or { template }.";
  if (given === undefined) throw misuse(DECORATOR, place, 'there is no template', remedy);
  const options = checkOptions<Omit<PromptTemplateOptions, 'params'> & { params: unknown }>(DECORATOR, place, given, {
    template: 'a string',
    name: 'a string',
    version: 'a string',
    metadata: 'an object',
    tags: 'an array of strings',
    params: 'an object or an array',
  });
  if ((options.template as unknown) === undefined) throw misuse(DECORATOR, place, 'there is no template', remedy);
  return options as PromptTemplateOptions;
}

function checkedParams(place: string, params: unknown): ParamReaders | undefined {
  if (params === undefined) return undefined;
  const isTuple = Array.isArray(params);
  for (const [name, value] of Object.entries(params as object)) {
    const fits = isTuple
      ? value === null || typeof value === 'string'
      : typeof value === 'function' || value === undefined;
    if (fits) continue;
    const remedy = isTuple ? 'An array holds names, or null.' : 'An object holds functions of the arguments.';
    throw misuse(DECORATOR, place, `\`params.${name}\` is ${described(value)}`, remedy);
  }
  return params as ParamReaders;
}

import { described, misuse, thereAre } from '../core/misuse.js';
import { prepareFrames } from '../prompts/frame.js';
import {
  parseTemplate,
  templateOptions,
  type ParamReaders,
  type PromptTemplate,
  type TemplateOptions,
} from '../prompts/template.js';
import { decorateOwnMethod, ownMethods } from './class-methods.js';
import type { DecoratedMethod } from './definitions.js';
import { alreadyDecorated, decoratorOf, type Declaration } from './method-decorator.js';
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
  return decorate(...args);
}

const decorate = decoratorOf((given) => ({
  decorator: '@promptTemplate',
  declare: (method, where) => {
    declareTemplate(method, where, optionsOf(where, given), false);
  },
  declareOnClass: (target, where) => {
    const options = optionsOf(where, given);
    const ofClass: Declaration = {
      decorator: '@promptTemplate',
      declare: (method, place) => {
        declareTemplate(method, place, options, true);
      },
    };
    parseTemplate(where, options);
    for (const method of ownMethods(target)) {
      const isFree = method.definition?.prompt === undefined || method.definition.prompt.isOfClass === true;
      if (!method.isStatic && isFree) decorateOwnMethod(ofClass, target, method);
    }
    return undefined;
  },
}));

interface Options extends TemplateOptions {
  readonly params?: ParamReaders;
}

function optionsOf(where: string, given: unknown): Options {
  const options = templateOptions<Options>(where, given, { params: 'an object or an array' });
  const isTuple = Array.isArray(options.params);
  for (const [name, value] of Object.entries(options.params ?? {})) {
    const fits = typeof value === (isTuple ? 'string' : 'function') || value === (isTuple ? null : undefined);
    if (fits) continue;
    const wanted = isTuple ? 'a name or null' : 'a function';
    throw misuse(where, `\`params.${name}\` is ${described(value)}`, `It must be ${wanted}.`);
  }
  return options;
}

function declareTemplate(method: DecoratedMethod, where: string, options: Options, isOfClass: boolean): void {
  if (method.prompt !== undefined) {
    throw alreadyDecorated(where, '@promptTemplate');
  }
  const { params } = options;
  method.prompt = parseTemplate(where, options, { params, isOfClass, place: method.functionName });
  checkNames(where, method.prompt);
  prepareFrames();
}

/** An entry of `params` that the template does not use is most likely misspelt. */
function checkNames(where: string, { parts, params = [] }: PromptTemplate): void {
  const known = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.root]));
  const names = Array.isArray(params) ? (params as readonly (string | null)[]) : Object.keys(params);
  const unknown = names.find((name) => name !== null && !known.includes(name));
  if (unknown === undefined) return;
  throw misuse(where, `unknown variable \`${unknown}\` in \`params\``, thereAre([...new Set(known)]));
}

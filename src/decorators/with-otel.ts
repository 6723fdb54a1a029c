import { misuse, thereAre, type AnyClass } from '../core/misuse.js';
import { outputTypeOf } from '../core/output-type.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { callDeclaration, callDecorator, type CallFamily } from './call-decorator.js';
import { decorateOwnMethod, ownMethods, type OwnMethod } from './class-methods.js';
import type { CallDecoratorFactory, CallOrClassDecorator } from './decorator-types.js';
import { describeModel, MODEL_OPTIONS, type ModelOptions } from './model-options.js';
import { SPAN_KIND_CLIENT } from './span-kinds.js';

export interface WithOtelOptions extends ModelOptions {
  /** `gen_ai.operation.name`. Default: `chat`, until the response says otherwise. */
  operation?: 'chat' | 'text_completion' | 'generate_content';
  /** On a class: the methods that call a model. Default: those with a `@promptTemplate`. */
  methods?: readonly string[];
}

const family: CallFamily<WithOtelOptions> = {
  kind: {
    decorator: '@withOtel',
    spanKind: SPAN_KIND_CLIENT,
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    isModelCall: true,
    spanName: ({ options, methodName }) => options.name ?? methodName,
    describe: (record, options) => {
      const { operation } = options as WithOtelOptions;
      if (operation !== undefined) record.operation = operation;
      describeModel(record, options);
    },
    readResult: (record, _options, value) => {
      record.outputType = outputTypeOf(value);
      return value;
    },
    // Of a stream there is only what it came to.
    complete: (record) => {
      record.outputType ??= outputTypeOf(record.result);
    },
  },
  options: {
    operation: 'a string',
    ...MODEL_OPTIONS,
    methods: 'an array of strings',
  },
  classOptions: ['methods'],
  onClass: ({ methods, ...options }, target, where) => {
    const chosen = methods === undefined ? promptMethods(target, where) : namedMethods(target, where, methods);
    const declaration = callDeclaration(family, options);
    for (const method of chosen) decorateOwnMethod(declaration, target, method);
    return undefined;
  },
};

/**
 * A call of a model is one span, named after the method: operation, provider, model, messages, tokens, finish reasons,
 * the prompt, and how the call or its stream ended. On a class it decorates the methods that have a `@promptTemplate`,
 * or those of `methods`; as a function it returns the wrapped function.
 *
 * Throws a `DecotelError` at decoration for anything else than a method, class or function, and for bad options.
 *
 * ```ts
 * class Librarian {
 *   @withOtel()
 *   @promptTemplate('Recommend a {genre} book')
 *   async recommendBook(genre: string) {
 *     return openai.chat.completions.create({ model: 'gpt-5-mini', messages: promptMessages() });
 *   }
 * }
 * const recommend = withOtel({ name: 'recommend' })(async (genre: string) => { … });
 * ```
 */
export const withOtel: CallDecoratorFactory<WithOtelOptions, CallOrClassDecorator> = callDecorator(family);

/** A template of the class is one of every method, helpers too: it says nothing about which one calls a model. */
function promptMethods(target: AnyClass, where: string): OwnMethod[] {
  const chosen = ownMethods(target).filter(({ definition }) => definition?.prompt?.isOfClass === false);
  if (chosen.length === 0) {
    const remedy = "Name those that call a model: @withOtel({ methods: ['ask'] }).";
    throw misuse(where, 'no method has a `@promptTemplate` of its own', remedy);
  }
  return chosen.filter(({ definition }) => definition?.call === undefined);
}

function namedMethods(target: AnyClass, where: string, names: readonly string[]): OwnMethod[] {
  const own = ownMethods(target);
  return names.map((name) => {
    const method = own.find(({ key }) => key === name);
    if (method !== undefined) return method;
    throw misuse(where, `unknown method \`${name}\` in \`methods\``, thereAre(own.map((one) => one.name)));
  });
}

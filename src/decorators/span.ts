import type { CallOptions } from '../spans/definition.js';
import { callDeclaration, type CallFamily } from './call-decorator.js';
import type { CallDecorator, CallDecoratorFactory } from './decorator-types.js';
import { decoratorOf } from './method-decorator.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';

export type SpanOptions = CallOptions;

const family: CallFamily<SpanOptions> = {
  kind: {
    decorator: '@span',
    spanKind: SPAN_KIND_INTERNAL,
    operation: undefined,
    isModelCall: false,
    spanName: ({ options, methodName }) => options.name ?? methodName,
    describe: () => undefined,
  },
  options: {},
};

/**
 * Any other step worth a span: its arguments and result. Default name: the method's.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Librarian {
 *   @span('rank books')
 *   rank(books: Book[]) { … }
 * }
 * ```
 */
export const span = decoratorOf((given) =>
  callDeclaration(family, typeof given === 'string' ? { name: given } : given),
) as CallDecoratorFactory<SpanOptions> & ((name: string) => CallDecorator);

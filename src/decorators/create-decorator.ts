import { checkOptions, requireOptions } from '../core/options.js';
import type { HookContext, Hooks, Middleware, Replacement } from '../spans/hooked-call.js';
import type { CallKind } from '../spans/definition.js';
import { callOf } from './call-decorator.js';
import type { CallDecorator, CallDecoratorFactory, OptionsOnly } from './decorator-types.js';
import { decoratorOf, type Declaration } from './method-decorator.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- what is assignable to it has no required member
type NoOptions = {};
type AnyState = Record<string, unknown>;
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- most hooks return nothing
type Instead = void | Replacement | undefined;

/**
 * What a decorator of one's own does around a call. Of several on one method, the one written first is outermost. A hook
 * may be async; nobody waits for it but `forceFlush()` and `shutdown()`.
 */
export interface DecoratorHooks<Options = NoOptions, State = AnyState> {
  /** As messages call it, without the `@`. */
  name?: string;
  /** Before the method runs. */
  onStart?(context: HookContext<Options, State>): unknown;
  /** With what the method returned, or its promise resolved to, where that is no stream. */
  onValue?(context: HookContext<Options, State>, value: unknown): unknown;
  /** With each chunk of a stream that the method returned, as its consumer gets it. */
  onChunk?(context: HookContext<Options, State>, chunk: unknown): unknown;
  /**
   * With what the method threw, its promise was rejected with or its stream failed with. `{ value }` is what the caller
   * gets in place of the error, though not of a stream's; anything else, and throwing `error` again, leaves the error.
   */
  onError?(context: HookContext<Options, State>, error: unknown): Instead | Promise<Instead>;
  /** Once, however the call or its stream ended: `context.call` is complete. */
  onEnd?(context: HookContext<Options, State>): unknown;
}

/** A decorator made by `createDecorator`: bare only where none of its options is required. */
export type OwnDecorator<Options> = NoOptions extends Options
  ? CallDecoratorFactory<Options>
  : (options: OptionsOnly<Options>) => CallDecorator;

/**
 * A decorator of one's own: its hooks are told how each call of a method begins, what comes out of it and how it ends,
 * with the record that decotel makes of it. On a method that another decorator of decotel's describes, it is that call,
 * in whatever order they stand; alone, the call has a span called like the method. Hooks run without telemetry too; they
 * never change or delay what the method gives, but for the value that `onError` puts in place of an error, and what they
 * throw is reported, not thrown.
 *
 * Throws a `DecotelError` for a hook that it does not know.
 *
 * ```ts
 * const saved = createDecorator<{ table: string }>({
 *   name: 'saved',
 *   onEnd: ({ call, options }) => database.insert(options.table, { at: new Date(), usage: call.usage }),
 * });
 * class Librarian {
 *   @saved({ table: 'answers' })
 *   @withOtel()
 *   async recommendBook(genre: string) { … }
 * }
 * ```
 */
export function createDecorator<Options extends object = NoOptions, State extends object = AnyState>(
  hooks: DecoratorHooks<Options, State>,
): OwnDecorator<Options> {
  const { name = 'createDecorator' } = checkOptions<DecoratorHooks>('`createDecorator`', hooks, HOOKS);
  const kind: CallKind = { ...ALONE, decorator: `@${name}` };
  return decoratorOf((options) => declaration(kind, hooks, options ?? {})) as unknown as OwnDecorator<Options>;
}

const HOOKS = {
  name: 'a string',
  onStart: 'a function',
  onValue: 'a function',
  onChunk: 'a function',
  onError: 'a function',
  onEnd: 'a function',
} as const;

/** It may stand on anything, so it says nothing of what is done; a model's answer tells that itself. */
const ALONE: Omit<CallKind, 'decorator'> = {
  spanKind: SPAN_KIND_INTERNAL,
  operation: undefined,
  isModelCall: true,
  spanName: ({ methodName }) => methodName,
  describe: () => undefined,
};

function declaration(kind: CallKind, hooks: Hooks, options: unknown): Declaration {
  const { decorator } = kind;
  return {
    decorator,
    declare: (method, where) => {
      requireOptions(where, options);
      const { list = [], alone = callOf(kind, method, {}) } = method.middleware ?? {};
      const added: Middleware = { decorator, hooks, options };
      method.middleware = { list: [...list, added], alone };
    },
  };
}

import type { CallRecord, ToolRecord } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import type { CallOptions } from '../spans/definition.js';
import { GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL } from '../semconv/gen-ai.js';
import { callIdIn, takeFacts } from '../tools/call-facts.js';
import type { InputValue, ToolInput } from '../tools/input.js';
import { TOOL } from '../tools/tool-methods.js';
import { callDecorator, type CallFamily, type MethodOptions } from './call-decorator.js';
import type { CallDecorator, OptionsOnly, TakingDecorator } from './decorator-types.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';

export interface ToolOptions extends CallOptions {
  /** `gen_ai.tool.description`: what the model is told about the tool. */
  description?: string;
  /** `gen_ai.tool.type`. Default: `function`. */
  type?: string;
  /**
   * What the method takes, as one object: a Standard Schema with JSON Schema (zod 4, arktype), `{ input, jsonSchema }`,
   * or plain JSON Schema. Default: its parameters by name, of the types in `design:paramtypes`.
   */
  input?: ToolInput;
}

/** `@tool`, `@tool()` and `@tool({…})`; with `input`, the method's parameter has to fit it. */
export type ToolDecoratorFactory = CallDecorator & {
  (): CallDecorator;
  <Input extends ToolInput>(
    options: OptionsOnly<Omit<ToolOptions, 'input'> & { input: Input }>,
  ): TakingDecorator<InputValue<Input>>;
  // Not one with the first: a bare decorator on a field, called with `undefined`, would fit.
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- see above
  (options: OptionsOnly<ToolOptions>): CallDecorator;
};

const family: CallFamily<ToolOptions> = {
  kind: {
    decorator: TOOL,
    spanKind: SPAN_KIND_INTERNAL,
    operation: GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL,
    isModelCall: false,
    spanName: ({ options, methodName }) => `${GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL} ${options.name ?? methodName}`,
    describe: (record, options) => {
      const {
        methodName = '',
        name = methodName,
        description,
        type = 'function',
      } = options as ToolOptions & MethodOptions;
      const { id, notes } = takeFacts() ?? {};
      record.tool = { name, description, type, callId: id, notes };
    },
    readArguments: ({ tool }, _options, args) => {
      if (tool === undefined) return;
      tool.callId ??= callIdIn(args[1]);
      tool.notes &&= snapshot(tool.notes) as ToolRecord['notes'];
    },
    complete: (record, options) => {
      record.arguments = inputOf(record, options);
    },
  },
  options: { description: 'a string', type: 'a string', input: 'a schema' },
};

/**
 * A tool that a model may call is one span, `execute_tool {name}`: its name and description, the id of the model's call,
 * arguments and result. Default name: the method's. `toolsOf(this, …)` tells a model of the tools of a class, and
 * `callTools(this, response)` runs those that it asks for.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Librarian {
 *   @tool({ description: 'Looks a book up by its ISBN', input: z.object({ isbn: z.string() }) })
 *   lookUp({ isbn }: { isbn: string }) { … }
 * }
 * ```
 */
export const tool = callDecorator(family) as ToolDecoratorFactory;

/** Of a method that takes one object, that is what the model gave; what a framework passes beside it is its own. */
function inputOf({ arguments: given }: CallRecord, options: CallOptions): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const [first, second] = Object.values(given) as unknown[];
  return (options as ToolOptions).input === undefined && callIdIn(second) === undefined ? given : first;
}

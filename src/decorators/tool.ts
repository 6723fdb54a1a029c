import type { CallOptions } from '../spans/definition.js';
import { GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL } from '../semconv/gen-ai.js';
import { callDecorator, type CallFamily, type MethodOptions } from './call-decorator.js';
import type { CallDecoratorFactory } from './decorator-types.js';
import { CALL_OPTIONS } from './options.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';

export interface ToolOptions extends CallOptions {
  /** `gen_ai.tool.description`: what the model is told about the tool. */
  description?: string;
  /** `gen_ai.tool.type`. Default: `function`. */
  type?: string;
}

const family: CallFamily<ToolOptions> = {
  kind: {
    decorator: '@tool',
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
      record.tool = { name, description, type };
    },
  },
  options: { ...CALL_OPTIONS, description: 'a string', type: 'a string' },
};

/**
 * A tool that a model may call is one span, `execute_tool {name}`: its name and description, arguments and result.
 * Default name: the method's.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Librarian {
 *   @tool({ description: 'Looks a book up by its ISBN' })
 *   lookUp({ isbn }: { isbn: string }) { … }
 * }
 * ```
 */
export const tool: CallDecoratorFactory<ToolOptions> = callDecorator(family);

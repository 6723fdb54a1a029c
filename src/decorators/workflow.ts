import type { CallOptions } from '../spans/definition.js';
import { GEN_AI_OPERATION_NAME_VALUE_INVOKE_WORKFLOW } from '../semconv/gen-ai.js';
import { callDecorator, type CallFamily, type MethodOptions } from './call-decorator.js';
import type { CallDecoratorFactory } from './decorator-types.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';

export type WorkflowOptions = CallOptions;

const family: CallFamily<WorkflowOptions> = {
  kind: {
    decorator: '@workflow',
    spanKind: SPAN_KIND_INTERNAL,
    operation: GEN_AI_OPERATION_NAME_VALUE_INVOKE_WORKFLOW,
    isModelCall: false,
    spanName: ({ options, methodName }) =>
      `${GEN_AI_OPERATION_NAME_VALUE_INVOKE_WORKFLOW} ${options.name ?? methodName}`,
    describe: (record, options) => {
      const { methodName = '', name = methodName } = options as MethodOptions;
      record.workflow = { name };
    },
  },
  options: {},
};

/**
 * A run of a workflow, a fixed order of agents and other steps, is one span, `invoke_workflow {name}`: its arguments and
 * result, and everything that it did as children. Default name: the method's.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Library {
 *   @workflow({ name: 'acquire' })
 *   async acquire(title: string) {
 *     return this.clerk.order(await this.librarian.find(title));
 *   }
 * }
 * ```
 */
export const workflow: CallDecoratorFactory<WorkflowOptions> = callDecorator(family);

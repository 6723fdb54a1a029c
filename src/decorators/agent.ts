import type { CallOptions } from '../spans/definition.js';
import { GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT } from '../semconv/gen-ai.js';
import { decorateAgentClass, describeAgent } from './agent-class.js';
import { callDecorator, type CallFamily } from './call-decorator.js';
import type { CallDecoratorFactory, CallOrClassDecorator } from './decorator-types.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';

export interface AgentOptions extends CallOptions {
  /** `gen_ai.agent.description`. */
  description?: string;
  /** `gen_ai.agent.id`. */
  id?: string;
  /** `gen_ai.agent.version`. */
  version?: string;
  /** Names of the tools that the agent may use. Default: the `@tool` methods of its class. */
  tools?: readonly string[];
  /** Names of the agents that it may hand over to. */
  handoffs?: readonly string[];
}

const family: CallFamily<AgentOptions> = {
  kind: {
    decorator: '@agent',
    spanKind: SPAN_KIND_INTERNAL,
    operation: GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT,
    isModelCall: false,
    spanName: ({ options, methodName }) => `${GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT} ${options.name ?? methodName}`,
    describe: describeAgent,
  },
  options: {
    description: 'a string',
    id: 'a string',
    version: 'a string',
    tools: 'an array of strings',
    handoffs: 'an array of strings',
  },
  onClass: decorateAgentClass,
};

/**
 * A run of an agent is one span, `invoke_agent {name}`: what it was asked, what it answered, and everything that it
 * did as children. Default name: the method's.
 *
 * On a class, each construction is a `create_agent {name}` span (without the constructor's arguments; default name:
 * the class's), the methods that are decorated inherit the agent's name, and the class is replaced by a Proxy of it:
 * put `@agent` below decorators that register the class, and do not read `static #private` members through `this`.
 *
 * Throws a `DecotelError` at decoration for anything else than a method, function or class, and for bad options.
 *
 * ```ts
 * class Librarian {
 *   @agent({ name: 'librarian', description: 'Answers questions about books' })
 *   async run(question: string) { … }
 * }
 * ```
 */
export const agent: CallDecoratorFactory<AgentOptions, CallOrClassDecorator> = callDecorator(family);

import type { AgentRecord, CallRecord } from '../core/record.js';
import type { CallDefinition, CallKind, CallOptions } from '../spans/definition.js';
import { GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT } from '../semconv/gen-ai.js';
import { runCall } from '../spans/run.js';
import type { AgentOptions } from './agent.js';
import type { MethodOptions } from './call-decorator.js';
import { decorateOwnMethod, ownMethods } from './class-methods.js';
import type { Declaration } from './method-decorator.js';
import type { AnyClass } from './misuse.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';
import { carryMetadata } from './wrapper.js';

const creation: CallKind = {
  decorator: '@agent',
  spanKind: SPAN_KIND_INTERNAL,
  operation: GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT,
  isModelCall: false,
  spanName: ({ options, methodName }) => `${GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT} ${options.name ?? methodName}`,
  describe: describeAgent,
};

export function describeAgent(record: CallRecord, options: CallOptions): void {
  const {
    methodName,
    name = methodName,
    description,
    id,
    version,
    tools,
    handoffs,
  } = options as AgentOptions & MethodOptions;
  const said: AgentRecord = { name, description, id, version };
  if (tools !== undefined) said.tools = [...tools];
  if (handoffs !== undefined) said.handoffs = [...handoffs];
  record.agent = said;
}

/** Tells the class's decorated methods whose they are, and returns the class whose constructions are spans. */
export function decorateAgentClass(given: AgentOptions, target: AnyClass): AnyClass {
  const options: AgentOptions = { ...given, name: given.name ?? target.name };
  const declaration = inheritance(options);
  for (const method of ownMethods(target)) {
    if (method.definition?.call !== undefined) decorateOwnMethod(declaration, target, method);
  }
  return observeConstruction(target, options);
}

function inheritance(options: AgentOptions): Declaration {
  return {
    decorator: '@agent',
    declare: (method) => {
      if (method.call !== undefined) method.call = inherited(method.call, options);
    },
  };
}

function inherited(
  call: CallDefinition,
  { name, description, id, version, tools, handoffs }: AgentOptions,
): CallDefinition {
  const identity = { name, description, id, version, tools, handoffs };
  if (call.kind.decorator === '@agent') return { ...call, options: { ...identity, ...call.options } };
  const kind: CallKind = {
    ...call.kind,
    describe: (record, options) => {
      describeAgent(record, { name, id, version } as AgentOptions);
      call.kind.describe(record, options);
    },
  };
  return { ...call, kind };
}

/** A Proxy keeps the class's statics, name and `instanceof`; a subclass would add a level to every instance. */
function observeConstruction(target: AnyClass, options: AgentOptions): AnyClass {
  const call: CallDefinition = {
    kind: creation,
    methodName: target.name,
    options,
    functionName: () => target.name,
  };
  const observed = new Proxy(target, {
    construct: (_target, args: never[], newTarget) => {
      let instance: object = {};
      // The instance is not returned through the call: one that is iterable or thenable would be taken for a stream.
      const construct = (): void => {
        instance = Reflect.construct(target as new (...values: never[]) => object, args, newTarget) as object;
      };
      runCall({ call }, construct, undefined, []);
      return instance;
    },
  });
  Object.defineProperty(target.prototype as object, 'constructor', {
    value: observed,
    writable: true,
    configurable: true,
  });
  carryMetadata(target, observed);
  return observed;
}

import type { AgentRecord, CallRecord } from '../core/record.js';
import type { AnyClass } from '../core/misuse.js';
import { shared } from '../core/shared.js';
import type { CallDefinition, CallKind, CallOptions } from '../spans/definition.js';
import {
  GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT,
  GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT,
} from '../semconv/gen-ai.js';
import { runCall } from '../spans/run.js';
import { classTools, toolDefinitions } from '../tools/tool-methods.js';
import type { AgentOptions } from './agent.js';
import type { MethodOptions } from './call-decorator.js';
import { decorateOwnMethod, frozen, ownMethods } from './class-methods.js';
import { alreadyDecorated, type Declaration } from './method-decorator.js';
import { SPAN_KIND_INTERNAL } from './span-kinds.js';
import { carryMetadata } from './wrapper.js';

type Constructor = new (...values: never[]) => object;

/** The classes that stand in for decorated ones. */
const agents = shared('agents', () => new WeakSet());

const creation: CallKind = {
  decorator: '@agent',
  spanKind: SPAN_KIND_INTERNAL,
  operation: GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT,
  isModelCall: false,
  spanName: ({ options, methodName }) => `${GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT} ${options.name ?? methodName}`,
  describe: describeAgent,
};

/** Its tools are those of the options, else the class's; what the class knows of them, a run tells too. */
export function describeAgent(record: CallRecord, options: CallOptions, self?: unknown): void {
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
  const known = classTools(self);
  const used = tools === undefined ? known : known.filter((one) => tools.includes(one.name));
  if (tools !== undefined) said.tools = [...tools];
  else if (known.length > 0) said.tools = known.map((one) => one.name);
  if (handoffs !== undefined) said.handoffs = [...handoffs];
  record.agent = said;
  if (used.length > 0 && record.operation === GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT) {
    record.messages = { toolDefinitions: () => toolDefinitions(used) };
  }
}

/** Tells the class's decorated methods whose they are, and returns the class whose constructions are spans. */
export function decorateAgentClass(given: AgentOptions, target: AnyClass, where: string): AnyClass {
  if (agents.has(target)) {
    throw alreadyDecorated(where, '@agent');
  }
  const options: AgentOptions = { ...given, name: given.name ?? target.name };
  const declaration = inheritance(options);
  for (const method of ownMethods(target)) {
    if (method.definition?.call !== undefined) decorateOwnMethod(declaration, target, method);
  }
  return observeConstruction(target, options, where);
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

/** The first agent among the class that `new` was called on and those that it extends. */
function nearestAgent(constructed: object): object | null {
  let one: object | null = constructed;
  while (one !== null && !agents.has(one)) one = Object.getPrototypeOf(one) as object | null;
  return one;
}

/** A Proxy keeps the class's statics, name and `instanceof`; a subclass would add a level to every instance. */
function observeConstruction(target: AnyClass, options: AgentOptions, where: string): AnyClass {
  const call: CallDefinition = {
    kind: creation,
    methodName: target.name,
    options,
    functionName: () => target.name,
  };
  const observed = new Proxy(target, {
    construct: (_target, args: never[], newTarget) => {
      const nearest = nearestAgent(newTarget);
      // The agent is the one whose class is constructed, not also each agent that it extends.
      if (nearest !== null && nearest !== observed)
        return Reflect.construct(target as Constructor, args, newTarget) as object;
      let instance: object = {};
      // The instance is not returned through the call: one that is iterable or thenable would be taken for a stream.
      const construct = (): void => {
        instance = Reflect.construct(target as Constructor, args, newTarget) as object;
      };
      runCall({ call }, construct, newTarget.prototype, []);
      return instance;
    },
  });
  const constructor = { value: observed, writable: true, configurable: true };
  if (!Reflect.defineProperty(target.prototype as object, 'constructor', constructor)) {
    throw frozen(where);
  }
  agents.add(observed);
  carryMetadata(target, observed);
  return observed;
}

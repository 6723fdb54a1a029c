import { SpanKind, type Tracer } from '@opentelemetry/api';
import { DecotelError } from '../core/decotel-error.js';
import type { CallRecord } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import type { CallDefinition, CallKind, CallOptions } from '../spans/definition.js';
import { runCall } from '../spans/run.js';
import { autogenNames } from './autogen-names.js';
import { spanName } from './message-attributes.js';
import { isRelation, originFrom, originOf, type Relation } from './origin.js';
import { destinationName, type RuntimeDestination } from './runtime-destination.js';
import { conventionNames, type RuntimeMessage, type RuntimeNames } from './runtime-names.js';
import { messagingTracer } from './tracer.js';

/**
 * What a runtime does with a message: it creates, sends and publishes it, an agent's worker receives it, handlers
 * intercept it, the agent processes it, and the reply is acknowledged. Any other word makes a span of kind CLIENT.
 */
export type RuntimeOperation =
  'create' | 'send' | 'publish' | 'receive' | 'intercept' | 'process' | 'ack' | (string & {});

export interface RuntimeTracingOptions {
  /** The first word of every span's name. `{PREFIX}_DISABLE_RUNTIME_TRACING=true` in the environment switches it off. */
  prefix: string;
  /** The spans' instrumentation scope. Default: decotel's own. */
  scope?: string;
  /**
   * `false`: no spans of the runtime; those of models, tools and agents are unaffected, in the session of the message and,
   * with `as: 'parent'`, below its sender. Default: true.
   */
  enabled?: boolean;
  /** How a span stands to the one that its message comes from. Default: `link`, as AutoGen has it. */
  as?: Relation;
  /** `autogen`: exactly the attributes of AutoGen's runtime. Default: those of the current conventions. */
  names?: 'autogen';
}

export interface RuntimeTraceOptions {
  /** The message or envelope that the operation is on; its span is the parent, or linked to. */
  from?: unknown;
  /** Of this span alone. */
  as?: Relation;
  message?: RuntimeMessage;
  /** More attributes of the span. */
  attributes?: Record<string, string | number | boolean>;
}

export interface RuntimeTracing {
  /**
   * Runs `fn` inside the span `{prefix} {operation} {destination}` and returns what it returns: a promise or stream
   * keeps the span open until it is over. Rethrows what `fn` throws. `carry({})` inside makes the message's envelope.
   */
  trace<Result>(
    operation: RuntimeOperation,
    destination: RuntimeDestination,
    options: RuntimeTraceOptions,
    fn: () => Result,
  ): Result;
}

const KINDS: Readonly<Record<string, SpanKind>> = {
  create: SpanKind.PRODUCER,
  send: SpanKind.PRODUCER,
  publish: SpanKind.PRODUCER,
  receive: SpanKind.CONSUMER,
  intercept: SpanKind.CONSUMER,
  process: SpanKind.CONSUMER,
  ack: SpanKind.CONSUMER,
};

const NAMES: Readonly<Record<string, RuntimeNames>> = { autogen: autogenNames };

/**
 * Tracing for a runtime of agents that send each other messages.
 *
 * @throws DecotelError where `prefix` is missing or `as` or `names` is no known value.
 *
 * ```ts
 * const runtime = createRuntimeTracing({ prefix: 'library' });
 * const topic = { type: 'orders', source: 'default' };
 * const envelope = runtime.trace('create', topic, {}, () => carry({}));
 * await runtime.trace('publish', topic, { from: envelope }, () => deliver(order, envelope));
 * ```
 */
export function createRuntimeTracing(options: RuntimeTracingOptions): RuntimeTracing {
  const { prefix, scope, as: relation = 'link' } = checked(options);
  const isEnabled = options.enabled !== false && !isDisabledByEnvironment(prefix);
  const names = NAMES[options.names ?? ''] ?? conventionNames;
  const tracer = (): Tracer | undefined => messagingTracer(scope, isEnabled);
  return {
    trace<Result>(
      operation: RuntimeOperation,
      destination: RuntimeDestination,
      given: RuntimeTraceOptions,
      fn: () => Result,
    ): Result {
      // Without the compiler it is easily left out, and the work has to be done all the same.
      const { from, as = relation, message = {}, attributes } = (given as RuntimeTraceOptions | undefined) ?? {};
      // Without a message there is no session to enter.
      if (!isEnabled && from === undefined) return fn();
      const name = spanName({ name: `${prefix} ${operation}`, destination: destinationName(destination) });
      const kind: CallKind = {
        decorator: 'createRuntimeTracing',
        spanKind: KINDS[operation] ?? SpanKind.CLIENT,
        operation: undefined,
        isModelCall: false,
        spanName: () => name,
        describe: (record) => {
          record.attributes = names(operation, destination, { ...message, body: undefined });
        },
        // A body is copied only for a span that is recorded.
        readArguments: (record) => {
          record.attributes = names(operation, destination, message);
          if (options.names === undefined) record.arguments = snapshot(message.body);
        },
        ...(options.names !== undefined && { complete: leaveOutOwn }),
      };
      if (from !== undefined)
        kind.origin = (_options, _args, active) => originFrom(active, () => originOf([from], as, active));
      return runCall({ call: definitionOf(kind, { attributes }, tracer) }, fn, undefined, []) as Result;
    },
  };
}

/** Whoever compares spans with another runtime's finds the same keys on every one that went well. */
function leaveOutOwn(record: CallRecord): void {
  if (record.outcome === 'completed') record.outcome = undefined;
  record.result = undefined;
}

function definitionOf(kind: CallKind, options: CallOptions, tracer: () => Tracer | undefined): CallDefinition {
  return { kind, methodName: '', options, functionName: () => '', tracer };
}

function checked(options: RuntimeTracingOptions): RuntimeTracingOptions {
  const { prefix, as, names }: Record<string, unknown> = { ...options };
  if (typeof prefix !== 'string' || prefix === '') throw misuse('prefix', 'a text that is not empty', prefix);
  if (as !== undefined && !isRelation(as)) throw misuse('as', "'link' or 'parent'", as);
  if (names !== undefined && names !== 'autogen') throw misuse('names', "'autogen'", names);
  return options;
}

function misuse(option: string, expected: string, given: unknown): DecotelError {
  return new DecotelError(`createRuntimeTracing(): ${option}: expected ${expected}, got ${JSON.stringify(given)}.`);
}

function isDisabledByEnvironment(prefix: string): boolean {
  const name = `${prefix.toUpperCase().replace(/\W/g, '_')}_DISABLE_RUNTIME_TRACING`;
  return process.env[name] === 'true';
}

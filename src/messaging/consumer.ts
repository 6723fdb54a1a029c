import { SpanKind } from '@opentelemetry/api';
import type { CallRecord } from '../core/record.js';
import type { CallFamily } from '../decorators/call-decorator.js';
import type { CallDecorator } from '../decorators/decorator-types.js';
import * as keys from '../semconv/messaging.js';
import type { CallOptions } from '../spans/definition.js';
import { runCall } from '../spans/run.js';
import { messagingDecorator, type FromArguments } from './declare.js';
import { addMessages, bodyOf, operationAttributes, spanName, systemOf, type Operation } from './message-attributes.js';
import { originFrom, originOf, type Relation } from './origin.js';
import { messagesIn, received } from './received.js';
import { messagingTracer } from './tracer.js';

interface Consumption extends CallOptions {
  /** `messaging.operation.name`, in the broker's own word. Default: `process`. */
  operation?: string;
  /** `messaging.system.name`. Default: told by the message's shape. */
  system?: string;
  /**
   * How the span stands to the one that sent the message: below it, or linked to it. Default: below it for jobs, requests
   * and bare envelopes, a link for topics, streams and batches. A batch is always linked.
   */
  as?: Relation;
}

export interface ConsumerOptions extends Consumption {
  /** `messaging.destination.name`: the queue, topic or subject. */
  destination: string | FromArguments<string>;
  /** The message, its headers or its envelope, or the list of them of a batch. Default: the first argument. */
  from?: FromArguments<unknown>;
}

export interface ConsumerRunOptions extends Consumption {
  /** `messaging.destination.name`: the queue, topic or subject. */
  destination: string;
  /** The message, its headers or its envelope, or the list of them of a batch. */
  from: unknown;
}

/** What the messages of recorded calls say. */
const bodies = new WeakMap<CallRecord, unknown>();

const family: CallFamily<ConsumerOptions> = {
  kind: {
    decorator: '@consumer',
    spanKind: SpanKind.CONSUMER,
    operation: undefined,
    isModelCall: false,
    spanName: ({ options }) => options.name ?? spanName(operationOf(options as ConsumerOptions)),
    origin: (options, args, active) =>
      originFrom(active, () => {
        const { as } = options as ConsumerOptions;
        const { carriers, isBatch } = deliveryOf(options as ConsumerOptions, args);
        return originOf(carriers, isBatch ? 'link' : (as ?? relationOf(carriers[0], args)), active);
      }),
    describe: (record, options) => {
      record.attributes = operationAttributes(operationOf(options as ConsumerOptions));
    },
    readArguments: (record, options, args) => {
      const { destination, name } = options as ConsumerOptions;
      const { messages, isBatch } = deliveryOf(options as ConsumerOptions, args);
      const operation = operationOf(options as ConsumerOptions);
      const known = {
        ...operation,
        system: operation.system ?? systemOf(messages),
        destination: typeof destination === 'function' ? destination(...(args as never[])) : destination,
      };
      if (name === undefined) record.spanName = spanName(known);
      record.attributes = operationAttributes(known);
      addMessages(record.attributes, messages, isBatch);
      const body = bodyOf(messages, isBatch);
      if (body !== undefined) bodies.set(record, body);
    },
    complete: (record) => {
      // Of what a client wraps a message in, nothing is said by the message.
      record.arguments = bodies.get(record) ?? record.arguments;
    },
  },
  options: {
    destination: 'a string or a function',
    operation: 'a string',
    system: 'a string',
    from: 'a function',
    as: 'a string',
  },
};

/**
 * The handling of a message is one span, `{operation} {destination}`, of kind CONSUMER, below the span that sent the
 * message or linked to it. A message that says nothing valid of its trace makes a span of a trace of its own. An error is
 * rethrown, so that the queue delivers again, and every attempt is a span with its number.
 *
 * `consumer.run(options, fn)` is the same for the body of a loop.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Recommender {
 *   @consumer({ destination: 'recommend', from: (job: Job) => job.data })
 *   async handle(job: Job) { … }
 * }
 *
 * for await (const message of subscription) {
 *   await consumer.run({ destination: 'recommend', from: message }, () => handle(message));
 * }
 * ```
 */
export const consumer: {
  (options: ConsumerOptions): CallDecorator;
  run<Result>(options: ConsumerRunOptions, fn: () => Result): Result;
} = Object.assign(messagingDecorator(family), {
  run<Result>({ from, ...options }: ConsumerRunOptions, fn: () => Result): Result {
    const given: ConsumerOptions = { ...options, from: () => from };
    const { kind } = family;
    const name = (fn as { name?: string } | undefined)?.name ?? '';
    const call = { kind, methodName: name, options: given, functionName: () => name, tracer: messagingTracer };
    return runCall({ call }, fn, undefined, []) as Result;
  },
});

interface Delivery {
  /** What says where the messages come from. */
  carriers: readonly unknown[];
  /** What says more of them. */
  messages: readonly unknown[];
  isBatch: boolean;
}

function deliveryOf({ from }: ConsumerOptions, args: readonly unknown[]): Delivery {
  const source = from === undefined ? args[0] : from(...(args as never[]));
  const carriers = messagesIn(source);
  const isBatch = carriers[0] !== source || carriers.length !== 1;
  // The number of the attempt is with the job, where `from` gives its data.
  const messages = isBatch || received(source) !== undefined ? carriers : [args[0]];
  return { carriers, messages, isBatch };
}

function relationOf(carrier: unknown, args: readonly unknown[]): Relation {
  return (received(carrier) ?? received(args[0]))?.as ?? 'parent';
}

const TYPES: Readonly<Record<string, string>> = {
  receive: keys.MESSAGING_OPERATION_TYPE_VALUE_RECEIVE,
  ack: keys.MESSAGING_OPERATION_TYPE_VALUE_SETTLE,
  nack: keys.MESSAGING_OPERATION_TYPE_VALUE_SETTLE,
};

function operationOf({ operation = 'process', destination, system }: ConsumerOptions): Operation {
  const type = TYPES[operation] ?? keys.MESSAGING_OPERATION_TYPE_VALUE_PROCESS;
  return { name: operation, type, destination: typeof destination === 'string' ? destination : undefined, system };
}

import { SpanKind } from '@opentelemetry/api';
import type { CallFamily } from '../decorators/call-decorator.js';
import type { CallDecorator } from '../decorators/decorator-types.js';
import { MESSAGING_OPERATION_TYPE_VALUE_CREATE, MESSAGING_OPERATION_TYPE_VALUE_SEND } from '../semconv/messaging.js';
import type { CallOptions } from '../spans/definition.js';
import { messagingDecorator, type FromArguments } from './declare.js';
import { operationAttributes, spanName, type Operation } from './message-attributes.js';

export interface ProducerOptions extends CallOptions {
  /** `messaging.destination.name`: the queue, topic or subject. */
  destination: string | FromArguments<string>;
  /** `messaging.operation.name`, in the broker's own word. Default: `send`. */
  operation?: string;
  /** `messaging.system.name`: `kafka`, `rabbitmq`, `nats`… */
  system?: string;
}

const family: CallFamily<ProducerOptions> = {
  kind: {
    decorator: '@producer',
    spanKind: SpanKind.PRODUCER,
    operation: undefined,
    isModelCall: false,
    spanName: ({ options }) => options.name ?? spanName(operationOf(options as ProducerOptions)),
    describe: (record, options) => {
      record.attributes = operationAttributes(operationOf(options as ProducerOptions));
    },
    readArguments: (record, options, args) => {
      const { destination, name } = options as ProducerOptions;
      if (typeof destination !== 'function') return;
      const operation = { ...operationOf(options as ProducerOptions), destination: destination(...(args as never[])) };
      record.attributes = operationAttributes(operation);
      if (name === undefined) record.spanName = spanName(operation);
    },
  },
  options: {
    destination: 'a string or a function',
    operation: 'a string',
    system: 'a string',
  },
};

/**
 * A message that is sent is one span, `{operation} {destination}`, of kind PRODUCER. `carry()` inside the method writes
 * where that span is into the message.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Orders {
 *   @producer({ destination: 'orders', system: 'rabbitmq' })
 *   async place(order: Order) {
 *     await this.channel.sendToQueue('orders', encode(order), carry({ headers: {} }));
 *   }
 * }
 * ```
 */
export const producer: (options: ProducerOptions) => CallDecorator = messagingDecorator(family);

function operationOf({ operation = 'send', destination, system }: ProducerOptions): Operation {
  const type =
    operation === MESSAGING_OPERATION_TYPE_VALUE_CREATE
      ? MESSAGING_OPERATION_TYPE_VALUE_CREATE
      : MESSAGING_OPERATION_TYPE_VALUE_SEND;
  return { name: operation, type, destination: typeof destination === 'string' ? destination : undefined, system };
}

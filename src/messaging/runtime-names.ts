import type { CapturedAttributes } from '../core/content.js';
import * as keys from '../semconv/messaging.js';
import { operationAttributes } from './message-attributes.js';
import { addressOf, destinationName, type AgentReference, type RuntimeDestination } from './runtime-destination.js';

/** What a runtime knows of the message of one operation. */
export interface RuntimeMessage {
  /** The class or schema of the message. */
  type?: string;
  id?: string;
  /** Ties a reply to its request. */
  requestId?: string;
  /** What it says: recorded as content. */
  body?: unknown;
  /** Bytes. */
  bodySize?: number;
  /** Bytes of body and metadata. */
  envelopeSize?: number;
  /** How often it has been delivered, this time included. */
  attempt?: number;
  sender?: AgentReference;
  recipient?: AgentReference;
  /** The topic that it was published to. */
  topic?: RuntimeDestination;
  /** A reply is expected. */
  isRequest?: boolean;
}

/** How the attributes of a runtime's spans are called. */
export type RuntimeNames = (
  operation: string,
  destination: RuntimeDestination,
  message: RuntimeMessage,
) => CapturedAttributes;

const TYPES: Readonly<Record<string, string>> = {
  create: keys.MESSAGING_OPERATION_TYPE_VALUE_CREATE,
  send: keys.MESSAGING_OPERATION_TYPE_VALUE_SEND,
  publish: keys.MESSAGING_OPERATION_TYPE_VALUE_SEND,
  receive: keys.MESSAGING_OPERATION_TYPE_VALUE_RECEIVE,
  intercept: keys.MESSAGING_OPERATION_TYPE_VALUE_RECEIVE,
  process: keys.MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
  ack: keys.MESSAGING_OPERATION_TYPE_VALUE_SETTLE,
};

/** The conventions' names, and ours where they have none. */
export const conventionNames: RuntimeNames = (operation, destination, message) => {
  const { type, id, requestId, bodySize, envelopeSize, attempt, sender, recipient } = message;
  const name = destinationName(destination);
  const attributes = operationAttributes({
    name: operation,
    type: TYPES[operation],
    destination: name,
    system: undefined,
  });
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_ID, id);
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_CONVERSATION_ID, requestId);
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_BODY_SIZE, bodySize);
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_ENVELOPE_SIZE, envelopeSize);
  attributes.set(keys.ATTR_DECOTEL_MESSAGING_ATTEMPT, attempt);
  attributes.set(keys.ATTR_DECOTEL_MESSAGING_TYPE, type);
  attributes.set(keys.ATTR_DECOTEL_MESSAGING_SENDER, sender && addressOf(sender));
  attributes.set(keys.ATTR_DECOTEL_MESSAGING_RECIPIENT, recipient && addressOf(recipient));
  return attributes;
};

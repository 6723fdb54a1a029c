/** Names of OpenTelemetry's messaging conventions (1.45.0), all of stability "development". */
export const ATTR_MESSAGING_SYSTEM_NAME = 'messaging.system.name';
/** Its name until 1.44, which most backends read; five of its values are spelled otherwise. */
export const ATTR_MESSAGING_SYSTEM = 'messaging.system';
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name';
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id';
export const ATTR_MESSAGING_MESSAGE_CONVERSATION_ID = 'messaging.message.conversation_id';
export const ATTR_MESSAGING_MESSAGE_BODY_SIZE = 'messaging.message.body.size';
export const ATTR_MESSAGING_MESSAGE_ENVELOPE_SIZE = 'messaging.message.envelope.size';
/** Never on spans of a single message. */
export const ATTR_MESSAGING_BATCH_MESSAGE_COUNT = 'messaging.batch.message_count';

/** How often the message has been delivered, this time included. */
export const ATTR_DECOTEL_MESSAGING_ATTEMPT = 'decotel.messaging.attempt';
/** The class or schema of the message. */
export const ATTR_DECOTEL_MESSAGING_TYPE = 'decotel.messaging.type';
/** Agents, as `{type}/{key}`. */
export const ATTR_DECOTEL_MESSAGING_SENDER = 'decotel.messaging.sender';
export const ATTR_DECOTEL_MESSAGING_RECIPIENT = 'decotel.messaging.recipient';

export const MESSAGING_OPERATION_TYPE_VALUE_CREATE = 'create';
export const MESSAGING_OPERATION_TYPE_VALUE_SEND = 'send';
export const MESSAGING_OPERATION_TYPE_VALUE_RECEIVE = 'receive';
export const MESSAGING_OPERATION_TYPE_VALUE_PROCESS = 'process';
export const MESSAGING_OPERATION_TYPE_VALUE_SETTLE = 'settle';

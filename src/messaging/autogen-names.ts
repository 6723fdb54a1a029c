import { CapturedAttributes, content } from '../core/content.js';
import { snapshot } from '../core/snapshot.js';
import { addressOf, destinationName } from './runtime-destination.js';
import type { RuntimeMessage, RuntimeNames } from './runtime-names.js';

/** Names as AutoGen's telemetry has them (autogen-core, commit 027ecf0), after conventions older than 1.27. */
const ATTR_OPERATION = 'messaging.operation';
const ATTR_DESTINATION = 'messaging.destination';
const ATTR_MESSAGE_TYPE = 'messaging.message.type';
const ATTR_ENVELOPE_SIZE = 'messaging.message.envelope.size';
const ATTR_REQUEST_ID = 'request_id';
const ATTR_SENDER_TYPE = 'sender_agent_type';
const ATTR_SENDER_CLASS = 'sender_agent_class';
const ATTR_RECIPIENT_TYPE = 'recipient_agent_type';
const ATTR_RECIPIENT_CLASS = 'recipient_agent_class';
const ATTR_MESSAGE_CONTEXT = 'message_context';
const ATTR_MESSAGE = 'message';

const OPERATIONS: Readonly<Record<string, string>> = {
  create: 'create',
  send: 'publish',
  publish: 'publish',
  receive: 'receive',
  intercept: 'receive',
  ack: 'receive',
  process: 'process',
};

/** AutoGen's names and values, for dashboards that were made for them. */
export const autogenNames: RuntimeNames = (operation, destination, message) => {
  const { type, requestId, envelopeSize, sender, recipient, body } = message;
  const attributes = CapturedAttributes.of({
    [ATTR_OPERATION]: OPERATIONS[operation] ?? 'Unknown',
    [ATTR_DESTINATION]: destinationName(destination),
    [ATTR_MESSAGE_TYPE]: type,
    [ATTR_ENVELOPE_SIZE]: envelopeSize,
    [ATTR_REQUEST_ID]: requestId,
    [ATTR_SENDER_TYPE]: sender?.type,
    [ATTR_SENDER_CLASS]: sender?.class,
    [ATTR_RECIPIENT_TYPE]: recipient?.type,
    [ATTR_RECIPIENT_CLASS]: recipient?.class,
  });
  // Only of what one agent handles is more said.
  if (recipient === undefined) return attributes;
  attributes.set(ATTR_MESSAGE_CONTEXT, messageContext(message));
  attributes.set(ATTR_MESSAGE, content('input', body == null ? 'No Message' : snapshot(body)));
  return attributes;
};

function messageContext({ sender, topic, isRequest = false, id }: RuntimeMessage): string {
  return JSON.stringify({
    sender: sender === undefined ? null : addressOf(sender),
    topic_id: topic === undefined ? null : addressOf(topic),
    is_rpc: isRequest,
    message_id: id ?? null,
  });
}

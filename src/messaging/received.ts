import type { Relation } from './origin.js';

/** What a broker's client says of a message that it delivers. */
export interface Received {
  /** `messaging.system.name`. */
  system?: string;
  id?: string;
  conversationId?: string;
  /** How often it has been delivered, this time included. Absent where the broker does not count. */
  attempt?: number;
  /** As it came: bytes, a text or a value. */
  body?: unknown;
  /** How its consumer's span stands to its producer's, unless the application says otherwise. */
  as: Relation;
}

type Members = Record<string, unknown>;

/** Reads a message by the shape that its client gives it; undefined where it is of no known client. */
export function received(message: unknown): Received | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  for (const read of READERS) {
    const found = read(message as Members);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The messages of a batch: a list, or the batch that kafkajs gives. */
export function messagesIn(from: unknown): readonly unknown[] {
  const { batch } = (from ?? {}) as { batch?: { messages?: unknown } };
  const list = Array.isArray(from) && !from.every(isHeader) ? from : batch?.messages;
  return Array.isArray(list) ? list : [from];
}

/** librdkafka's headers are a list as well, of objects with one text each. */
function isHeader(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  const values = Object.values(item);
  return values.length === 1 && (typeof values[0] === 'string' || values[0] instanceof Uint8Array);
}

const READERS: readonly ((message: Members) => Received | undefined)[] = [
  // NATS: a request waits for a reply; what JetStream delivers says how often.
  (message) => {
    const { subject, data, info, reply } = message;
    if (typeof subject !== 'string' || !(data instanceof Uint8Array)) return undefined;
    const headers = message['headers'] as { get?: (name: string) => string } | undefined;
    const id = text(headers?.get?.('Nats-Msg-Id'));
    if (!isMembers(info)) return { system: 'nats', id, body: data, as: text(reply) === undefined ? 'link' : 'parent' };
    return {
      system: 'nats',
      id: id ?? text(message['seq']),
      attempt: count(info['deliveryCount']),
      body: data,
      as: 'parent',
    };
  },
  // RabbitMQ says that it delivers again; only a quorum queue says how often, so 2 may be any later attempt.
  ({ fields, properties, content }) => {
    if (!isMembers(fields) || !isMembers(properties) || !('redelivered' in fields)) return undefined;
    const before = isMembers(properties['headers']) ? properties['headers']['x-delivery-count'] : undefined;
    const counted = typeof before === 'number' ? count(before + 1) : undefined;
    return {
      system: 'rabbitmq',
      id: text(properties['messageId']),
      conversationId: text(properties['correlationId']),
      attempt: counted ?? (fields['redelivered'] === true ? 2 : 1),
      body: content,
      // The default exchange has no name and delivers to one queue.
      as: text(fields['exchange']) === undefined ? 'parent' : 'link',
    };
  },
  // Kafka: a message, or what kafkajs wraps it in.
  ({ topic, message }) => (typeof topic === 'string' && isMembers(message) ? kafka(message) : undefined),
  (message) => ('value' in message && 'offset' in message && 'headers' in message ? kafka(message) : undefined),
  // BullMQ counts the attempts that have been made before.
  ({ id, data, attemptsMade }) => {
    if (typeof attemptsMade !== 'number') return undefined;
    return { system: 'bullmq', id: text(id), attempt: count(attemptsMade + 1), body: data, as: 'parent' };
  },
  // CloudEvents come over anything.
  ({ specversion, id, data }) =>
    typeof specversion === 'string' ? { id: text(id), body: data, as: 'link' } : undefined,
];

function kafka({ value }: Members): Received {
  return { system: 'kafka', body: value, as: 'link' };
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
}

/** The first delivery is 1. */
function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

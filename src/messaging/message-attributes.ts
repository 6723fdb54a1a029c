import { CapturedAttributes } from '../core/content.js';
import { snapshot } from '../core/snapshot.js';
import { settings } from '../core/settings.js';
import * as keys from '../semconv/messaging.js';
import { received, type Received } from './received.js';

/** One operation on a message, as the conventions describe it. */
export interface Operation {
  /** `messaging.operation.name`: the application's own word. */
  readonly name: string;
  /** `messaging.operation.type`: one of the conventions'. */
  readonly type: string | undefined;
  readonly destination: string | undefined;
  readonly system: string | undefined;
}

export function spanName({ name, destination }: Pick<Operation, 'name' | 'destination'>): string {
  return destination === undefined || destination === '' ? name : `${name} ${destination}`;
}

/** What is known of an operation whatever the message. */
export function operationAttributes({ name, type, destination, system }: Operation): CapturedAttributes {
  return CapturedAttributes.of({
    [keys.ATTR_MESSAGING_SYSTEM_NAME]: system,
    [keys.ATTR_MESSAGING_SYSTEM]: system,
    [keys.ATTR_MESSAGING_OPERATION_NAME]: name,
    [keys.ATTR_MESSAGING_OPERATION_TYPE]: type,
    [keys.ATTR_MESSAGING_DESTINATION_NAME]: destination === '' ? undefined : destination,
  });
}

/** Adds what the messages that an operation handles say of themselves. */
export function addMessages(attributes: CapturedAttributes, messages: readonly unknown[], isBatch: boolean): void {
  if (isBatch) {
    attributes.set(keys.ATTR_MESSAGING_BATCH_MESSAGE_COUNT, messages.length);
    return;
  }
  const message = received(messages[0]);
  if (message === undefined) return;
  const { id, conversationId, attempt, body } = message;
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_ID, id);
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_CONVERSATION_ID, conversationId);
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_BODY_SIZE, body instanceof Uint8Array ? body.byteLength : undefined);
  attributes.set(keys.ATTR_DECOTEL_MESSAGING_ATTEMPT, attempt);
}

/** What messages say, as a snapshot: a list of a batch. Undefined where they are of no known client, or empty. */
export function bodyOf(messages: readonly unknown[], isBatch: boolean): unknown {
  const bodies = messages.slice(0, settings().limits.items).map((message) => readable(received(message)?.body));
  if (!isBatch) return bodies[0];
  return bodies.some((body) => body !== undefined) ? bodies : undefined;
}

/** The system that delivered the messages, where they tell. */
export function systemOf(messages: readonly unknown[]): Received['system'] {
  return received(messages[0])?.system;
}

/** A snapshot of a body. Bytes are nearly always a text, and that is nearly always JSON. */
function readable(body: unknown): unknown {
  if (body == null || !(body instanceof Uint8Array)) return snapshot(body ?? undefined);
  if (body.byteLength === 0) return undefined;
  try {
    // No more than can be recorded; as a stream, a character that the cut splits is no error.
    const kept = body.subarray(0, settings().limits.valueBytes * 2);
    return snapshot(jsonOr(new TextDecoder('utf-8', { fatal: true }).decode(kept, { stream: true })));
  } catch {
    return snapshot(body);
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

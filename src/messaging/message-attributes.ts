import { CapturedAttributes, content, type Content } from '../core/content.js';
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
    const bodies = messages.slice(0, settings().limits.items).map((message) => received(message)?.body);
    if (bodies.some((body) => body !== undefined)) {
      attributes.set(keys.ATTR_DECOTEL_MESSAGING_BODY, content('input', bodies.map(readable)));
    }
    return;
  }
  const message = received(messages[0]);
  if (message === undefined) return;
  const { id, conversationId, attempt, body } = message;
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_ID, id);
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_CONVERSATION_ID, conversationId);
  attributes.set(keys.ATTR_MESSAGING_MESSAGE_BODY_SIZE, body instanceof Uint8Array ? body.byteLength : undefined);
  attributes.set(keys.ATTR_DECOTEL_MESSAGING_ATTEMPT, attempt);
  attributes.set(keys.ATTR_DECOTEL_MESSAGING_BODY, bodyContent(body));
}

/** A message's body as content. */
export function bodyContent(body: unknown): Content | undefined {
  return body == null ? undefined : content('input', readable(body));
}

/** The system that delivered the messages, where they tell. */
export function systemOf(messages: readonly unknown[]): Received['system'] {
  return received(messages[0])?.system;
}

/** A snapshot of a body; bytes are nearly always a text, of which no more is taken than can be recorded. */
function readable(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return snapshot(body);
  const { valueBytes } = settings().limits;
  const kept = body.subarray(0, valueBytes * 2);
  try {
    // As a stream, a character that the cut splits is no error.
    return snapshot(new TextDecoder('utf-8', { fatal: true }).decode(kept, { stream: true }));
  } catch {
    return snapshot(body);
  }
}

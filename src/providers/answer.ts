import type { Part } from '../core/messages.js';
import { snapshot, snapshotText } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { asName, type Json } from './json.js';
import { messageParts } from './message.js';
import { FINISH_REASON_MISSING } from './part.js';
import type { ResponseReading } from './provider.js';

/** One of the messages that an answer has, whether it came whole or in pieces. */
export interface Choice {
  /** In the names of Chat Completions; its content spelt as on the wire. */
  message: Json;
  finishReason?: string;
}

/** `found` is what the server searched for its answer, as one part of it. */
export function readAnswer(facts: Partial<ResponseReading>, choices: readonly Choice[], found?: Part): ResponseReading {
  const finishReasons = choices.map(({ finishReason }) => finishReason).filter((reason) => reason !== undefined);
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    usage: undefined,
    ...facts,
    finishReasons: finishReasons.length > 0 ? finishReasons : undefined,
    output() {
      const messages = choices.map(({ message, finishReason }) => ({
        role: asName(message['role']) ?? 'assistant',
        parts: messageParts(message),
        finish_reason: finishReason ?? FINISH_REASON_MISSING,
      }));
      if (found !== undefined) messages[0]?.parts.unshift(found);
      return messages;
    },
  };
}

/** What an answer and a chunk of one spell alike. */
export function factsOf({ id, model }: Json): Pick<ResponseReading, 'id' | 'model'> {
  return { id: asName(id), model: asName(model) };
}

/** A copy of what may be recorded. Most members are a text or not there, which takes no walk. */
export function keep(value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? snapshotText(value) : snapshot(value);
}

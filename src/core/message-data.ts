import type { GenericPart, Message } from './messages.js';
import type { Lazy, MessagesRecord } from './record.js';

/** What was said to the model, instructions first; undefined where nothing was. */
export function inputMessages(messages: MessagesRecord | undefined | null): Lazy<Message[]> | undefined {
  const { systemInstructions, input } = messages ?? {};
  if (systemInstructions == null && input == null) return undefined;
  return () => {
    const parts = systemInstructions?.() ?? [];
    const said = input?.() ?? [];
    return parts.length === 0 ? said : [{ role: 'system', parts }, ...said];
  };
}

/** A part that passed the gate. */
export type PartData = GenericPart;

/** A message that passed the gate: applications may put anything into a record. */
export interface MessageData {
  role: string;
  name?: string;
  finishReason?: string;
  parts: PartData[];
}

export function messagesIn(data: unknown): MessageData[] {
  return records(data).map(({ role, name, parts, finish_reason }) => ({
    role: textOr(role, 'user'),
    name: typeof name === 'string' ? name : undefined,
    finishReason: typeof finish_reason === 'string' ? finish_reason : undefined,
    parts: records(parts).map((part) => ({ ...part, type: textOr(part['type'], '') })),
  }));
}

/** The objects in a list; of anything else none. */
export function records(data: unknown): Record<string, unknown>[] {
  const isRecord = (item: unknown): item is Record<string, unknown> => typeof item === 'object' && item !== null;
  return Array.isArray(data) ? data.filter(isRecord) : [];
}

/** The texts of a message, joined. */
export function textOf({ parts }: MessageData): string {
  return parts.flatMap(({ type, content }) => (type === 'text' && typeof content === 'string' ? content : [])).join('');
}

/** A text as it is, anything else as JSON; undefined where there is nothing. */
export function textOrJson(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

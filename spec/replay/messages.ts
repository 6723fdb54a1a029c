/** A message as the conventions write it into `gen_ai.output.messages`. */
export interface OutputMessage {
  role: string;
  parts: Part[];
  finish_reason?: string;
}

export interface Part {
  type: string;
  content?: unknown;
  id?: string | null;
  name?: string;
  arguments?: unknown;
}

/** Undefined where the attribute is not a JSON list of messages. */
export function parseMessages(attribute: unknown): OutputMessage[] | undefined {
  if (typeof attribute !== 'string') return undefined;
  try {
    const messages: unknown = JSON.parse(attribute);
    return Array.isArray(messages) && messages.every(isMessage) ? messages : undefined;
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is OutputMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { role, parts } = value as Partial<OutputMessage>;
  return typeof role === 'string' && Array.isArray(parts) && parts.every(isPart);
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Part>).type === 'string';
}

export function partsOf(messages: readonly OutputMessage[], type: string): Part[] {
  return messages.flatMap((message) => message.parts.filter((part) => part.type === type));
}

export function contentsOf(messages: readonly OutputMessage[], type: string): string[] {
  return partsOf(messages, type).map((part) => String(part.content));
}

import { shared } from '../core/shared.js';

/** What is known of a tool's call besides the arguments that its method gets. */
export interface CallFacts {
  readonly id: string | undefined;
  /** What the model said beside the arguments, see `splitNotes`. */
  readonly notes: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Handed from the one who calls a tool to the decorator around it, which takes it at once: nothing else runs between
 * the two, so no context is needed to keep calls apart.
 */
const handed = shared('tool-call', (): { facts: CallFacts | undefined } => ({ facts: undefined }));

export function handOver<Value>(facts: CallFacts, call: () => Value): Value {
  handed.facts = facts;
  try {
    return call();
  } finally {
    handed.facts = undefined;
  }
}

/** The facts of the call that starts now; each are taken once. */
export function takeFacts(): CallFacts | undefined {
  const { facts } = handed;
  handed.facts = undefined;
  return facts;
}

/** Where frameworks put the call's id: the AI SDK in `toolCallId`, LangChain in `toolCall.id`, of the second argument. */
export function callIdIn(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null) return undefined;
  const { toolCallId, toolCall } = options as { toolCallId?: unknown; toolCall?: { id?: unknown } | null };
  const id = toolCallId ?? toolCall?.id;
  return typeof id === 'string' ? id : undefined;
}

/** Short and plain: it becomes part of an attribute's name. */
const NOTE = /^__(\w{1,64})__$/;

/**
 * Takes what a model says about its call, such as `__confidence__`, out of the arguments: they are no arguments of the
 * method, and no schema knows them.
 */
export function splitNotes(given: object): [plain: Record<string, unknown>, notes: CallFacts['notes']] {
  const plain: Record<string, unknown> = {};
  let notes: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(given)) {
    const name = NOTE.exec(key)?.[1];
    if (name === undefined) plain[key] = value;
    else (notes ??= {})[name] = value;
  }
  return [plain, notes];
}

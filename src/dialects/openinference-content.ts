import type { ContentKind } from '../core/content.js';
import { ContentFamily, type Spread } from '../core/content-family.js';
import { filled } from '../core/attribute-values.js';
import { messagesIn, records, textOf, textOrJson, type MessageData } from '../core/message-data.js';
import type { Lazy } from '../core/record.js';
import { toolCall, toolResult } from './chat-messages.js';

type List = Lazy<readonly unknown[]> | readonly unknown[] | undefined | null;

/** Messages, an attribute for each member of each. */
export function messageFamily(kind: ContentKind, messages: List): ContentFamily | undefined {
  return family(kind, messages, singleMessages, messageMembers);
}

/** The texts that were embedded. */
export function textFamily(texts: List): ContentFamily | undefined {
  return family('input', texts, messagesIn, textMembers);
}

export function toolFamily(definitions: List): ContentFamily | undefined {
  return family('tools', definitions, records, toolMembers);
}

export function documentFamily(documents: List): ContentFamily | undefined {
  return family('retrieval', documents, records, documentMembers);
}

/** What lists show of a conversation: what was said last. */
export function lastText(kind: ContentKind, messages: Lazy<unknown[]>): ContentFamily {
  return new ContentFamily(kind, messages, (data) => {
    const last = messagesIn(data).at(-1);
    return last === undefined ? [] : [['', textOf(last) || textOrJson(filled(last.parts))]];
  });
}

/** The items of a list, the members of each an attribute. */
function family<Item>(
  kind: ContentKind,
  list: List,
  items: (data: unknown) => Item[],
  members: (item: Item) => Iterable<Spread>,
): ContentFamily | undefined {
  if (list === undefined || list === null) return undefined;
  const numbered = (item: Item, index: number): Spread[] =>
    [...members(item)].map(([name, value]) => [`${index}.${name}`, value]);
  return new ContentFamily(kind, list, (data) => items(data).flatMap(numbered));
}

/** Each result of a tool is a message of its own. */
function singleMessages(data: unknown): MessageData[] {
  return messagesIn(data).flatMap((message) => {
    const results = message.parts.filter(({ type }) => type === 'tool_call_response');
    const parts = message.parts.filter(({ type }) => type !== 'tool_call_response');
    const own = parts.length > 0 || results.length === 0 ? [{ ...message, parts }] : [];
    return [...results.map((part) => ({ role: 'tool', parts: [part] })), ...own];
  });
}

function* messageMembers(message: MessageData): Iterable<Spread> {
  const { role, name, parts } = message;
  yield ['message.role', role];
  yield ['message.name', name];
  const [first] = parts;
  if (first?.type === 'tool_call_response') {
    const { tool_call_id, content: result } = toolResult(first);
    yield ['message.tool_call_id', tool_call_id];
    yield ['message.content', textOrJson(result)];
    return;
  }
  const calls = parts.filter(({ type }) => type === 'tool_call');
  const contents = parts.filter(({ type }) => type !== 'tool_call');
  if (contents.every(({ type }) => type === 'text')) yield ['message.content', textOf(message)];
  else
    for (const [index, part] of contents.entries())
      yield* partMembers(`message.contents.${index}.message_content.`, part);
  for (const [index, part] of calls.entries()) {
    const call = toolCall(part);
    const prefix = `message.tool_calls.${index}.tool_call.`;
    yield [`${prefix}id`, call.id];
    yield [`${prefix}function.name`, call.function.name];
    yield [`${prefix}function.arguments`, call.function.arguments];
  }
}

function* partMembers(prefix: string, part: MessageData['parts'][number]): Iterable<Spread> {
  const { type, content: text, modality, uri } = part;
  const isImage = modality === 'image';
  if (type === 'text' || type === 'reasoning') {
    yield [`${prefix}type`, type];
    yield [`${prefix}text`, textOrJson(text)];
  } else if (isImage && typeof uri === 'string') {
    yield [`${prefix}type`, 'image'];
    yield [`${prefix}image.image.url`, uri];
  } else {
    yield [`${prefix}type`, isImage ? 'image' : type];
    yield [`${prefix}text`, JSON.stringify(part)];
  }
}

function* toolMembers({ type, name, description, parameters }: Record<string, unknown>): Iterable<Spread> {
  yield ['tool.json_schema', JSON.stringify({ type, function: { name, description, parameters } })];
}

function* documentMembers({ id, score, distance, content: text, metadata }: Record<string, unknown>): Iterable<Spread> {
  yield ['document.id', textOrJson(id)];
  // The lower a distance, the nearer: it is no score.
  yield ['document.score', typeof score === 'number' ? score : undefined];
  yield ['document.content', textOrJson(text)];
  const known = distance === undefined ? metadata : { ...(metadata as object | undefined), distance };
  yield ['document.metadata', textOrJson(known)];
}

function* textMembers(message: MessageData): Iterable<Spread> {
  yield ['embedding.text', textOf(message)];
}

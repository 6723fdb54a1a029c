import type { Message } from '../core/messages.js';
import {
  GEN_AI_OPERATION_NAME_VALUE_CHAT,
  GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
  GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL,
} from '../semconv/gen-ai.js';
import { asList, asRecord, asText, hasOwn, own, type Json } from './json.js';
import { wireCall } from './langchain-message.js';
import { readMessage } from './message.js';
import { contentParts } from './content-parts.js';
import type { RequestReading } from './provider.js';
import { readRequest } from './request.js';
import { wireNames } from './wire-names.js';

/** What else looks like a request of v1, of `embed` or of `rerank` is one where the model is Cohere's. */
const MODELS = /^(command|embed-|rerank-|c4ai-)/;

export function readCohereRequest(value: object, isCertain = false): RequestReading | undefined {
  // Those of v2 look like everybody's.
  if (!isCertain && (hasOwn(value, 'messages') || !MODELS.test(asText(own(value, 'model')) ?? ''))) return undefined;
  const body = wireNames(value, 1) as Json;
  if (Array.isArray(body['messages'])) return chat(body, () => asList(wireNames(body['messages'])).map(readMessage));
  if (typeof body['message'] === 'string') {
    const { chat_history, message, tool_results } = body;
    return chat(body, () =>
      asList(wireNames([...asList(chat_history), { message, tool_results }]))
        .map(wireMessage)
        .map(readMessage),
    );
  }
  const { documents, texts, images, inputs } = body;
  if (typeof body['query'] === 'string' && Array.isArray(documents)) {
    const { query, top_n: k } = body;
    // The documents that are to be put in order.
    const input = (): Message[] => [{ role: 'user', parts: contentParts(documents) }];
    return { ...readRequest(GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL, { k, ...body }, input), query };
  }
  // Classifications have `inputs` too, which are texts.
  const mixed = asList(inputs).filter((input) => hasOwn(input, 'content'));
  if (asList(texts).length + asList(images).length + mixed.length === 0) return undefined;
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS, body, () =>
    [
      ...asList(texts).map(contentParts),
      ...asList(images).map((url) => contentParts([{ type: 'image_url', url }])),
      ...mixed.map((input) => contentParts(wireNames(own(input, 'content')))),
    ].map((parts) => ({ role: 'user', parts })),
  );
}

function chat(body: Json, input: () => Message[]): RequestReading {
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, { ...body, tools: wireNames(body['tools']) }, input);
}

const ROLES = new Map<unknown, string>([
  ['CHATBOT', 'assistant'],
  ['SYSTEM', 'system'],
  ['TOOL', 'tool'],
]);

/** One message of v1, of the past or the one that is asked now, as one of v2. */
function wireMessage(value: unknown): unknown {
  const old = asRecord(value);
  if (old === undefined) return value;
  const { role, message, tool_calls, tool_results } = old;
  const results = asList(tool_results).map((result) => ({ type: 'tool-result', content: own(result, 'outputs') }));
  return {
    role: ROLES.get(role) ?? 'user',
    content: message === undefined ? results : [message, ...results],
    tool_calls: asList(tool_calls).map(wireCall),
  };
}

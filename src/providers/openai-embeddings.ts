import { decodedLength } from '../core/media.js';
import { GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS, GEN_AI_PROVIDER_NAME_VALUE_OPENAI } from '../semconv/gen-ai.js';
import { factsOf } from './answer.js';
import { asList, asText, hasOwn, own, type Json } from './json.js';
import { promptMessages } from './openai-completions.js';
import type { Provider, RequestReading, ResponseReading } from './provider.js';
import { readRequest } from './request.js';
import { readUsage, type CountNames } from './usage.js';

/** Embeddings of OpenAI (https://platform.openai.com/docs/api-reference/embeddings), Azure, Mistral, Voyage and more. */
export const openaiEmbeddings: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  request,
  read,
  fold: () => undefined,
};

/** Takes any `input`: the Responses API, which is asked first, leaves it those that only embeddings have. */
function request(value: object): RequestReading | undefined {
  const body = value as Json;
  const input = own(body, 'input');
  if ((typeof input !== 'string' && !Array.isArray(input)) || MODERATION.test(asText(body['model']) ?? ''))
    return undefined;
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS, body, () => promptMessages(body['input']));
}

/** These are asked for by a model and an input too. */
const MODERATION = /moderation/i;

/** True for a request that is no conversation: it asks for a voice or the form of embeddings, or its input or model tells. */
export function isNoConversation(body: Json): boolean {
  if (['voice', 'encoding_format', 'dimensions'].some((name) => hasOwn(body, name))) return true;
  const [first] = asList(body['input']);
  if (typeof first === 'string' || typeof first === 'number' || Array.isArray(first)) return true;
  return /embed|moderation/i.test(asText(body['model']) ?? '');
}

function read(value: object): ResponseReading | undefined {
  const [first] = asList(own(value, 'data'));
  if (!hasOwn(first, 'embedding')) return undefined;
  const list = value as Json;
  if (list['object'] !== 'list' && first['object'] !== 'embedding') return undefined;
  // Mistral's SDK, whose names are in camelCase.
  if (hasOwn(list['usage'], 'promptTokens')) return undefined;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
    ...factsOf(list),
    usage: readUsage(list['usage'], COUNTS),
    embeddingDimensions: dimensionsOf(first['embedding']),
  };
}

/** An answer of another shape, of which `embedding` is the first. */
export function readEmbedding(embedding: unknown, usage: unknown, facts?: Json): ResponseReading | undefined {
  return Array.isArray(embedding) ? read({ ...facts, object: 'list', data: [{ embedding }], usage }) : undefined;
}

/** An embedding has no output tokens; Mistral says 0. */
const COUNTS: CountNames = {
  prompt_tokens: 'inputTokens',
  // Ollama's, Google's and Titan's.
  prompt_eval_count: 'inputTokens',
  promptTokenCount: 'inputTokens',
  inputTextTokenCount: 'inputTokens',
};

const BYTES_PER_FLOAT = 4;

/** A list of numbers, a typed array, or base64 of 32-bit floats. */
export function dimensionsOf(embedding: unknown): number | undefined {
  if (typeof embedding === 'string') return Math.floor(decodedLength(embedding) / BYTES_PER_FLOAT);
  if (Array.isArray(embedding)) return embedding.length;
  return ArrayBuffer.isView(embedding) && 'length' in embedding ? (embedding.length as number) : undefined;
}

import { retrievedDocuments } from '../core/retrieved-documents.js';
import { snapshot } from '../core/snapshot.js';
import {
  GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
  GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL,
  GEN_AI_PROVIDER_NAME_VALUE_COHERE,
} from '../semconv/gen-ai.js';
import { readWhole } from './block-fold.js';
import { cohereFold, readCohereUsage, typeOfEvent } from './cohere-fold.js';
import { readCohereRequest } from './cohere-request.js';
import { asList, asName, asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import { dimensionsOf } from './openai-embeddings.js';
import type { Provider, ResponseReading, Seam } from './provider.js';

/** `chat` of v1 and v2, `embed` and `rerank` (https://docs.cohere.com/reference), on the wire and from the SDK. */
export const cohere: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_COHERE,
  request: readCohereRequest,
  read,
  fold: (chunk) => (isFirstEvent(chunk) ? cohereFold() : undefined),
  seam,
  client: (value) => hasMethod(value, 'chatStream') && hasMethod(value, 'rerank'),
  clientName: () => GEN_AI_PROVIDER_NAME_VALUE_COHERE,
};

function read(value: object): ResponseReading | undefined {
  // `withRawResponse()` gives both.
  if (hasOwn(value, 'rawResponse')) return readBody(own(value, 'data'));
  return readBody(value);
}

function readBody(value: unknown): ResponseReading | undefined {
  if (isMessage(value) || isText(value)) return readWhole(value, cohereFold());
  if (!hasOwn(value, 'meta')) return undefined;
  const { id, meta, embeddings, results } = value;
  const usage = readCohereUsage(meta);
  if (typeof embeddings === 'object' && embeddings !== null) {
    const embeddingDimensions = dimensions(embeddings);
    return { operation: GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS, id: asName(id), usage, embeddingDimensions };
  }
  const [first] = asList(results);
  if (!hasOwn(first, 'relevance_score') && !hasOwn(first, 'relevanceScore')) return undefined;
  const documents = retrievedDocuments(snapshot(results));
  return { operation: GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL, id: asName(id), usage, documents };
}

/** A choice of Chat Completions has a message and a reason as well, but no id. */
function isMessage(value: unknown): value is Json {
  if (typeof own(value, 'id') !== 'string' || own(own(value, 'message'), 'role') !== 'assistant') return false;
  return hasOwn(value, 'finish_reason') || hasOwn(value, 'finishReason');
}

function isText(value: unknown): value is Json {
  if (typeof own(value, 'text') !== 'string') return false;
  return hasOwn(value, 'generation_id') || hasOwn(value, 'generationId');
}

function isFirstEvent(chunk: object): boolean {
  const type = typeOfEvent(chunk);
  // The AI SDK's streams of models have warnings.
  if (type === 'stream-start') return !hasOwn(chunk, 'warnings');
  return type === 'message-start' && asRecord(own(chunk, 'delta')) !== undefined;
}

/** By type, or of v1 a plain list. */
function dimensions(embeddings: object): number | undefined {
  if (Array.isArray(embeddings)) return dimensionsOf(embeddings[0]);
  for (const [type, vectors] of Object.entries(embeddings)) {
    const length = dimensionsOf(asList(vectors)[0]);
    // Eight to a byte.
    if (length !== undefined) return type.endsWith('binary') ? length * 8 : length;
  }
  return undefined;
}

/** The promise of the SDKs that Fern generates: `then`, `catch` and `finally` all go through its `unwrap()`. */
function seam(value: object): Seam | undefined {
  const isPromise = hasOwn(value, 'innerPromise') && hasMethod(value, 'unwrap');
  return isPromise ? { results: ['unwrap', 'withRawResponse'] } : undefined;
}

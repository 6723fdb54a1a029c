import {
  GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI,
  GEN_AI_PROVIDER_NAME_VALUE_GCP_GEN_AI,
  GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI,
} from '../semconv/gen-ai.js';
import { readWhole } from './block-fold.js';
import { GoogleFold } from './google-fold.js';
import { interactionChunk } from './google-interaction.js';
import { readGoogleRequest } from './google-request.js';
import { asList, asNumber, asRecord, asText, hasMethod, own } from './json.js';
import { respelt } from './openai-chat-fold.js';
import { readEmbedding } from './openai-embeddings.js';
import type { Fold, Provider, ResponseReading } from './provider.js';
import { sumOf } from './usage.js';

/**
 * The Gemini API (https://ai.google.dev/api) and Vertex AI: `generateContent`, `embedContent` and interactions, as the
 * SDK gives them or as the REST API does.
 */
export const google: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_GCP_GEN_AI,
  request: readGoogleRequest,
  read,
  fold,
  client: (value) => hasMethod(apiOf(value), 'isVertexAI'),
  clientName: (value) =>
    own(own(apiOf(value), 'clientOptions'), 'vertexai') === true
      ? GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI
      : GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI,
};

/** Of `GoogleGenAI`, or of one of its modules. */
function apiOf(value: object): unknown {
  return own(value, 'apiClient') ?? own(value, 'parentClient');
}

function read(value: object): ResponseReading | undefined {
  const isInteraction = own(value, 'object') === 'interaction';
  return readWhole(value, isInteraction ? interactionFold() : fold(value)) ?? readEmbeddings(value);
}

function fold(chunk: object): Fold | undefined {
  if (isAnswer(chunk)) return new GoogleFold();
  return /^(interaction|step)\.|^error$/.test(asText(own(chunk, 'event_type')) ?? '') ? interactionFold() : undefined;
}

function interactionFold(): Fold {
  return respelt(new GoogleFold(), interactionChunk);
}

function isAnswer(value: object): boolean {
  const [first] = asList(own(value, 'candidates'));
  if (first !== undefined) {
    return asRecord(own(first, 'content')) !== undefined || asText(own(first, 'finishReason')) !== undefined;
  }
  // Of a prompt that is blocked, and in a chunk that only counts, there is no candidate.
  if (asText(own(own(value, 'promptFeedback'), 'blockReason'))) return true;
  return asText(own(value, 'modelVersion')) !== undefined && asRecord(own(value, 'usageMetadata')) !== undefined;
}

/** The REST API answers one content with one `embedding`; Vertex AI counts the tokens of each. */
function readEmbeddings(value: object): ResponseReading | undefined {
  const list = asList(own(value, 'embeddings') ?? [own(value, 'embedding')]);
  const counts = list.map((one) => asNumber(own(own(one, 'statistics'), 'tokenCount')));
  const usage = own(value, 'usageMetadata') ?? { promptTokenCount: sumOf(counts) };
  return readEmbedding(own(list[0], 'values'), usage);
}

import type { Message } from '../core/messages.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT, GEN_AI_PROVIDER_NAME_VALUE_OPENAI } from '../semconv/gen-ai.js';
import { asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import { isNoConversation } from './openai-embeddings.js';
import { keepResponse, readResponsesAnswer } from './openai-responses-answer.js';
import { ResponsesFold } from './openai-responses-fold.js';
import { itemMessages } from './openai-responses-item.js';
import type { Fold, Provider, RequestReading, ResponseReading, Seam } from './provider.js';
import { readRequest } from './request.js';
import { emitterSeam } from './stainless-seam.js';

/** The Responses API (https://platform.openai.com/docs/api-reference/responses) of OpenAI, Azure, xAI, OpenRouter… */
export const openaiResponses: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  request,
  read,
  fold,
  seam,
};

function request(value: object): RequestReading | undefined {
  const body = value as Json;
  const input = own(body, 'input');
  const isAsked = typeof input === 'string' || Array.isArray(input) || asRecord(own(body, 'prompt')) !== undefined;
  if (!isAsked || hasOwn(body, 'messages') || isNoConversation(body)) return undefined;
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, body, () => inputMessages(body));
}

/** A prompt that the provider stores is named, and filled in by its variables. */
function inputMessages(body: Json): Message[] {
  const prompt = asRecord(body['prompt']);
  const stored = prompt === undefined ? [] : [{ role: 'user', parts: [{ ...prompt, type: 'prompt' }] }];
  return [...stored, ...(hasOwn(body, 'input') ? itemMessages(body['input']) : [])];
}

function read(value: object): ResponseReading | undefined {
  return own(value, 'object') === 'response' ? readResponsesAnswer(keepResponse(value as Json)) : undefined;
}

function fold(chunk: object): Fold | undefined {
  const type = own(chunk, 'type');
  const isEvent = typeof type === 'string' && type.startsWith('response.');
  return isEvent || (type === 'error' && hasOwn(chunk, 'sequence_number')) ? new ResponsesFold() : undefined;
}

/** `responses.stream()`, which keeps the final response to itself: its events tell it. */
function seam(value: object): Seam | undefined {
  const isStream = hasOwn(value, 'controller') && hasMethod(value, '_emit') && hasMethod(value, 'finalResponse');
  return isStream ? emitterSeam('event', () => undefined) : undefined;
}

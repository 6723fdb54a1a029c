import { GEN_AI_OPERATION_NAME_VALUE_CHAT, GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI } from '../semconv/gen-ai.js';
import { asList, asRecord, asText, hasOwn, own, type Json } from './json.js';
import { ChatFold, respelt } from './openai-chat-fold.js';
import { openaiChat } from './openai-chat.js';
import { openaiEmbeddings } from './openai-embeddings.js';
import { readMessage } from './message.js';
import type { Fold, Provider, RequestReading, ResponseReading } from './provider.js';
import { readRequest } from './request.js';
import { wireNames } from './wire-names.js';

/**
 * Mistral's SDK (https://docs.mistral.ai/api): chat, agents, fill-in-the-middle and embeddings. On the wire they are
 * OpenAI's, and read as such; the SDK renames their members and wraps each chunk.
 */
export const mistral: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI,
  request,
  read,
  fold,
  client: (value) => hasOwn(value, '_baseURL') && 'fim' in value,
  clientName: () => GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI,
};

/** By which a request is told from those that other SDKs spell in camelCase too. */
const OWN_PARAMETERS = ['randomSeed', 'safePrompt', 'promptMode'];

function request(value: object, isCertain = false): RequestReading | undefined {
  if (hasOwn(value, 'inputs')) return embeddingsRequest(value, isCertain);
  if (!isCertain && !OWN_PARAMETERS.some((name) => hasOwn(value, name))) return undefined;
  const messages = own(value, 'messages');
  if (!Array.isArray(messages) && typeof own(value, 'prompt') !== 'string') return undefined;
  const body = wireNames(value, 1) as Json;
  const { prompt, suffix } = body;
  // What fills in the middle answers as a chat does; the suffix stands behind the gap to be filled.
  const gap = [prompt, ...(typeof suffix === 'string' ? [{ type: 'suffix', content: suffix }] : [])];
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, body, () =>
    asList(wireNames(messages ?? [{ content: gap }])).map(readMessage),
  );
}

/** Moderations and conversations have `inputs` too. */
function embeddingsRequest(value: Json, isCertain: boolean): RequestReading | undefined {
  const name = isCertain ? /embed/ : /stral-embed/;
  if (!name.test(asText(value['model']) ?? '')) return undefined;
  const body = wireNames(value, 1) as Json;
  return openaiEmbeddings.request({ ...body, input: body['inputs'] });
}

function read(value: object): ResponseReading | undefined {
  const [choice] = asList(own(value, 'choices'));
  // OpenRouter's SDK spells its answers like this, but does not say `prefix`.
  if (hasOwn(choice, 'finishReason') && hasOwn(choice['message'], 'prefix')) {
    return openaiChat.read(wireNames(value) as object);
  }
  const usage = own(value, 'usage');
  if (!hasOwn(usage, 'promptTokens')) return undefined;
  return openaiEmbeddings.read({ ...value, usage: wireNames(usage) });
}

function fold(chunk: object): Fold | undefined {
  const [choice] = asList(own(own(chunk, 'data'), 'choices'));
  if (!hasOwn(choice, 'delta')) return undefined;
  return respelt(new ChatFold({}), ({ data }) => asRecord(wireNames(data)));
}

import { GEN_AI_OPERATION_NAME_VALUE_CHAT, GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS } from '../semconv/gen-ai.js';
import { readAiSdkAnswer } from './ai-sdk-answer.js';
import { startAiSdkFold } from './ai-sdk-fold.js';
import { asName, hasMethod, hasOwn, own, type Json } from './json.js';
import { readMessage } from './message.js';
import { promptMessages } from './openai-completions.js';
import { providerOfPackage } from './package-name.js';
import type { Provider, RequestReading } from './provider.js';
import { readRequest } from './request.js';
import { wireNames } from './wire-names.js';

/**
 * Language and embedding models of the AI SDK (https://ai-sdk.dev, `LanguageModelV2` to `V4`), whoever answers behind
 * them, and what its functions put together from their answers.
 */
export const aiSdk: Provider = {
  name: 'ai_sdk',
  request,
  read: readAiSdkAnswer,
  fold: startAiSdkFold,
  client: (value) => hasMethod(value, 'doGenerate') || hasMethod(value, 'doEmbed'),
  clientName: (value) => providerOfPackage((value as Json)['provider']),
  // Of the SDK itself in versions 5 and 6, of its package for OpenTelemetry in version 7.
  nativeScopes: ['ai', 'gen_ai'],
  clientModel: (value) => asName((value as Json)['modelId']),
};

function request(value: object, isCertain?: boolean): RequestReading | undefined {
  const body = value as Json;
  const prompt = own(body, 'prompt');
  if (isPrompt(prompt)) {
    const reading = readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, wireNames(body, 1) as Json, () =>
      prompt.map(readMessage),
    );
    // The system's message is the first of the prompt.
    return { ...reading, systemInstructions: undefined };
  }
  const values = isCertain === true ? own(body, 'values') : undefined;
  if (!Array.isArray(values)) return undefined;
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS, {}, () => promptMessages(values));
}

function isPrompt(prompt: unknown): prompt is unknown[] {
  return Array.isArray(prompt) && hasOwn(prompt[0], 'role') && hasOwn(prompt[0], 'content');
}

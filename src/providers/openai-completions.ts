import type { Message } from '../core/messages.js';
import { GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION, GEN_AI_PROVIDER_NAME_VALUE_OPENAI } from '../semconv/gen-ai.js';
import { asList, asName, hasOwn, own, type Json } from './json.js';
import { USAGE_REMEDY } from './openai-chat-answer.js';
import { ChatFold } from './openai-chat-fold.js';
import { textPart } from './part.js';
import type { Fold, Provider, RequestReading, ResponseReading } from './provider.js';
import { readRequest } from './request.js';

/** The legacy Completions API: https://platform.openai.com/docs/api-reference/completions */
export const openaiCompletions: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  request,
  read,
  fold,
};

const operation = GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION;

/** Images and videos are asked for by a model and a prompt too. */
export const PICTURES = /dall-e|image|imagen|diffusion|flux/i;
const VIDEOS = /sora|video/i;

function request(value: object): RequestReading | undefined {
  const body = value as Json;
  const prompt = own(body, 'prompt');
  if (typeof prompt !== 'string' && !Array.isArray(prompt)) return undefined;
  const model = asName(body['model']);
  if (model === undefined || PICTURES.test(model) || VIDEOS.test(model)) return undefined;
  return readRequest(operation, body, () => promptMessages(body['prompt']));
}

/** A prompt is a text, a list of texts (each is completed), or the same in tokens. */
export function promptMessages(prompt: unknown): Message[] {
  const list = asList(prompt);
  const prompts = list.length === 0 || typeof list[0] === 'number' ? [prompt] : list;
  return prompts.map((one) => ({ role: 'user', parts: [textPart(one) ?? { type: 'tokens', content: one ?? null }] }));
}

function read(value: object): ResponseReading | undefined {
  if (!isCompletion(value)) return undefined;
  const whole = new ChatFold({ operation });
  whole.add(value);
  return whole.read();
}

/** A chunk looks like a whole completion. */
function fold(chunk: object): Fold | undefined {
  return isCompletion(chunk) ? new ChatFold({ operation, usageRemedy: USAGE_REMEDY }) : undefined;
}

function isCompletion(value: object): boolean {
  const choices = own(value, 'choices');
  if (!Array.isArray(choices)) return false;
  if (own(value, 'object') === 'text_completion') return true;
  return typeof own(choices[0], 'text') === 'string' && hasOwn(choices[0], 'finish_reason');
}

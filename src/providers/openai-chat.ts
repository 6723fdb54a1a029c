import {
  GEN_AI_OPERATION_NAME_VALUE_CHAT,
  GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI,
  GEN_AI_PROVIDER_NAME_VALUE_GROQ,
  GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
} from '../semconv/gen-ai.js';
import { factsOf, keep, readAnswer, type Choice } from './answer.js';
import { isAnthropicRequest } from './anthropic-request.js';
import { asList, asName, asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import { answeredBy, readOpenaiUsage, searchedPart } from './openai-chat-answer.js';
import { ChatFold } from './openai-chat-fold.js';
import type { Fold, Provider, RequestReading, ResponseReading, Seam } from './provider.js';
import { readRequest } from './request.js';
import { readResponseError } from './response-error.js';
import { emitterSeam, stainlessSeam } from './stainless-seam.js';

/**
 * Chat Completions (https://platform.openai.com/docs/api-reference/chat) of OpenAI and of the many servers that speak
 * it: Azure, Groq, DeepSeek, Together, vLLM, Ollama, OpenRouter…
 */
export const openaiChat: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  request,
  read,
  fold,
  seam,
  client,
  clientName,
};

function request(value: object): RequestReading | undefined {
  const body = value as Json;
  if (!Array.isArray(own(body, 'messages')) || isAnthropicRequest(body)) return undefined;
  return readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, body);
}

function read(value: object): ResponseReading | undefined {
  const choices = own(value, 'choices');
  if (!Array.isArray(choices)) return readFailure(value as Json);
  // Mistral's SDK, whose names are in camelCase.
  if (hasOwn(choices[0], 'finishReason')) return undefined;
  const completion = value as Json;
  if (completion['object'] !== 'chat.completion' && !isWholeChoice(choices[0])) return undefined;
  return readAnswer(
    {
      provider: answeredBy(completion),
      ...factsOf(completion),
      usage: readOpenaiUsage(completion['usage']),
      // OpenRouter puts the failure of one of the servers that it asks into the answer, or into a choice.
      error: [completion, ...(choices as unknown[])]
        .map((holder) => readResponseError(own(holder, 'error')))
        .find((error) => error),
    },
    [...(choices as unknown[])].map(keepChoice),
    searchedPart(completion),
  );
}

/** OpenRouter's answer, with status 200, where nobody took the request: an error, and at most whose request it was. */
function readFailure(value: Json): ResponseReading | undefined {
  const error = own(value, 'error');
  if (typeof own(error, 'code') !== 'number' || typeof own(error, 'message') !== 'string') return undefined;
  const isAll = Object.keys(value).every((key) => key === 'error' || key === 'user_id');
  return isAll ? { operation: GEN_AI_OPERATION_NAME_VALUE_CHAT, error: readResponseError(error) } : undefined;
}

function fold(chunk: object): Fold | undefined {
  const choices = own(chunk, 'choices');
  if (!Array.isArray(choices)) return undefined;
  const isChunk =
    own(chunk, 'object') === 'chat.completion.chunk' ||
    hasOwn(choices[0], 'delta') ||
    // Azure first says what its filter found in the prompt, in a chunk without an id, a model or a choice.
    (choices.length === 0 && hasOwn(chunk, 'prompt_filter_results'));
  return isChunk ? new ChatFold() : undefined;
}

/** Some servers leave out `object`; in a chunk of Writer or Perplexity there is a `message` beside the `delta`. */
function isWholeChoice(choice: unknown): boolean {
  return asRecord(own(choice, 'message')) !== undefined && hasOwn(choice, 'finish_reason') && !hasOwn(choice, 'delta');
}

/** Nobody reads the parsed content that the SDK adds, nor annotations, which may be long. */
const UNREAD = new Set(['parsed', 'annotations']);

function keepChoice(choice: unknown): Choice {
  const given = asRecord(own(choice, 'message')) ?? {};
  const message: Record<string, unknown> = {};
  for (const name in given) if (!UNREAD.has(name)) message[name] = keep(given[name]);
  return { message, finishReason: asName(own(choice, 'finish_reason')) };
}

/** `chat.completions.stream()` and `runTools()`. */
function seam(value: object): Seam | undefined {
  const isRunner = hasOwn(value, '_chatCompletions') && hasMethod(value, '_emit');
  return isRunner ? emitterSeam('chunk', lastCompletion) : stainlessSeam(value);
}

function lastCompletion(runner: object): unknown {
  const { _chatCompletions, currentChatCompletionSnapshot } = runner as Json;
  return asList(_chatCompletions).at(-1) ?? currentChatCompletionSnapshot;
}

/** `AzureOpenAI` is the one client that asks for a version of the API; Groq's class names itself, minified or not. */
function clientName(value: object): string | undefined {
  const owner = own(value, '_client') ?? value;
  if (typeof own(owner, 'apiVersion') === 'string') return GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI;
  const { constructor } = owner as { constructor?: { Groq?: unknown } };
  return typeof constructor?.Groq === 'function' ? GEN_AI_PROVIDER_NAME_VALUE_GROQ : undefined;
}

function client(value: object): boolean {
  const owner = own(value, '_client') ?? value;
  return hasMethod(own(own(owner, 'chat'), 'completions'), 'create');
}

import {
  GEN_AI_OPERATION_NAME_VALUE_CHAT,
  GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
  GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
} from '../semconv/gen-ai.js';
import { readWhole } from './block-fold.js';
import { asList, asNumber, asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import { readMessage } from './message.js';
import { ChatFold, respelt } from './openai-chat-fold.js';
import { promptMessages } from './openai-completions.js';
import { readEmbedding } from './openai-embeddings.js';
import type { Fold, Provider, RequestReading, ResponseReading } from './provider.js';
import { readRequest } from './request.js';

/** Ollama's own API: https://docs.ollama.com/api */
export const ollama: Provider = {
  // The conventions (v1.41.1) have no value for it.
  name: 'ollama',
  request,
  read,
  fold,
  client,
};

/** Much of what Ollama is asked could be asked of others. */
function request(value: object, isCertain = false): RequestReading | undefined {
  const operation = operationOf(value);
  if (operation === undefined || !(isCertain || isOllamaRequest(value))) return undefined;
  const body = value as Json;
  const { messages, prompt: content, input, images, format, options } = body;
  const most = asNumber(own(options, 'num_predict')) ?? 0;
  const isJson = format === 'json' || asRecord(format) !== undefined;
  return readRequest(
    operation,
    {
      ...asRecord(options),
      ...body,
      // Negative numbers mean that nothing bounds it.
      max_tokens: most > 0 ? most : undefined,
      response_format: isJson ? { type: 'json' } : undefined,
    },
    () => {
      if (operation === GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS) return promptMessages(input);
      return (Array.isArray(messages) ? messages : [{ content, images }]).map(readMessage);
    },
  );
}

function operationOf(body: object): string | undefined {
  if (Array.isArray(own(body, 'messages'))) return GEN_AI_OPERATION_NAME_VALUE_CHAT;
  if (typeof own(body, 'prompt') === 'string') return GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION;
  return hasOwn(body, 'input') ? GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS : undefined;
}

function isOllamaRequest(body: object): boolean {
  return asRecord(own(body, 'options')) !== undefined || hasOwn(body, 'keep_alive') || hasOwn(body, 'think');
}

function client(value: object): boolean {
  return typeof own(own(value, 'config'), 'host') === 'string' && hasMethod(value, 'generate');
}

/** A whole answer looks like the last chunk. */
function read(value: object): ResponseReading | undefined {
  return readWhole(value, fold(value)) ?? readEmbeddings(value);
}

/** Chat completions in other words. */
function fold(chunk: object): Fold | undefined {
  const isText = typeof own(chunk, 'response') === 'string';
  const isAnswer = isText || asRecord(own(chunk, 'message')) !== undefined;
  if (!isAnswer || typeof own(chunk, 'done') !== 'boolean' || typeof own(chunk, 'model') !== 'string') return undefined;
  let calls = 0;
  return respelt(
    new ChatFold(isText ? { operation: GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION } : {}),
    ({ model, message, response: content, thinking, done_reason, ...usage }) => {
      const said: Json = asRecord(message) ?? { content, thinking };
      // A call comes whole, from older servers without an id.
      const tool_calls = asList(said['tool_calls']).map((call) => ({ ...asRecord(call), index: calls++ }));
      const delta = { ...said, reasoning: said['thinking'], tool_calls };
      return { model, usage, choices: [{ delta, finish_reason: done_reason }] };
    },
  );
}

function readEmbeddings(value: object): ResponseReading | undefined {
  const [embedding] = asList(own(value, 'embeddings'));
  const model = own(value, 'model');
  return typeof model === 'string' ? readEmbedding(embedding, value, { model }) : undefined;
}

import type { Message } from '../core/messages.js';
import {
  GEN_AI_OPERATION_NAME_VALUE_CHAT,
  GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
  GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
} from '../semconv/gen-ai.js';
import { asList, asNumber, asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import { imageParts, readMessage } from './message.js';
import { ChatFold, respelt } from './openai-chat-fold.js';
import { promptMessages } from './openai-completions.js';
import { openaiEmbeddings } from './openai-embeddings.js';
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
  if (!isRequest(value) || !(isCertain || isOllamaRequest(value))) return undefined;
  const body = value as Json;
  const { messages, prompt, format, options } = body;
  const most = asNumber(own(options, 'num_predict')) ?? 0;
  const isJson = format === 'json' || asRecord(format) !== undefined;
  return readRequest(
    operationOf(body),
    {
      ...asRecord(options),
      ...body,
      // Negative numbers mean that nothing bounds it.
      max_tokens: most > 0 ? most : undefined,
      response_format: isJson ? { type: 'json' } : undefined,
    },
    () => (Array.isArray(messages) ? messages.map(readMessage) : promptedBy(prompt ?? body['input'], body)),
  );
}

function operationOf(body: Json): string {
  if (Array.isArray(body['messages'])) return GEN_AI_OPERATION_NAME_VALUE_CHAT;
  return hasOwn(body, 'prompt') ? GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION : GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS;
}

function isRequest(body: object): boolean {
  return Array.isArray(own(body, 'messages')) || typeof own(body, 'prompt') === 'string' || hasOwn(body, 'input');
}

function isOllamaRequest(body: object): boolean {
  return asRecord(own(body, 'options')) !== undefined || hasOwn(body, 'keep_alive') || hasOwn(body, 'think');
}

function promptedBy(prompt: unknown, { images }: Json): Message[] {
  const messages = promptMessages(prompt);
  messages[0]?.parts.push(...imageParts(images).filter((part) => part !== undefined));
  return messages;
}

function client(value: object): boolean {
  return typeof own(own(value, 'config'), 'host') === 'string' && hasMethod(value, 'generate');
}

/** A whole answer looks like the last chunk. */
function read(value: object): ResponseReading | undefined {
  const whole = fold(value);
  whole?.add(value);
  return whole?.read() ?? readEmbeddings(value);
}

/** Chat completions in other words. */
function fold(chunk: object): Fold | undefined {
  if (!isAnswer(chunk)) return undefined;
  const isChat = own(chunk, 'response') === undefined;
  let calls = 0;
  return respelt(
    new ChatFold({
      operation: isChat ? GEN_AI_OPERATION_NAME_VALUE_CHAT : GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
    }),
    ({ model, message, response, thinking, done_reason, ...counts }) => {
      const said: Json = asRecord(message) ?? { content: response, thinking };
      // A call comes whole, from older servers without an id.
      const tool_calls = asList(said['tool_calls']).map((call) => ({ ...asRecord(call), index: calls++ }));
      const delta = { ...said, reasoning: said['thinking'], tool_calls };
      return { model, usage: counts, choices: [{ delta, finish_reason: done_reason }] };
    },
  );
}

function isAnswer(value: object): boolean {
  if (typeof own(value, 'done') !== 'boolean' || typeof own(value, 'model') !== 'string') return false;
  return asRecord(own(value, 'message')) !== undefined || typeof own(value, 'response') === 'string';
}

function readEmbeddings(value: object): ResponseReading | undefined {
  const [embedding] = asList(own(value, 'embeddings'));
  const model = own(value, 'model');
  if (!Array.isArray(embedding) || typeof model !== 'string') return undefined;
  return openaiEmbeddings.read({ object: 'list', model, data: [{ embedding }], usage: value });
}

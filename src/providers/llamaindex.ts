import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { anthropic } from './anthropic.js';
import { google } from './google.js';
import { GrowingObject, Slots } from './growing.js';
import { providerForAddress } from './hosts.js';
import { asList, asName, asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import { wireCall, withoutCalls } from './langchain-message.js';
import { mistral } from './mistral.js';
import { ollama } from './ollama.js';
import { respelt } from './openai-chat-fold.js';
import { openaiChat } from './openai-chat.js';
import { readAnswer } from './answer.js';
import { openaiResponses } from './openai-responses.js';
import { providerOfPackage } from './package-name.js';
import type { Fold, InnerCalls, Provider, RequestReading, ResponseReading } from './provider.js';
import { readRequest } from './request.js';
import { readOutputType } from './request-parameters.js';

/** Models of LlamaIndex (https://developers.llamaindex.ai/typescript), whose answers hold the provider's as `raw`. */
export const llamaindex: Provider = {
  name: 'llamaindex',
  request,
  read,
  fold,
  client: isModel,
  clientName: (value) =>
    providerForAddress(own(value, 'baseURL')) ?? providerOfPackage((value.constructor as { name?: unknown }).name),
  clientModel: (value) => asName(own(value, 'model')),
  innerCalls: (value) => (isModel(value) ? innerCalls(value as Json) : undefined),
};

/** Whose answers there are in `raw`. */
const PROVIDERS = [openaiChat, openaiResponses, anthropic, google, ollama, mistral];

function isModel(value: object): boolean {
  return hasMethod(value, 'chat') && hasMethod(value, 'complete') && hasMethod(value, 'exec');
}

/** `complete()`, `exec()` and agents all ask `chat()`. The model has the parameters, and its provider's own may be added. */
function innerCalls(model: Json): InnerCalls {
  const chat = ([given]: readonly unknown[]): object => {
    const { temperature, topP, maxTokens, additionalChatOptions } = model;
    const { messages, tools, stream, responseFormat, ...rest } = given as Json;
    return {
      messages: asList(messages).map(wireMessage),
      tools: asList(tools).map((tool) => ({ type: 'function', function: asRecord(tool)?.['metadata'] })),
      model_parameters: {
        temperature,
        top_p: topP,
        max_tokens: maxTokens,
        ...asRecord(additionalChatOptions),
        ...asRecord(rest['additionalChatOptions']),
        stream,
      },
      response_format: responseFormat,
    };
  };
  return { requests: { chat } };
}

/** A message with the names of Chat Completions; its content stays as it is. */
function wireMessage(value: unknown): unknown {
  const message = asRecord(value);
  if (message === undefined) return value;
  const { role, content, options } = message;
  const result = asRecord(own(options, 'toolResult'));
  return {
    role: result === undefined ? role : 'tool',
    content: withoutCalls(content),
    tool_call_id: result?.['id'],
    tool_calls: asList(own(options, 'toolCall')).map(wireCall),
  };
}

function request(value: object): RequestReading | undefined {
  const parameters = asRecord(own(value, 'model_parameters'));
  if (parameters === undefined) return undefined;
  const { messages, tools, response_format } = value as Json;
  return {
    ...readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, { ...parameters, messages, tools }),
    outputType: readOutputType(response_format) ?? (asRecord(response_format) && 'json'),
  };
}

function read(value: object): ResponseReading | undefined {
  const message = asRecord(own(value, 'message'));
  if (!hasOwn(value, 'raw') || !(hasOwn(message, 'role') || typeof own(value, 'text') === 'string')) return undefined;
  const { raw, text } = value;
  for (const provider of PROVIDERS) {
    const reading = asRecord(raw) && provider.read(raw as object);
    if (reading !== undefined) return { ...reading, provider: reading.provider ?? provider.name };
  }
  const kept = snapshot(wireMessage(message ?? { role: 'assistant', content: text })) as Json;
  return readAnswer({}, [{ message: kept }]);
}

function fold(chunk: object): Fold | undefined {
  const isChunk = hasOwn(chunk, 'raw') && (typeof chunk['delta'] === 'string' || typeof chunk['text'] === 'string');
  if (!isChunk) return undefined;
  for (const provider of PROVIDERS) {
    const inner = asRecord(chunk['raw']) && provider.fold(chunk['raw'] as object);
    if (inner === undefined) continue;
    return respelt(
      inner,
      ({ raw }) => asRecord(raw),
      (reading) => ({ ...reading, provider: reading.provider ?? provider.name }),
    );
  }
  return new DeltaFold();
}

/** Where the provider's own chunks are not known: a call comes again with each piece of its input. */
class DeltaFold implements Fold {
  private readonly message = new GrowingObject();
  private readonly calls = new Slots<unknown>();

  add(chunk: object): void {
    const { delta, text, options } = chunk as Json;
    this.message.grow('content', delta ?? text);
    for (const call of asList(own(options, 'toolCall'))) this.calls.set(own(call, 'id'), snapshot(wireCall(call)));
  }

  read(): ResponseReading {
    return readAnswer({}, [{ message: { ...this.message.read(), tool_calls: this.calls.values() } }]);
  }
}

import { GEN_AI_OPERATION_NAME_VALUE_CHAT, GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION } from '../semconv/gen-ai.js';
import { providerForAddress } from './hosts.js';
import { asList, asName, asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import { readLangchainAnswer } from './langchain-answer.js';
import { startLangchainFold } from './langchain-fold.js';
import { isLangchainMessage, wireMessage } from './langchain-message.js';
import { readMessage } from './message.js';
import { promptMessages } from './openai-completions.js';
import { providerOfPackage } from './package-name.js';
import type { InnerCalls, Provider, RequestReading } from './provider.js';
import { readRequest } from './request.js';
import { readParameters } from './request-parameters.js';
import { wireNames } from './wire-names.js';

/** Models of LangChain (https://docs.langchain.com/oss/javascript), whoever answers behind them, and runs of them. */
export const langchain: Provider = {
  name: 'langchain',
  unwrap,
  request,
  read: readLangchainAnswer,
  fold: startLangchainFold,
  client: (value) => isModel(value) || isRun(value),
  clientName,
  clientModel: (value) =>
    asName(own(value, 'model') ?? own(value, 'modelName') ?? own(own(value, 'metadata'), 'ls_model_name')),
  innerCalls,
};

/** What callbacks are told of a run: `{ messages | prompt, invocation_params, metadata }`. */
function unwrap(given: object): object | undefined {
  const { messages, prompt, invocation_params, metadata } = given as Json;
  const isChat = isLangchainMessage(asList(messages)[0]);
  if (!isChat && !hasOwn(given, 'invocation_params')) return undefined;
  const { ls_model_name: model, ls_temperature, ls_max_tokens, ls_stop } = asRecord(metadata) ?? {};
  return {
    invocation_params: { ...asRecord(invocation_params) },
    ls_params: { model, temperature: ls_temperature, max_tokens: ls_max_tokens, stop: ls_stop },
    prompt,
    messages: isChat ? asList(messages).map((one) => (isLangchainMessage(one) ? wireMessage(one) : one)) : undefined,
  };
}

function request(value: object): RequestReading | undefined {
  const parameters = asRecord(own(value, 'invocation_params'));
  if (parameters === undefined) return undefined;
  const { ls_params, messages, prompt } = value as Json;
  const isChat = messages !== undefined;
  const reading = readRequest(
    isChat ? GEN_AI_OPERATION_NAME_VALUE_CHAT : GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
    wireNames(parameters, 1) as Json,
    () => (isChat ? asList(messages).map(readMessage) : promptMessages(prompt)),
  );
  return { ...reading, request: { ...readParameters(asRecord(ls_params) ?? {}), ...reading.request } };
}

interface Model {
  _llmType(): string;
  invocationParams(options: unknown): unknown;
  getLsParams?(options: unknown): unknown;
}

function isModel(value: object): boolean {
  return hasMethod(value, '_generate') && hasMethod(value, '_llmType') && hasMethod(value, 'invocationParams');
}

/** What callbacks are told of a model: `{ serialized, metadata }`. */
function isRun(value: object): boolean {
  return own(own(value, 'serialized'), 'lc') === 1;
}

/** Whose server is asked says more than whose package it is asked with. */
function clientName(value: object): string | undefined {
  if (isRun(value)) {
    const [, , type] = asList(own(own(value, 'serialized'), 'id'));
    return providerOfPackage(own(own(value, 'metadata'), 'ls_provider') ?? type);
  }
  return providerForAddress(addressOf(value)) ?? providerOfPackage((value as Model)._llmType());
}

function addressOf(model: object): unknown {
  return own(own(model, 'clientConfig'), 'baseURL') ?? own(model, 'apiUrl');
}

/**
 * Whatever a model is asked by (`invoke`, `stream`, `batch`, a chain, an agent), it calls itself by these, and by those
 * that stream only where it has its own: it compares them with those of its base class.
 */
function innerCalls(value: object): InnerCalls | undefined {
  if (!isModel(value)) return undefined;
  const model = value as Model;
  const requestOf = ([content, options, run]: readonly unknown[]): object | undefined => {
    const isReported = asList(own(run, 'handlers')).some((handler) => own(handler, 'name') === HANDLER_NAME);
    if (isReported) return undefined;
    return {
      ...(isLangchainMessage(asList(content)[0]) ? { messages: content } : { prompt: content }),
      invocation_params: model.invocationParams(options),
      metadata: model.getLsParams?.(options),
    };
  };
  const streaming = ['_streamResponseChunks', '_streamChatModelEvents'].filter(
    (name) => hasMethod(model, name) && classOf(model, name) !== classOf(model, 'generatePrompt'),
  );
  return {
    requests: Object.fromEntries(['_generate', ...streaming].map((name) => [name, requestOf])),
    signalOf: ([, options]) => own(options, 'signal'),
    copies: ['withConfig'],
    address: addressOf(model),
  };
}

/** Of the callback handler that reports runs itself. */
export const HANDLER_NAME = 'decotel';

function classOf(model: object, method: string): unknown {
  let prototype: unknown = model;
  while (typeof prototype === 'object' && prototype !== null && !Object.hasOwn(prototype, method)) {
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototype;
}

import type { Usage } from '../core/record.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT, GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS } from '../semconv/gen-ai.js';
import { readAnthropicRequest } from './anthropic-request.js';
import { anthropic } from './anthropic.js';
import { ConverseFold, isConverseStart } from './bedrock-converse-fold.js';
import { readConverse, readConverseRequest } from './bedrock-converse.js';
import { readWhole } from './block-fold.js';
import { bedrockParameters } from './bedrock-parameters.js';
import { asList, asNumber, asRecord, asText, firstOf, hasOwn, own, type Json } from './json.js';
import { readOpenaiUsage } from './openai-chat-answer.js';
import { ChatFold, respelt } from './openai-chat-fold.js';
import { openaiChat } from './openai-chat.js';
import { promptMessages } from './openai-completions.js';
import { readEmbedding } from './openai-embeddings.js';
import type { Fold, RequestReading, ResponseReading } from './provider.js';
import { overlayUsage, sumOf } from './usage.js';

const decoder = new TextDecoder();

/** A body of InvokeModel: JSON as bytes, as text, or read already. */
export function readJson(body: unknown): Json | undefined {
  const text = ArrayBuffer.isView(body) ? decoder.decode(body) : body;
  if (typeof text !== 'string') return asRecord(text);
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Each family of models has a body of its own; `input` is that of the command, with the body read. */
export function readInvokeRequest(input: Json): RequestReading | undefined {
  const body = asRecord(input['body']);
  const reading = body && (Array.isArray(body['messages']) ? messagesRequest(body) : promptRequest(input, body));
  return reading && { ...reading, request: bedrockParameters(body, input) };
}

function messagesRequest(body: Json): RequestReading | undefined {
  const isConverse = asList(body['messages']).some((message) => asList(own(message, 'content')).some(isUntyped));
  return isConverse ? readConverseRequest(body) : (openaiChat.request(body) ?? readAnthropicRequest(body));
}

/** Nova's blocks are Converse's, which have no `type`. */
function isUntyped(block: unknown): boolean {
  return asRecord(block) !== undefined && !hasOwn(block, 'type');
}

/** Also what an embedding is made of. Stability's models draw what the prompt says. */
function promptRequest({ modelId }: Json, body: Json): RequestReading | undefined {
  const model = asText(modelId) ?? '';
  const prompt = firstOf(body, ['prompt', 'inputText', 'message', 'texts']);
  if (prompt === undefined || model.includes('stability.')) return undefined;
  return {
    operation: model.includes('embed') ? GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS : GEN_AI_OPERATION_NAME_VALUE_CHAT,
    request: {},
    input: () => promptMessages(prompt),
  };
}

export function readInvoke(body: Json): ResponseReading | undefined {
  return readConverse(body) ?? anthropic.read(body) ?? readEmbeddings(body) ?? readChoices(body);
}

/** Titan's `embedding`, or Cohere's `embeddings`, which may be listed by their type. */
function readEmbeddings(body: Json): ResponseReading | undefined {
  const { embedding, embeddings } = body;
  return readEmbedding(embedding ?? asList(asRecord(embeddings)?.['float'] ?? embeddings)[0], body, body);
}

function readChoices(body: Json): ResponseReading | undefined {
  if (!choicesOf(body).some((choice) => asRecord(choice['message']) ?? textOf(choice))) return undefined;
  return readWhole(body, choicesFold());
}

/** Bodies that came in pieces: `{ chunk: { bytes } }`. */
export function invokeFold(): Fold {
  let fold: Fold | undefined;
  return {
    add(chunk) {
      const body = readJson(own((chunk as Json)['chunk'], 'bytes'));
      if (body !== undefined) (fold ??= familyFold(body)).add(body);
    },
    read: () => fold?.read() ?? { operation: GEN_AI_OPERATION_NAME_VALUE_CHAT },
  };
}

function familyFold(body: Json): Fold {
  return isConverseStart(body) ? new ConverseFold() : (anthropic.fold(body) ?? choicesFold());
}

/** The families that answer with one text, or a list of them; whole or in pieces, read as chat completions. */
function choicesFold(): Fold {
  return respelt(new ChatFold({}, countsOf), (body) => {
    const { id = body['response_id'], model, usage } = body;
    const choices = choicesOf(body);
    const { inputTokenCount, outputTokenCount } = asRecord(body['amazon-bedrock-invocationMetrics']) ?? {};
    return {
      id,
      model,
      usage: {
        metered: { prompt_tokens: inputTokenCount, completion_tokens: outputTokenCount },
        said: asRecord(usage) ?? { prompt_tokens: inputCount(body), completion_tokens: outputCount(body, choices) },
      },
      choices: choices.map((choice) => ({ ...choice, text: textOf(choice), finish_reason: finishReasonOf(choice) })),
    };
  });
}

/** What Bedrock counted comes last, and may differ: the model's own counts are what its documentation explains. */
function countsOf(usage: unknown, former: Usage | undefined): Usage | undefined {
  const known = overlayUsage(readOpenaiUsage(own(usage, 'metered')), former);
  return overlayUsage(known, readOpenaiUsage(own(usage, 'said')));
}

/** Of Mistral, AI21, Cohere and Titan; Llama, the older Claude and Titan's streams have one choice, the body itself. */
const LISTS = ['choices', 'outputs', 'completions', 'generations', 'results'];

function choicesOf(body: Json): Json[] {
  const list = firstOf(body, LISTS);
  return Array.isArray(list) ? list.map((choice) => asRecord(choice) ?? {}) : [body];
}

const TEXTS = ['text', 'outputText', 'completion', 'generation'];

function textOf(choice: Json): string | undefined {
  return asText(firstOf(choice, TEXTS) ?? asRecord(choice['data'])?.['text']);
}

const FINISH_REASONS = ['finish_reason', 'stop_reason', 'completionReason'];

function finishReasonOf(choice: Json): unknown {
  return firstOf(choice, FINISH_REASONS) ?? asRecord(choice['finishReason'])?.['reason'];
}

/** Of Llama, of Titan; the older models of AI21 list the tokens themselves. */
function inputCount(body: Json): unknown {
  return firstOf(body, ['prompt_token_count', 'inputTextTokenCount']) ?? listed(body['prompt']);
}

function outputCount(body: Json, choices: readonly Json[]): unknown {
  const total = firstOf(body, ['generation_token_count', 'totalOutputTextTokenCount']);
  const counts = choices.map(({ tokenCount, data }) => asNumber(tokenCount) ?? listed(data));
  return total ?? sumOf(counts);
}

function listed(value: unknown): number | undefined {
  const tokens = asRecord(value)?.['tokens'];
  return Array.isArray(tokens) ? tokens.length : undefined;
}

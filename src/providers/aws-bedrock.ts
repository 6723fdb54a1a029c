import { GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK } from '../semconv/gen-ai.js';
import { ConverseFold, isConverseStart } from './bedrock-converse-fold.js';
import { readConverse, readConverseRequest } from './bedrock-converse.js';
import { invokeFold, readInvoke, readInvokeRequest, readJson } from './bedrock-invoke.js';
import { asName, asRecord, hasOwn, own, type Json } from './json.js';
import type { Fold, Provider, RequestReading, ResponseReading } from './provider.js';

/** Bedrock's runtime: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html */
export const awsBedrock: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK,
  unwrap,
  request,
  read,
  fold,
};

/** The input of a command, whose name tells whether it streams; or an input by itself. */
function unwrap(value: object): Json | undefined {
  const input = asRecord(own(value, 'input')) ?? (value as Json);
  if (asName(own(input, 'modelId')) === undefined) return undefined;
  const { body, stream } = input;
  const { constructor } = value as { constructor?: { name?: unknown } };
  const streams = stream ?? (/Stream/.test(String(constructor?.name)) || undefined);
  if (body !== undefined) return { ...input, body: readJson(body), stream: streams };
  // A stored prompt is named like a model, and has variables instead of messages.
  const isConverse = Array.isArray(input['messages']) || hasOwn(input, 'promptVariables');
  return isConverse ? { ...input, stream: streams } : undefined;
}

function request(value: object): RequestReading | undefined {
  const input = unwrap(value);
  return input && (hasOwn(input, 'body') ? readInvokeRequest(input) : readConverseRequest(input));
}

function read(value: object): ResponseReading | undefined {
  const body = own(value, 'body');
  if (!ArrayBuffer.isView(body) || !hasOwn(value, '$metadata')) return readConverse(value);
  const json = readJson(body);
  return json && readInvoke(json);
}

function fold(chunk: object): Fold | undefined {
  if (isConverseStart(chunk)) return new ConverseFold();
  return ArrayBuffer.isView(own(own(chunk, 'chunk'), 'bytes')) ? invokeFold() : undefined;
}

import type { RequestRecord } from '../core/record.js';
import { asName, asNumber, asRecord, asText, firstOf, type Json } from './json.js';

type NumberName = 'maxTokens' | 'temperature' | 'topP' | 'topK' | 'frequencyPenalty' | 'presencePenalty' | 'seed';

/** What the APIs of OpenAI and Anthropic, and all that follow them, call the same; then Cohere, Mistral, Bedrock's models. */
const NUMBERS: Readonly<Record<NumberName, readonly string[]>> = {
  maxTokens: [
    'max_completion_tokens',
    'max_output_tokens',
    'max_tokens',
    'max_new_tokens',
    'max_tokens_to_sample',
    'max_gen_len',
    'max_token_count',
  ],
  temperature: ['temperature'],
  topP: ['top_p', 'p'],
  topK: ['top_k', 'k'],
  frequencyPenalty: ['frequency_penalty'],
  presencePenalty: ['presence_penalty'],
  seed: ['seed', 'random_seed'],
};

/** Reads the parameters of a request that is spelt as on the wire. */
export function readParameters(body: Json): RequestRecord {
  const { n, stream } = body;
  const request: RequestRecord = {};
  put(request, 'model', asName(body['model']));
  for (const name in NUMBERS) put(request, name as NumberName, asNumber(firstOf(body, NUMBERS[name as NumberName])));
  put(request, 'stopSequences', texts(firstOf(body, ['stop', 'stop_sequences'])));
  if (n !== 1) put(request, 'choiceCount', asNumber(n));
  if (stream === true) request.stream = true;
  put(request, 'encodingFormats', texts(firstOf(body, ['encoding_format', 'embedding_types'])));
  return request;
}

/** `json` or `text` where the request asks for one; `format` is `{ type: 'json_schema' | 'json_object' | 'text' }`. */
export function readOutputType(format: unknown): string | undefined {
  return /^(json|text)(_schema|_object)?$/.exec(asText(asRecord(format)?.['type']) ?? '')?.[1];
}

function put<K extends keyof RequestRecord>(request: RequestRecord, key: K, value: RequestRecord[K]): void {
  if (value !== undefined) request[key] = value;
}

function texts(value: unknown): string[] | undefined {
  const list = [value].flat().filter((item) => typeof item === 'string');
  return list.length > 0 ? list : undefined;
}

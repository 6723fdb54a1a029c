import type { RequestRecord } from '../core/record.js';
import { asList, asName, asNumber, asText, type Json } from './json.js';

/** Reads the parameters that the JSON APIs of OpenAI and Anthropic, and all that follow them, spell alike. */
export function readParameters(body: Json): RequestRecord {
  const request: RequestRecord = {};
  put(request, 'model', asName(body['model']));
  put(
    request,
    'maxTokens',
    asNumber(body['max_completion_tokens']) ?? asNumber(body['max_output_tokens']) ?? asNumber(body['max_tokens']),
  );
  put(request, 'temperature', asNumber(body['temperature']));
  put(request, 'topP', asNumber(body['top_p']));
  put(request, 'topK', asNumber(body['top_k']));
  put(request, 'frequencyPenalty', asNumber(body['frequency_penalty']));
  put(request, 'presencePenalty', asNumber(body['presence_penalty']));
  put(request, 'stopSequences', texts(body['stop'] ?? body['stop_sequences']));
  // Mistral's name is the longer one.
  put(request, 'seed', asNumber(body['seed'] ?? body['random_seed']));
  if (body['n'] !== 1) put(request, 'choiceCount', asNumber(body['n']));
  if (body['stream'] === true) request.stream = true;
  put(request, 'encodingFormats', texts(body['encoding_format']));
  return request;
}

/** `json` or `text` where the request asks for one; `format` is `{ type: 'json_schema' | 'json_object' | 'text' }`. */
export function readOutputType(format: unknown): 'json' | 'text' | undefined {
  const type = typeof format === 'object' && format !== null ? asText((format as Json)['type']) : undefined;
  if (type === 'json_schema' || type === 'json_object') return 'json';
  return type === 'text' ? 'text' : undefined;
}

function put<K extends keyof RequestRecord>(request: RequestRecord, key: K, value: RequestRecord[K]): void {
  if (value !== undefined) request[key] = value;
}

function texts(value: unknown): string[] | undefined {
  if (typeof value === 'string') return [value];
  const list = asList(value).filter((item) => typeof item === 'string');
  return list.length > 0 ? list : undefined;
}

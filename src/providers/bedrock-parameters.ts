import type { RequestRecord } from '../core/record.js';
import { asRecord, type Json } from './json.js';
import { readParameters } from './request-parameters.js';

/** What Converse and the families of models call what the others spell alike. */
const NAMES = new Map([
  ['maxTokens', 'max_tokens'],
  ['max_new_tokens', 'max_tokens'],
  ['max_tokens_to_sample', 'max_tokens'],
  ['max_gen_len', 'max_tokens'],
  ['maxTokenCount', 'max_tokens'],
  ['topP', 'top_p'],
  ['p', 'top_p'],
  ['topK', 'top_k'],
  ['k', 'top_k'],
  ['stopSequences', 'stop_sequences'],
]);

/** The parameters of a request's body, beside it or in the place that the model's family has for them. */
export function bedrockParameters(body: Json, { modelId, stream }: Json): RequestRecord {
  const { additionalModelRequestFields, inferenceConfig, textGenerationConfig } = body;
  const additional = asRecord(additionalModelRequestFields);
  const given: Json = {
    ...body,
    ...additional,
    ...asRecord(additional?.['inferenceConfig']),
    ...asRecord(inferenceConfig),
    ...asRecord(textGenerationConfig),
  };
  const parameters: Record<string, unknown> = {};
  for (const key in given) parameters[NAMES.get(key) ?? key] = given[key];
  return readParameters({ ...parameters, model: modelId, stream });
}

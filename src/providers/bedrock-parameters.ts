import type { RequestRecord } from '../core/record.js';
import { asRecord, own, type Json } from './json.js';
import { readParameters } from './request-parameters.js';
import { wireNames } from './wire-names.js';

/** The parameters of a request's body, beside it or in the place that the model's family has for them. */
export function bedrockParameters(body: Json, { modelId: model, stream }: Json): RequestRecord {
  const { additionalModelRequestFields: additional, inferenceConfig, textGenerationConfig } = body;
  const places = [body, additional, own(additional, 'inferenceConfig'), inferenceConfig, textGenerationConfig];
  return readParameters({ ...(wireNames(Object.assign({}, ...places.map(asRecord)), 1) as Json), model, stream });
}

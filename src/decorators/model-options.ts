import type { CallRecord, PriceRecord } from '../core/record.js';
import type { CallOptions } from '../spans/definition.js';

/** What a method may say of the model that it calls. */
export interface ModelOptions extends CallOptions {
  /** `gen_ai.provider.name` where the response cannot tell, as the conventions spell it: `openai`, `aws.bedrock`… */
  provider?: string;
  /** `gen_ai.request.model` where the request is not seen. */
  model?: string;
  /** What one token costs, in US dollars: with the tokens it makes `decotel.cost`. */
  price?: PriceRecord;
}

export const MODEL_OPTIONS = {
  provider: 'a string',
  model: 'a string',
  price: '{ inputToken, outputToken } in US dollars',
} as const;

export function describeModel(record: CallRecord, options: CallOptions): void {
  const { provider, model, price } = options as ModelOptions;
  if (provider !== undefined) record.provider = provider;
  if (model !== undefined) record.request = { ...record.request, model };
  if (price !== undefined) record.price = { ...price };
}

import { GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS } from '../semconv/gen-ai.js';
import { callDecorator, type CallFamily } from './call-decorator.js';
import type { CallDecoratorFactory } from './decorator-types.js';
import { describeModel, MODEL_OPTIONS, type ModelOptions } from './model-options.js';
import { SPAN_KIND_CLIENT } from './span-kinds.js';

export interface EmbeddingsOptions extends ModelOptions {
  /** `gen_ai.embeddings.dimension.count` where neither the response nor the result tells. */
  dimensions?: number;
}

const family: CallFamily<EmbeddingsOptions> = {
  kind: {
    decorator: '@embeddings',
    spanKind: SPAN_KIND_CLIENT,
    operation: GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
    isModelCall: true,
    spanName: ({ options }) => options.name ?? spanName((options as EmbeddingsOptions).model),
    describe: (record, options) => {
      describeModel(record, options);
      record.embeddingDimensions = (options as EmbeddingsOptions).dimensions;
    },
    readResult: (record, _options, value) => {
      const found = dimensionsIn(value, DEEPEST);
      if (found === undefined) return value;
      record.embeddingDimensions = found;
      // Vectors tell nobody anything.
      return undefined;
    },
    complete: (record, { name }) => {
      if (name === undefined) record.spanName = spanName(record.request?.model ?? record.response?.model);
    },
  },
  options: {
    ...MODEL_OPTIONS,
    dimensions: 'a number',
  },
};

/**
 * A call of an embedding model is one span, `embeddings {model}`: model, input, dimensions and tokens. The vectors are
 * not recorded; their dimensions are read from the response, or from the vectors that the method returns.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Library {
 *   @embeddings()
 *   async embed(texts: string[]) {
 *     const { data } = await this.openai.embeddings.create({ model: 'text-embedding-3-small', input: texts });
 *     return data.map(({ embedding }) => embedding);
 *   }
 * }
 * ```
 */
export const embeddings: CallDecoratorFactory<EmbeddingsOptions> = callDecorator(family);

function spanName(model: string | undefined): string {
  const operation = GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS;
  return model === undefined ? operation : `${operation} ${model}`;
}

/** Where vectors are in a result, as SDKs and vector stores call them. */
const HOLDERS = ['embedding', 'embeddings', 'vector', 'vectors', 'values', 'data', 'float'];
const DEEPEST = 4;

/** The length of the first vector in a result; no getter is run. */
function dimensionsIn(value: unknown, depth: number): number | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const { 0: first, length } = value as { 0?: unknown; length?: number };
    return typeof first === 'number' ? length : dimensionsIn(first, depth - 1);
  }
  for (const holder of HOLDERS) {
    const found = dimensionsIn(Object.getOwnPropertyDescriptor(value, holder)?.value, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

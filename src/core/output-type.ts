import { GEN_AI_OUTPUT_TYPE_VALUE_JSON, GEN_AI_OUTPUT_TYPE_VALUE_TEXT } from '../semconv/gen-ai.js';
import { Media } from './media.js';

/** `gen_ai.output.type` of what a method made of an answer: text, or anything that is written as JSON. */
export function outputTypeOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return GEN_AI_OUTPUT_TYPE_VALUE_TEXT;
    case 'number':
    case 'boolean':
      return GEN_AI_OUTPUT_TYPE_VALUE_JSON;
    case 'object':
      return value === null || value instanceof Media || ArrayBuffer.isView(value)
        ? undefined
        : GEN_AI_OUTPUT_TYPE_VALUE_JSON;
    default:
      return undefined;
  }
}

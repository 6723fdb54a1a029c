import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';

/**
 * The official schemas of the conventions v1.41.1 (gen-ai-input-messages.json and its siblings), stricter in one point:
 * theirs takes a malformed part of a known type for a part of another type, which would hide every mistake.
 */
const PARTS: Record<string, Record<string, object>> = {
  text: { content: { type: 'string' } },
  reasoning: { content: { type: 'string' } },
  tool_call: { name: { type: 'string' } },
  tool_call_response: { response: {} },
  server_tool_call: { name: { type: 'string' }, server_tool_call: typed() },
  server_tool_call_response: { server_tool_call_response: typed() },
  blob: { modality: { type: 'string' }, content: { type: 'string' } },
  file: { modality: { type: 'string' }, file_id: { type: 'string' } },
  uri: { modality: { type: 'string' }, uri: { type: 'string', not: { pattern: '^data:' } } },
};

const OPTIONAL = { id: { type: ['string', 'null'] }, mime_type: { type: ['string', 'null'] } };

function typed(): object {
  return { type: 'object', required: ['type'], properties: { type: { type: 'string' } } };
}

const part = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string', minLength: 1 } },
  allOf: Object.entries(PARTS).map(([type, members]) => ({
    if: { properties: { type: { const: type } } },
    then: { required: Object.keys(members), properties: { ...OPTIONAL, ...members } },
  })),
};

const message = {
  type: 'object',
  required: ['role', 'parts'],
  properties: { role: { type: 'string' }, parts: { type: 'array', items: part }, name: { type: ['string', 'null'] } },
};

const tool = {
  type: 'object',
  required: ['type', 'name'],
  properties: {
    type: { type: 'string' },
    name: { type: 'string' },
    description: { type: ['string', 'null'] },
    parameters: { type: ['object', 'boolean', 'null'] },
  },
};

const ajv = new Ajv2020({ allErrors: true, strict: false });
const listOf = (items: AnySchema): ValidateFunction => ajv.compile({ type: 'array', items });

const VALIDATORS = {
  input: listOf(message),
  output: listOf({
    ...message,
    required: [...message.required, 'finish_reason'],
    properties: { ...message.properties, finish_reason: { type: 'string', minLength: 1 } },
  }),
  systemInstructions: listOf(part),
  toolDefinitions: listOf(tool),
};

/** What a schema finds wrong with `value` once it is JSON; nothing for an absent value. */
export function schemaErrors(kind: keyof typeof VALIDATORS, value: unknown): unknown[] {
  if (value === undefined) return [];
  const validate = VALIDATORS[kind];
  return validate(JSON.parse(JSON.stringify(value))) ? [] : [...(validate.errors ?? [])];
}

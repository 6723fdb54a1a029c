import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';

/** `any`: an object or list, which a span of OpenTelemetry JS holds as JSON; `scalar`: string, number or boolean. */
export type AttributeType = 'string' | 'int' | 'double' | 'boolean' | 'true' | 'string[]' | 'any' | 'json' | 'scalar';

/** The spans of the GenAI conventions v1.41.1 that decotel makes, as open-telemetry/semantic-conventions calls them. */
export const EMITTED_SPANS = [
  'inference',
  'embeddings',
  'retrieval',
  'create_agent',
  'invoke_agent_client',
  'invoke_agent_internal',
  'execute_tool',
  'invoke_workflow',
] as const;

/** Every attribute of those spans, with its type. */
export const SPAN_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  'error.type': 'string',
  'gen_ai.agent.description': 'string',
  'gen_ai.agent.id': 'string',
  'gen_ai.agent.name': 'string',
  'gen_ai.agent.version': 'string',
  'gen_ai.conversation.id': 'string',
  'gen_ai.data_source.id': 'string',
  'gen_ai.embeddings.dimension.count': 'int',
  'gen_ai.input.messages': 'any',
  'gen_ai.operation.name': 'string',
  'gen_ai.output.messages': 'any',
  'gen_ai.output.type': 'string',
  'gen_ai.provider.name': 'string',
  'gen_ai.request.choice.count': 'int',
  'gen_ai.request.encoding_formats': 'string[]',
  'gen_ai.request.frequency_penalty': 'double',
  'gen_ai.request.max_tokens': 'int',
  'gen_ai.request.model': 'string',
  'gen_ai.request.presence_penalty': 'double',
  'gen_ai.request.seed': 'int',
  'gen_ai.request.stop_sequences': 'string[]',
  'gen_ai.request.stream': 'boolean',
  'gen_ai.request.temperature': 'double',
  'gen_ai.request.top_k': 'double',
  'gen_ai.request.top_p': 'double',
  'gen_ai.response.finish_reasons': 'string[]',
  'gen_ai.response.id': 'string',
  'gen_ai.response.model': 'string',
  'gen_ai.response.time_to_first_chunk': 'double',
  'gen_ai.retrieval.documents': 'any',
  'gen_ai.retrieval.query.text': 'string',
  'gen_ai.system_instructions': 'any',
  'gen_ai.tool.call.arguments': 'any',
  'gen_ai.tool.call.id': 'string',
  'gen_ai.tool.call.result': 'any',
  'gen_ai.tool.definitions': 'any',
  'gen_ai.tool.description': 'string',
  'gen_ai.tool.name': 'string',
  'gen_ai.tool.type': 'string',
  'gen_ai.usage.cache_creation.input_tokens': 'int',
  'gen_ai.usage.cache_read.input_tokens': 'int',
  'gen_ai.usage.input_tokens': 'int',
  'gen_ai.usage.output_tokens': 'int',
  'gen_ai.usage.reasoning.output_tokens': 'int',
  'gen_ai.workflow.name': 'string',
  'server.address': 'string',
  'server.port': 'int',
};

/** Attributes of the event of a failed call; stable since 1.41.0 as `exception.*` anywhere. */
export const EXCEPTION_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  'exception.message': 'string',
  'exception.stacktrace': 'string',
  'exception.type': 'string',
};

/** Attributes of the event of an evaluation. */
export const EVALUATION_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  'gen_ai.evaluation.explanation': 'string',
  'gen_ai.evaluation.name': 'string',
  'gen_ai.evaluation.score.label': 'string',
  'gen_ai.evaluation.score.value': 'double',
};

/** Attributes of the metrics that no span has. */
export const METRIC_ATTRIBUTES: Readonly<Record<string, AttributeType>> = { 'gen_ai.token.type': 'string' };

/** Values that must be used where they apply; others are allowed. */
export const KNOWN_VALUES: Readonly<Record<string, readonly string[]>> = {
  'gen_ai.operation.name': [
    'chat',
    'create_agent',
    'embeddings',
    'execute_tool',
    'generate_content',
    'invoke_agent',
    'invoke_workflow',
    'retrieval',
    'text_completion',
  ],
  'gen_ai.output.type': ['image', 'json', 'speech', 'text'],
  'gen_ai.provider.name': [
    'anthropic',
    'aws.bedrock',
    'azure.ai.inference',
    'azure.ai.openai',
    'cohere',
    'deepseek',
    'gcp.gemini',
    'gcp.gen_ai',
    'gcp.vertex_ai',
    'groq',
    'ibm.watsonx.ai',
    'mistral_ai',
    'openai',
    'perplexity',
    'x_ai',
  ],
};

/** Names that v1.41.1 has on other spans only, or that are newer and rename nothing. */
export const ADDED_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  'code.function.name': 'string',
  'deployment.environment.name': 'string',
  'gen_ai.prompt.name': 'string',
  'gen_ai.prompt.version': 'string',
  'gen_ai.retrieval.top_k': 'int',
  'service.version': 'string',
  'session.id': 'string',
  'user.id': 'string',
};

/** Of spans of messages, after the messaging conventions 1.45.0. */
export const MESSAGING_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  'decotel.cost': 'double',
  'decotel.messaging.attempt': 'int',
  'decotel.messaging.recipient': 'string',
  'decotel.messaging.sender': 'string',
  'decotel.messaging.type': 'string',
  'messaging.batch.message_count': 'int',
  'messaging.destination.name': 'string',
  'messaging.message.body.size': 'int',
  'messaging.message.conversation_id': 'string',
  'messaging.message.envelope.size': 'int',
  'messaging.message.id': 'string',
  'messaging.operation.name': 'string',
  'messaging.operation.type': 'string',
  'messaging.system': 'string',
  'messaging.system.name': 'string',
};

/** Each is followed by a dot and a name of the application's, the provider's or the model's. */
export const ATTRIBUTE_FAMILIES: Readonly<Record<string, AttributeType>> = {
  'gen_ai.prompt.variable': 'string',
  'decotel.metadata': 'scalar',
  'decotel.prompt.metadata': 'scalar',
  'decotel.tool': 'scalar',
  'decotel.usage': 'int',
};

/** Our own keys: dashboards depend on them. */
export const DECOTEL_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  'decotel.agent.handoffs': 'string[]',
  'decotel.agent.tools': 'string[]',
  'decotel.arguments': 'json',
  'decotel.outcome': 'string',
  'decotel.prompt.rendered': 'string',
  'decotel.prompt.tags': 'string[]',
  'decotel.prompt.template': 'string',
  'decotel.request.missing': 'true',
  'decotel.result': 'json',
  'decotel.session.name': 'string',
  'decotel.stream.chunks': 'int',
  'decotel.tags': 'string[]',
  'decotel.truncated': 'string[]',
  'decotel.unobserved': 'true',
};

/** Attributes of the resource, never of a span. */
export const RESOURCE_ATTRIBUTES: readonly string[] = ['service.name'];

const KNOWN_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  ...SPAN_ATTRIBUTES,
  ...EXCEPTION_ATTRIBUTES,
  ...EVALUATION_ATTRIBUTES,
  ...ADDED_ATTRIBUTES,
  ...DECOTEL_ATTRIBUTES,
  ...MESSAGING_ATTRIBUTES,
};

/** What is wrong with attributes of a span or event that decotel wrote: a key that is not ours, a value of another type. */
export function checkAttributes(attributes: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    const type = typeOf(key);
    if (type === undefined) return [`${key}: no convention has it`];
    return CHECKS[type](value) ? [] : [`${key}: expected ${type}, got ${JSON.stringify(value)}`];
  });
}

function typeOf(key: string): AttributeType | undefined {
  if (Object.hasOwn(KNOWN_ATTRIBUTES, key)) return KNOWN_ATTRIBUTES[key];
  const family = Object.keys(ATTRIBUTE_FAMILIES).find(
    (name) => key.startsWith(`${name}.`) && key.length > name.length + 1,
  );
  return family === undefined ? undefined : ATTRIBUTE_FAMILIES[family];
}

/** An empty string or list says nothing, so it is not written. */
const CHECKS: Record<AttributeType, (value: unknown) => boolean> = {
  string: isText,
  int: (value) => Number.isSafeInteger(value),
  double: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  'string[]': (value) => Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'),
  any: (value) => typeof parsed(value) === 'object' && parsed(value) !== null,
  json: (value) => parsed(value) !== undefined,
  scalar: (value) => isText(value) || typeof value === 'boolean' || Number.isFinite(value),
};

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** JSON has no undefined, so that stands for text that is none. */
function parsed(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Required members of a part by its type, after gen-ai-input-messages.json and gen-ai-output-messages.json. The official
 * schemas take a malformed part of a known type for a generic one, which hides every mistake; these do not.
 */
const PARTS: Record<string, Record<string, object>> = {
  text: { content: { type: 'string' } },
  reasoning: { content: { type: 'string' } },
  tool_call: { name: { type: 'string' } },
  tool_call_response: { response: {} },
  server_tool_call: { name: { type: 'string' }, server_tool_call: typedObject() },
  server_tool_call_response: { server_tool_call_response: typedObject() },
  blob: { modality: { type: 'string' }, content: { type: 'string' } },
  file: { modality: { type: 'string' }, file_id: { type: 'string' } },
  // The convention: "It should not be a base64 data URL, which should use the `blob` part instead."
  uri: { modality: { type: 'string' }, uri: { type: 'string', not: { pattern: '^data:' } } },
};

function typedObject(): object {
  return { type: 'object', required: ['type'], properties: { type: { type: 'string' } } };
}

const OPTIONAL_TEXT = { type: ['string', 'null'] };
const NAME = { type: 'string', minLength: 1 };

const part = {
  type: 'object',
  required: ['type'],
  properties: { type: NAME },
  allOf: Object.entries(PARTS).map(([type, members]) => ({
    if: { properties: { type: { const: type } } },
    then: { required: Object.keys(members), properties: { id: OPTIONAL_TEXT, mime_type: OPTIONAL_TEXT, ...members } },
  })),
};

const message = {
  type: 'object',
  required: ['role', 'parts'],
  properties: { role: NAME, parts: { type: 'array', items: part }, name: OPTIONAL_TEXT },
};

const outputMessage = {
  ...message,
  required: [...message.required, 'finish_reason'],
  properties: { ...message.properties, finish_reason: NAME },
};

/** The official schema takes a function whose parameters are no JSON schema for another kind of tool; this does not. */
const toolDefinition = {
  type: 'object',
  required: ['type', 'name'],
  properties: { type: NAME, name: NAME },
  if: { properties: { type: { const: 'function' } } },
  then: {
    properties: {
      description: OPTIONAL_TEXT,
      parameters: { anyOf: [{ $ref: 'http://json-schema.org/draft-07/schema#' }, { type: 'null' }] },
    },
  },
};

/** The official schema lets any other member pass; ours are these. */
const retrievedDocument = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    id: NAME,
    score: { type: 'number' },
    distance: { type: 'number' },
    content: NAME,
    metadata: { type: 'object', minProperties: 1 },
  },
};

const ajv = new Ajv({ allErrors: true, strict: false });
const compiled = (schema: AnySchema): ValidateFunction => ajv.compile(schema);

const SCHEMAS = {
  'gen_ai.system_instructions': compiled({ type: 'array', items: part }),
  'gen_ai.input.messages': compiled({ type: 'array', items: message }),
  'gen_ai.output.messages': compiled({ type: 'array', items: outputMessage }),
  'gen_ai.tool.definitions': compiled({ type: 'array', items: toolDefinition }),
  // Newer than v1.41.1, which says of both only that an object is expected.
  'gen_ai.tool.call.arguments': compiled({ type: 'object' }),
  'gen_ai.tool.call.result': compiled({ type: 'object' }),
  // v1.41.1 wants an id and a score of each document, which not every store gives; newer states do not.
  'gen_ai.retrieval.documents': compiled({ type: 'array', items: retrievedDocument }),
};

export type ContentAttribute = keyof typeof SCHEMAS;

/** What is wrong with the content of `attributes` that has a schema. An attribute that is not there is not missed. */
export function checkMessages(attributes: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(SCHEMAS).flatMap((key) => {
    if (!Object.hasOwn(attributes, key)) return [];
    const value = parsed(attributes[key]);
    return value === undefined ? [`${key}: not JSON`] : schemaComplaints(key as ContentAttribute, value);
  });
}

/** What the schema of `key` finds wrong with `value`, which is not JSON yet. */
export function schemaComplaints(key: ContentAttribute, value: unknown): string[] {
  const validate = SCHEMAS[key];
  if (validate(JSON.parse(JSON.stringify(value)))) return [];
  // `if` only says that one of the others, which say more, failed.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  return errors.map(({ instancePath, message: complaint }) => `${key}${instancePath} ${complaint}`);
}

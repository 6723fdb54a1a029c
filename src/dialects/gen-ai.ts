import { filled, finite, listContent, stated, whole } from '../core/attribute-values.js';
import { CapturedAttributes, content, jsonContent, type CapturedValue } from '../core/content.js';
import { hasMembers, toolArguments } from '../core/tool-arguments.js';
import { allTags, costOf } from '../core/record.js';
import type {
  AgentRecord,
  CallRecord,
  PromptRecord,
  RequestRecord,
  ResponseRecord,
  RetrievalRecord,
  SessionRecord,
  ToolRecord,
  Usage,
} from '../core/record.js';
import * as core from '../semconv/core.js';
import * as own from '../semconv/decotel.js';
import * as genAiKeys from '../semconv/gen-ai.js';
import type { Dialect, Rendering } from './dialect.js';
import { exceptionEvent, scoreEvents } from './events.js';

export type { Dialect } from './dialect.js';

/**
 * The GenAI conventions as of v1.41.1, with the few newer names that rename nothing, and decotel's own keys. A value
 * that its attribute cannot hold is left out: a record also has what applications and providers put into it.
 */
export const genAi: Dialect = {
  name: 'gen-ai',
  render(record): Rendering {
    const { request, response, usage, prompt, tool, agent, retrieval } = record;
    const attributes = startAttributes(record);
    if (tool != null) addTool(attributes, tool);
    if (agent != null) addAgent(attributes, agent);
    attributes.set(genAiKeys.ATTR_GEN_AI_WORKFLOW_NAME, filled(record.workflow?.name));
    if (record.session != null) addSession(attributes, record.session);
    if (retrieval != null) addRetrieval(attributes, retrieval, request?.topK);
    if (request != null) addRequest(attributes, request);
    attributes.set(genAiKeys.ATTR_GEN_AI_OUTPUT_TYPE, filled(record.outputType));
    attributes.set(genAiKeys.ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT, whole(record.embeddingDimensions));
    if (response != null) addResponse(attributes, response);
    if (usage != null) addUsage(attributes, usage);
    attributes.set(own.ATTR_DECOTEL_COST, costOf(record)?.total);
    if (prompt != null) addPrompt(attributes, prompt);
    addOwn(attributes, record);
    addMessages(attributes, record);
    addArgumentsAndResult(attributes, record);
    if (record.outcome === 'error') {
      attributes.set(core.ATTR_ERROR_TYPE, filled(record.error?.type) ?? core.ERROR_TYPE_VALUE_OTHER);
    }
    return { name: record.spanName, attributes, events: [...scoreEvents(record), ...exceptionEvent(record)] };
  },
};

/**
 * What the conventions ask for at the start of a span, because samplers decide on it. Part of every rendering, too: the
 * answer may know better.
 */
export function startAttributes(record: CallRecord): CapturedAttributes {
  const attributes = new CapturedAttributes();
  attributes.set(core.ATTR_CODE_FUNCTION_NAME, filled(record.functionName));
  attributes.set(genAiKeys.ATTR_GEN_AI_OPERATION_NAME, filled(record.operation));
  attributes.set(genAiKeys.ATTR_GEN_AI_PROVIDER_NAME, filled(record.provider));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_MODEL, filled(record.request?.model));
  const serverAddress = filled(record.serverAddress);
  if (serverAddress !== undefined) {
    attributes.set(core.ATTR_SERVER_ADDRESS, serverAddress);
    attributes.set(core.ATTR_SERVER_PORT, whole(record.serverPort));
  }
  attributes.set(genAiKeys.ATTR_GEN_AI_DATA_SOURCE_ID, filled(record.retrieval?.dataSource));
  attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_NAME, filled(record.agent?.name));
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_NAME, filled(record.tool?.name));
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_TYPE, filled(record.tool?.type));
  attributes.add(record.attributes);
  return attributes;
}

function addSession(attributes: CapturedAttributes, session: SessionRecord): void {
  attributes.set(core.ATTR_SESSION_ID, filled(session.id));
  attributes.set(genAiKeys.ATTR_GEN_AI_CONVERSATION_ID, filled(session.id));
  attributes.set(core.ATTR_USER_ID, filled(session.userId));
  attributes.set(own.ATTR_DECOTEL_SESSION_NAME, filled(session.name));
  attributes.set(core.ATTR_DEPLOYMENT_ENVIRONMENT_NAME, filled(session.environment));
  attributes.set(core.ATTR_SERVICE_VERSION, filled(session.release));
}

function addTool(attributes: CapturedAttributes, tool: ToolRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_DESCRIPTION, filled(tool.description));
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_CALL_ID, filled(tool.callId));
  for (const name in tool.notes) attributes.set(`${own.ATTR_DECOTEL_TOOL}.${name}`, note(tool.notes[name]));
}

/** A number, such as a confidence, is no content; what a model says in words is. */
function note(value: unknown): CapturedValue {
  if (typeof value === 'number') return finite(value);
  if (typeof value === 'boolean') return value;
  return value == null || value === '' ? undefined : content('tools', value);
}

function addAgent(attributes: CapturedAttributes, agent: AgentRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_ID, filled(agent.id));
  attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_VERSION, filled(agent.version));
  attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_DESCRIPTION, filled(agent.description));
  attributes.set(own.ATTR_DECOTEL_AGENT_TOOLS, filled(agent.tools));
  attributes.set(own.ATTR_DECOTEL_AGENT_HANDOFFS, filled(agent.handoffs));
}

/** Of v1.41.1 the number that is asked for is a parameter of the request, which newer states call otherwise here. */
function addRetrieval(
  attributes: CapturedAttributes,
  { query, topK, documents }: RetrievalRecord,
  requested: number | undefined,
): void {
  if (requested === undefined) attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TOP_K, whole(topK));
  attributes.set(genAiKeys.ATTR_GEN_AI_RETRIEVAL_TOP_K, whole(topK ?? requested));
  attributes.set(genAiKeys.ATTR_GEN_AI_RETRIEVAL_QUERY_TEXT, content('retrieval', filled(query)));
  // That nothing was found is worth a list of nothing.
  attributes.set(genAiKeys.ATTR_GEN_AI_RETRIEVAL_DOCUMENTS, content('retrieval', documents ?? undefined));
}

function addRequest(attributes: CapturedAttributes, request: RequestRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_MAX_TOKENS, whole(request.maxTokens));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TEMPERATURE, finite(request.temperature));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TOP_P, finite(request.topP));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TOP_K, finite(request.topK));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_FREQUENCY_PENALTY, finite(request.frequencyPenalty));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_PRESENCE_PENALTY, finite(request.presencePenalty));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_STOP_SEQUENCES, filled(request.stopSequences));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_SEED, whole(request.seed));
  if (request.choiceCount !== 1) {
    attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_CHOICE_COUNT, whole(request.choiceCount));
  }
  if (request.stream === true) attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_STREAM, true);
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_ENCODING_FORMATS, filled(request.encodingFormats));
}

function addResponse(attributes: CapturedAttributes, response: ResponseRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_ID, filled(response.id));
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_MODEL, filled(response.model));
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_FINISH_REASONS, filled(response.finishReasons));
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, finite(response.timeToFirstChunkSeconds));
}

function addUsage(attributes: CapturedAttributes, usage: Usage): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_USAGE_INPUT_TOKENS, whole(usage.inputTokens));
  attributes.set(genAiKeys.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS, whole(usage.outputTokens));
  attributes.set(genAiKeys.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, whole(usage.cacheReadInputTokens));
  attributes.set(genAiKeys.ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS, whole(usage.cacheCreationInputTokens));
  attributes.set(genAiKeys.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, whole(usage.reasoningOutputTokens));
  for (const name in usage.raw) attributes.set(`${own.ATTR_DECOTEL_USAGE}.${name}`, whole(usage.raw[name]));
}

function addPrompt(attributes: CapturedAttributes, prompt: PromptRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_PROMPT_NAME, filled(prompt.name));
  attributes.set(genAiKeys.ATTR_GEN_AI_PROMPT_VERSION, filled(prompt.version));
  attributes.set(own.ATTR_DECOTEL_PROMPT_TEMPLATE, content('input', filled(prompt.template)));
  attributes.set(own.ATTR_DECOTEL_PROMPT_RENDERED, content('input', filled(prompt.rendered)));
  for (const name in prompt.variables) {
    const value = prompt.variables[name];
    if (value === '') continue;
    attributes.set(`${genAiKeys.ATTR_GEN_AI_PROMPT_VARIABLE}.${name}`, content('input', value));
  }
  attributes.set(own.ATTR_DECOTEL_PROMPT_TAGS, filled(prompt.tags));
  addMetadata(attributes, own.ATTR_DECOTEL_PROMPT_METADATA, prompt.metadata);
}

function addOwn(attributes: CapturedAttributes, record: CallRecord): void {
  attributes.set(own.ATTR_DECOTEL_OUTCOME, record.outcome);
  attributes.set(own.ATTR_DECOTEL_STREAM_CHUNKS, whole(record.streamChunks));
  attributes.set(own.ATTR_DECOTEL_TAGS, filled(allTags(record)));
  addMetadata(attributes, own.ATTR_DECOTEL_METADATA, { ...record.session?.metadata, ...record.metadata });
  if (record.requestMissing) attributes.set(own.ATTR_DECOTEL_REQUEST_MISSING, true);
  if (record.unobserved) attributes.set(own.ATTR_DECOTEL_UNOBSERVED, true);
}

function addMetadata(attributes: CapturedAttributes, prefix: string, metadata: PromptRecord['metadata']): void {
  for (const [key, value] of Object.entries(stated(metadata))) attributes.set(`${prefix}.${key}`, value);
}

function addMessages(attributes: CapturedAttributes, { messages }: CallRecord): void {
  if (messages == null) return;
  attributes.set(genAiKeys.ATTR_GEN_AI_SYSTEM_INSTRUCTIONS, listContent('input', messages.systemInstructions));
  attributes.set(genAiKeys.ATTR_GEN_AI_INPUT_MESSAGES, listContent('input', messages.input));
  attributes.set(genAiKeys.ATTR_GEN_AI_OUTPUT_MESSAGES, listContent('output', messages.output));
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_DEFINITIONS, listContent('tools', messages.toolDefinitions));
}

function addArgumentsAndResult(attributes: CapturedAttributes, record: CallRecord): void {
  if (record.tool != null) {
    attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS, content('tools', toolArguments(record.arguments)));
    attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_CALL_RESULT, content('tools', toolResult(record.result)));
    return;
  }
  if (record.operation === genAiKeys.GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL) {
    attributes.set(own.ATTR_DECOTEL_ARGUMENTS, jsonContent('retrieval', record.arguments));
    attributes.set(own.ATTR_DECOTEL_RESULT, jsonContent('retrieval', record.result));
    return;
  }
  // What goes into an agent and comes out of it are its messages, where it has any.
  const isAgent = record.operation === genAiKeys.GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT;
  const messages = isAgent ? record.messages : undefined;
  if (messages?.input == null) attributes.set(own.ATTR_DECOTEL_ARGUMENTS, jsonContent('input', record.arguments));
  if (messages?.output == null) attributes.set(own.ATTR_DECOTEL_RESULT, jsonContent('output', record.result));
}

/** The conventions want an object here too. */
function toolResult(value: unknown): unknown {
  return value === undefined || hasMembers(value) ? value : { result: value };
}

import { CapturedAttributes, content, jsonContent } from '../core/content.js';
import type { CallRecord, PromptRecord, ToolRecord, Usage } from '../core/record.js';
import * as core from '../semconv/core.js';
import * as own from '../semconv/decotel.js';
import * as genAiKeys from '../semconv/gen-ai.js';
import type { Dialect, DialectEvent, Rendering } from './dialect.js';

/** The GenAI conventions as of v1.41.1, with the few newer names that rename nothing, and decotel's own keys. */
export const genAi: Dialect = {
  name: 'gen-ai',
  render(record): Rendering {
    const attributes = startAttributes(record);
    addRequest(attributes, record);
    addResponse(attributes, record);
    if (record.usage !== undefined) addUsage(attributes, record.usage);
    if (record.prompt !== undefined) addPrompt(attributes, record.prompt);
    addOwn(attributes, record);
    addContent(attributes, record);
    return { attributes, events: record.outcome === 'error' ? [exceptionEvent(record)] : undefined };
  },
};

/** What a sampler may decide on: the conventions ask for it at the start of a span. */
export function startAttributes(record: CallRecord): CapturedAttributes {
  const attributes = new CapturedAttributes();
  attributes.set(core.ATTR_CODE_FUNCTION_NAME, record.functionName);
  attributes.set(genAiKeys.ATTR_GEN_AI_OPERATION_NAME, record.operation);
  attributes.set(genAiKeys.ATTR_GEN_AI_PROVIDER_NAME, record.provider);
  attributes.set(core.ATTR_SERVER_ADDRESS, record.serverAddress);
  attributes.set(core.ATTR_SERVER_PORT, record.serverPort);
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_MODEL, record.request?.model);

  if (record.tool !== undefined) addTool(attributes, record.tool);
  const { agent } = record;
  if (agent !== undefined) {
    attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_NAME, agent.name);
    attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_ID, agent.id);
    attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_VERSION, agent.version);
    attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_DESCRIPTION, agent.description);
    attributes.set(own.ATTR_DECOTEL_AGENT_TOOLS, agent.tools);
    attributes.set(own.ATTR_DECOTEL_AGENT_HANDOFFS, agent.handoffs);
  }
  return attributes;
}

function addTool(attributes: CapturedAttributes, tool: ToolRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_NAME, tool.name);
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_DESCRIPTION, tool.description);
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_TYPE, tool.type);
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_CALL_ID, tool.callId);
}

function addRequest(attributes: CapturedAttributes, { request, outputType }: CallRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_OUTPUT_TYPE, outputType);
  if (request === undefined) return;
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_MAX_TOKENS, whole(request.maxTokens));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TEMPERATURE, finite(request.temperature));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TOP_P, finite(request.topP));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TOP_K, finite(request.topK));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_FREQUENCY_PENALTY, finite(request.frequencyPenalty));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_PRESENCE_PENALTY, finite(request.presencePenalty));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_STOP_SEQUENCES, request.stopSequences);
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_SEED, whole(request.seed));
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_CHOICE_COUNT, whole(request.choiceCount));
  if (request.stream === true) attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_STREAM, true);
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_ENCODING_FORMATS, request.encodingFormats);
}

function addResponse(attributes: CapturedAttributes, { response, embeddingDimensions }: CallRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT, whole(embeddingDimensions));
  if (response === undefined) return;
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_ID, response.id);
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_MODEL, response.model);
  if (response.finishReasons !== undefined && response.finishReasons.length > 0) {
    attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_FINISH_REASONS, response.finishReasons);
  }
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
  attributes.set(genAiKeys.ATTR_GEN_AI_PROMPT_NAME, prompt.name);
  attributes.set(genAiKeys.ATTR_GEN_AI_PROMPT_VERSION, prompt.version);
  attributes.set(own.ATTR_DECOTEL_PROMPT_TEMPLATE, content('input', prompt.template));
  attributes.set(own.ATTR_DECOTEL_PROMPT_RENDERED, content('input', prompt.rendered));
  for (const name in prompt.variables) {
    attributes.set(`${genAiKeys.ATTR_GEN_AI_PROMPT_VARIABLE}.${name}`, content('input', prompt.variables[name]));
  }
}

function addOwn(attributes: CapturedAttributes, record: CallRecord): void {
  attributes.set(own.ATTR_DECOTEL_OUTCOME, record.outcome);
  attributes.set(own.ATTR_DECOTEL_STREAM_CHUNKS, record.streamChunks);
  if (record.tags !== undefined && record.tags.length > 0) attributes.set(own.ATTR_DECOTEL_TAGS, record.tags);
  for (const key in record.metadata) attributes.set(`${own.ATTR_DECOTEL_METADATA}.${key}`, record.metadata[key]);
  if (record.requestMissing) attributes.set(own.ATTR_DECOTEL_REQUEST_MISSING, true);
  if (record.unobserved) attributes.set(own.ATTR_DECOTEL_UNOBSERVED, true);
  if (record.outcome === 'error') {
    attributes.set(core.ATTR_ERROR_TYPE, record.error?.type ?? core.ERROR_TYPE_VALUE_OTHER);
  }
}

function addContent(attributes: CapturedAttributes, record: CallRecord): void {
  const { messages } = record;
  if (messages !== undefined) {
    attributes.set(genAiKeys.ATTR_GEN_AI_SYSTEM_INSTRUCTIONS, content('input', messages.systemInstructions));
    attributes.set(genAiKeys.ATTR_GEN_AI_INPUT_MESSAGES, content('input', messages.input));
    attributes.set(genAiKeys.ATTR_GEN_AI_OUTPUT_MESSAGES, content('output', messages.output));
    attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_DEFINITIONS, content('tools', messages.toolDefinitions));
  }
  if (record.tool !== undefined) {
    attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS, content('tools', toolArguments(record.arguments)));
    attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_CALL_RESULT, content('tools', toolResult(record.result)));
  } else {
    attributes.set(own.ATTR_DECOTEL_ARGUMENTS, jsonContent('input', record.arguments));
    attributes.set(own.ATTR_DECOTEL_RESULT, jsonContent('output', record.result));
  }
}

/** The conventions want an object: the tool's one object, or its arguments by name. */
function toolArguments(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.length === 1 && isObject(value[0]) ? value[0] : { arguments: value };
}

/** The conventions want an object here too. */
function toolResult(value: unknown): unknown {
  return value === undefined || isObject(value) ? value : { result: value };
}

function exceptionEvent({ error }: CallRecord): DialectEvent {
  return {
    name: core.EVENT_EXCEPTION,
    attributes: CapturedAttributes.of({
      [core.ATTR_EXCEPTION_TYPE]: error?.name ?? core.ERROR_TYPE_VALUE_OTHER,
      [core.ATTR_EXCEPTION_MESSAGE]: content('error', error?.message),
      [core.ATTR_EXCEPTION_STACKTRACE]: content('error', error?.stack),
    }),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function whole(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

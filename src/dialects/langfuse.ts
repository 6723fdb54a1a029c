import { filled, finite, listContent, stated, whole } from '../core/attribute-values.js';
import { ContentFamily } from '../core/content-family.js';
import { CapturedAttributes, content, jsonContent, jsonObject } from '../core/content.js';
import type { CapturedValue, ContentKind, JsonObject } from '../core/content.js';
import { inputMessages, messagesIn } from '../core/message-data.js';
import { givenTo } from '../core/tool-arguments.js';
import { allTags, costOf } from '../core/record.js';
import type { CallRecord, Lazy, PromptRecord, RequestRecord, SessionRecord, Usage } from '../core/record.js';
import * as genAiKeys from '../semconv/gen-ai.js';
import { chatMessages } from './chat-messages.js';
import type { Dialect, Rendering } from './dialect.js';
import { exceptionEvent, scoreEvents } from './events.js';
import { genAi } from './gen-ai.js';

/** Of Langfuse's OpenTelemetry intake and langfuse-js, as of 2026-11 (https://langfuse.com/integrations/native/opentelemetry). */
const ATTR_TRACE_NAME = 'langfuse.trace.name';
const ATTR_TRACE_TAGS = 'langfuse.trace.tags';
const ATTR_TRACE_METADATA = 'langfuse.trace.metadata';
const ATTR_USER_ID = 'langfuse.user.id';
const ATTR_SESSION_ID = 'langfuse.session.id';
const ATTR_ENVIRONMENT = 'langfuse.environment';
const ATTR_RELEASE = 'langfuse.release';
const ATTR_VERSION = 'langfuse.version';
const ATTR_TYPE = 'langfuse.observation.type';
const ATTR_LEVEL = 'langfuse.observation.level';
const ATTR_STATUS_MESSAGE = 'langfuse.observation.status_message';
const ATTR_INPUT = 'langfuse.observation.input';
const ATTR_OUTPUT = 'langfuse.observation.output';
const ATTR_METADATA = 'langfuse.observation.metadata';
const ATTR_MODEL_NAME = 'langfuse.observation.model.name';
const ATTR_MODEL_PARAMETERS = 'langfuse.observation.model.parameters';
const ATTR_USAGE_DETAILS = 'langfuse.observation.usage_details';
const ATTR_COST_DETAILS = 'langfuse.observation.cost_details';
const ATTR_COMPLETION_START_TIME = 'langfuse.observation.completion_start_time';
const ATTR_PROMPT_NAME = 'langfuse.observation.prompt.name';
const ATTR_PROMPT_VERSION = 'langfuse.observation.prompt.version';

/** A retriever is known by nothing else; of a plain span the type is the default. */
const TYPES: Readonly<Record<string, string>> = {
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_CHAT]: 'generation',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION]: 'generation',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT]: 'generation',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS]: 'embedding',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL]: 'retriever',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL]: 'tool',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT]: 'agent',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT]: 'agent',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_INVOKE_WORKFLOW]: 'chain',
};

/** What Langfuse has no name of its own for is shown among the attributes of an observation. */
const KEPT: ReadonlySet<string> = new Set([
  genAiKeys.ATTR_GEN_AI_OPERATION_NAME,
  genAiKeys.ATTR_GEN_AI_PROVIDER_NAME,
  genAiKeys.ATTR_GEN_AI_OUTPUT_TYPE,
  genAiKeys.ATTR_GEN_AI_RESPONSE_ID,
  genAiKeys.ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
  genAiKeys.ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT,
  genAiKeys.ATTR_GEN_AI_DATA_SOURCE_ID,
  genAiKeys.ATTR_GEN_AI_RETRIEVAL_TOP_K,
  genAiKeys.ATTR_GEN_AI_TOOL_NAME,
  genAiKeys.ATTR_GEN_AI_TOOL_DESCRIPTION,
  genAiKeys.ATTR_GEN_AI_TOOL_TYPE,
  genAiKeys.ATTR_GEN_AI_TOOL_CALL_ID,
  genAiKeys.ATTR_GEN_AI_AGENT_NAME,
  genAiKeys.ATTR_GEN_AI_AGENT_ID,
  genAiKeys.ATTR_GEN_AI_AGENT_DESCRIPTION,
  genAiKeys.ATTR_GEN_AI_WORKFLOW_NAME,
]);

/** Langfuse's own names. Input and output are written once: Langfuse would read them from `gen_ai.*` as well. */
export const langfuse: Dialect = {
  name: 'langfuse',
  render(record): Rendering {
    const { operation, request, response, prompt, agent, session, usage } = record;
    const attributes = new CapturedAttributes();
    attributes.add(record.attributes);
    const original = genAi.render(record).attributes;
    for (const [key, value] of original) if (KEPT.has(key)) attributes.set(key, value);
    if (session != null) addSession(attributes, session);
    attributes.set(ATTR_TRACE_TAGS, filled(allTags(record)));
    attributes.set(ATTR_VERSION, filled(agent?.version));
    attributes.set(ATTR_TYPE, operation == null ? undefined : TYPES[operation]);
    addOutcome(attributes, record);
    attributes.set(ATTR_MODEL_NAME, filled(response?.model) ?? filled(request?.model));
    if (request != null) attributes.set(ATTR_MODEL_PARAMETERS, parameters(request));
    if (usage != null) attributes.set(ATTR_USAGE_DETAILS, usageDetails(usage));
    attributes.set(ATTR_COST_DETAILS, jsonObject({ ...costOf(record) }));
    attributes.set(ATTR_COMPLETION_START_TIME, completionStartTime(record));
    if (prompt != null) addPrompt(attributes, prompt);
    addMetadata(attributes, ATTR_METADATA, record.metadata);
    addInputAndOutput(attributes, record);
    return { name: record.spanName, attributes, events: [...scoreEvents(record), ...exceptionEvent(record)] };
  },
};

function addSession(attributes: CapturedAttributes, session: SessionRecord): void {
  attributes.set(ATTR_TRACE_NAME, filled(session.name));
  attributes.set(ATTR_SESSION_ID, filled(session.id));
  attributes.set(ATTR_USER_ID, filled(session.userId));
  attributes.set(ATTR_ENVIRONMENT, filled(session.environment));
  attributes.set(ATTR_RELEASE, filled(session.release));
  addMetadata(attributes, ATTR_TRACE_METADATA, session.metadata);
}

function addMetadata(attributes: CapturedAttributes, prefix: string, metadata: PromptRecord['metadata']): void {
  for (const [key, value] of Object.entries(stated(metadata))) attributes.set(`${prefix}.${key}`, value);
}

/** A call that was stopped is no error, yet worth to be found. */
function addOutcome(attributes: CapturedAttributes, { outcome, error }: CallRecord): void {
  if (outcome == null || outcome === 'completed') return;
  const isError = outcome === 'error';
  attributes.set(ATTR_LEVEL, isError ? 'ERROR' : 'WARNING');
  attributes.set(ATTR_STATUS_MESSAGE, isError ? content('error', filled(error?.message)) : outcome);
}

function parameters(request: RequestRecord): JsonObject | undefined {
  return jsonObject({
    max_tokens: whole(request.maxTokens),
    temperature: finite(request.temperature),
    top_p: finite(request.topP),
    top_k: finite(request.topK),
    frequency_penalty: finite(request.frequencyPenalty),
    presence_penalty: finite(request.presencePenalty),
    stop: filled(request.stopSequences),
    seed: whole(request.seed),
    n: request.choiceCount === 1 ? undefined : whole(request.choiceCount),
    stream: request.stream === true ? true : undefined,
  });
}

/** Langfuse adds the numbers up, so each token is counted under one name. */
function usageDetails(usage: Usage): JsonObject | undefined {
  const input = whole(usage.inputTokens);
  const output = whole(usage.outputTokens);
  const cached = whole(usage.cacheReadInputTokens);
  const created = whole(usage.cacheCreationInputTokens);
  const reasoning = whole(usage.reasoningOutputTokens);
  return jsonObject({
    input: input === undefined ? undefined : Math.max(0, input - (cached ?? 0) - (created ?? 0)),
    input_cached_tokens: cached,
    input_cache_creation: created,
    output: output === undefined ? undefined : Math.max(0, output - (reasoning ?? 0)),
    output_reasoning_tokens: reasoning,
    total: input === undefined || output === undefined ? undefined : input + output,
  });
}

function completionStartTime({ startTime, response }: CallRecord): string | undefined {
  const time = (startTime ?? NaN) + (response?.timeToFirstChunkSeconds ?? NaN) * 1000;
  // The range of dates that JavaScript knows.
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : undefined;
}

/** Only a whole number is a version of a prompt that Langfuse keeps. */
function addPrompt(attributes: CapturedAttributes, prompt: PromptRecord): void {
  attributes.set(ATTR_PROMPT_NAME, filled(prompt.name));
  const isInteger = prompt.version != null && /^\d{1,9}$/.test(prompt.version);
  attributes.set(ATTR_PROMPT_VERSION, isInteger ? Number(prompt.version) : undefined);
  if (!isInteger) attributes.set(`${ATTR_METADATA}.prompt_version`, filled(prompt.version));
  attributes.set(`${ATTR_METADATA}.prompt_tags`, filled(prompt.tags));
  addMetadata(attributes, `${ATTR_METADATA}.prompt`, prompt.metadata);
  attributes.set(`${ATTR_METADATA}.prompt_template`, content('input', filled(prompt.template)));
  const variables = Object.entries(prompt.variables ?? {}).filter(([, value]) => value !== undefined && value !== '');
  if (variables.length === 0) return;
  attributes.set(`${ATTR_METADATA}.prompt_variables`, jsonContent('input', Object.fromEntries(variables)));
}

function addInputAndOutput(attributes: CapturedAttributes, record: CallRecord): void {
  const { messages, retrieval, tool, operation } = record;
  let kinds: readonly [ContentKind, ContentKind] = ['input', 'output'];
  if (tool != null) kinds = ['tools', 'tools'];
  else if (operation === genAiKeys.GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL) kinds = ['retrieval', 'retrieval'];
  const query = content('retrieval', filled(retrieval?.query));
  const documents = content('retrieval', retrieval?.documents ?? undefined);
  const given: CapturedValue = query ?? jsonContent(kinds[0], givenTo(record));
  const came: CapturedValue = documents ?? content(kinds[1], record.result === '' ? undefined : record.result);
  attributes.set(ATTR_INPUT, conversation('input', inputMessages(messages)) ?? given);
  attributes.set(ATTR_OUTPUT, conversation('output', messages?.output) ?? came);
  attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_DEFINITIONS, listContent('tools', messages?.toolDefinitions));
}

/** Converted once it has passed the gate, which knows the conventions' messages. */
function conversation(kind: ContentKind, messages: Lazy<unknown[]> | undefined | null): ContentFamily | undefined {
  if (messages == null) return undefined;
  return new ContentFamily(kind, messages, (data) => {
    const chat = chatMessages(messagesIn(data));
    return chat.length === 0 ? [] : [['', JSON.stringify(chat)]];
  });
}

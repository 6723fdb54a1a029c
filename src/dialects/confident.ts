import { filled, finite, stated, whole } from '../core/attribute-values.js';
import { CapturedAttributes, Content, jsonObject, type ContentKind, type JsonObject } from '../core/content.js';
import { ContentFamily, EventFamily, type Spread } from '../core/content-family.js';
import { inputMessages, messagesIn, records, textOf, textOrJson } from '../core/message-data.js';
import { givenTo } from '../core/tool-arguments.js';
import { allTags } from '../core/record.js';
import type { AgentRecord, CallRecord, Lazy, SessionRecord } from '../core/record.js';
import * as core from '../semconv/core.js';
import * as own from '../semconv/decotel.js';
import * as genAiKeys from '../semconv/gen-ai.js';
import { chatMessages, messageEvents } from './chat-messages.js';
import { SPAN_KIND_INTERNAL, type Dialect, type DialectEvent, type Rendering } from './dialect.js';
import { exceptionEvent, scoreEvents } from './events.js';
import { genAi } from './gen-ai.js';

/** Attributes that deepeval's exporter reads, as of 2026-11 (deepeval/tracing/otel/attributes.py). */
const ATTR_SPAN_TYPE = 'confident.span.type';
const ATTR_SPAN_INPUT = 'confident.span.input';
const ATTR_SPAN_OUTPUT = 'confident.span.output';
const ATTR_SPAN_METADATA = 'confident.span.metadata';
const ATTR_SPAN_RETRIEVAL_CONTEXT = 'confident.span.retrieval_context';
const ATTR_SPAN_PROVIDER = 'confident.span.provider';
const ATTR_SPAN_PROMPT_ALIAS = 'confident.span.prompt_alias';
const ATTR_SPAN_PROMPT_VERSION = 'confident.span.prompt_version';
const ATTR_LLM_MODEL = 'confident.llm.model';
const ATTR_LLM_INPUT_TOKEN_COUNT = 'confident.llm.input_token_count';
const ATTR_LLM_OUTPUT_TOKEN_COUNT = 'confident.llm.output_token_count';
const ATTR_LLM_COST_PER_INPUT_TOKEN = 'confident.llm.cost_per_input_token';
const ATTR_LLM_COST_PER_OUTPUT_TOKEN = 'confident.llm.cost_per_output_token';
const ATTR_AGENT_NAME = 'confident.agent.name';
const ATTR_AGENT_AVAILABLE_TOOLS = 'confident.agent.available_tools';
const ATTR_AGENT_HANDOFFS = 'confident.agent.agent_handoffs';
const ATTR_TOOL_NAME = 'confident.tool.name';
const ATTR_TOOL_DESCRIPTION = 'confident.tool.description';
const ATTR_RETRIEVER_EMBEDDER = 'confident.retriever.embedder';
const ATTR_RETRIEVER_TOP_K = 'confident.retriever.top_k';
const ATTR_TRACE_NAME = 'confident.trace.name';
const ATTR_TRACE_THREAD_ID = 'confident.trace.thread_id';
const ATTR_TRACE_USER_ID = 'confident.trace.user_id';
const ATTR_TRACE_TAGS = 'confident.trace.tags';
const ATTR_TRACE_METADATA = 'confident.trace.metadata';
const ATTR_TRACE_ENVIRONMENT = 'confident.trace.environment';

/** What the documentation of 2025 calls a search; `confident.<type>.input` and `.output` are its events. */
const OPERATION_RETRIEVE = 'retrieve';

type SpanType = 'llm' | 'tool' | 'agent' | 'retriever' | 'base';

const TYPES: Readonly<Record<string, SpanType>> = {
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_CHAT]: 'llm',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION]: 'llm',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT]: 'llm',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL]: 'tool',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT]: 'agent',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT]: 'agent',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS]: 'retriever',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL]: 'retriever',
};

/**
 * Confident AI: the attributes and events of its documentation of 2025, and the attributes that its exporter reads
 * today. The answer is `gen_ai.assistant.message`, as documented; what has no name of its own is metadata.
 */
export const confident: Dialect = {
  name: 'confident',
  render(record): Rendering {
    const { operation, request, usage, tool, agent, session, prompt } = record;
    const attributes = new CapturedAttributes();
    attributes.add(record.attributes);
    const type = TYPES[operation ?? ''] ?? 'base';
    const isRetrieval = operation === genAiKeys.GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL;
    attributes.set(genAiKeys.ATTR_GEN_AI_OPERATION_NAME, isRetrieval ? OPERATION_RETRIEVE : filled(operation));
    attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_MODEL, filled(request?.model));
    attributes.set(genAiKeys.ATTR_GEN_AI_USAGE_INPUT_TOKENS, whole(usage?.inputTokens));
    attributes.set(genAiKeys.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS, whole(usage?.outputTokens));
    attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_NAME, filled(tool?.name));
    attributes.set(genAiKeys.ATTR_GEN_AI_TOOL_DESCRIPTION, filled(tool?.description));
    attributes.set(ATTR_SPAN_TYPE, type);
    attributes.set(ATTR_TOOL_NAME, filled(tool?.name));
    attributes.set(ATTR_TOOL_DESCRIPTION, filled(tool?.description));
    if (agent != null) addAgent(attributes, agent);
    if (type === 'llm') addModel(attributes, record);
    if (type === 'retriever') addRetriever(attributes, record);
    attributes.set(ATTR_SPAN_PROVIDER, filled(record.provider));
    attributes.set(ATTR_SPAN_PROMPT_ALIAS, filled(prompt?.name));
    attributes.set(ATTR_SPAN_PROMPT_VERSION, filled(prompt?.version));
    if (session != null) addSession(attributes, session);
    attributes.set(ATTR_TRACE_TAGS, filled(allTags(record)));
    attributes.set(ATTR_SPAN_METADATA, metadataOf(record));
    const { input, output } = contentOf(record, type);
    attributes.set(ATTR_SPAN_INPUT, input?.attribute);
    attributes.set(ATTR_SPAN_OUTPUT, output?.attribute);
    const events = [input?.event, output?.event].filter((event) => event !== undefined);
    return {
      name: record.spanName,
      kind: SPAN_KIND_INTERNAL,
      attributes,
      events: [...scoreEvents(record), ...events, ...exceptionEvent(record)],
    };
  },
};

function addAgent(attributes: CapturedAttributes, { name, description, tools, handoffs }: AgentRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_AGENT_DESCRIPTION, filled(description));
  attributes.set(ATTR_AGENT_NAME, filled(name));
  attributes.set(ATTR_AGENT_AVAILABLE_TOOLS, filled(tools));
  attributes.set(ATTR_AGENT_HANDOFFS, filled(handoffs));
}

function addModel(attributes: CapturedAttributes, { request, response, usage, price }: CallRecord): void {
  attributes.set(ATTR_LLM_MODEL, filled(request?.model) ?? filled(response?.model));
  attributes.set(ATTR_LLM_INPUT_TOKEN_COUNT, whole(usage?.inputTokens));
  attributes.set(ATTR_LLM_OUTPUT_TOKEN_COUNT, whole(usage?.outputTokens));
  attributes.set(ATTR_LLM_COST_PER_INPUT_TOKEN, finite(price?.inputToken));
  attributes.set(ATTR_LLM_COST_PER_OUTPUT_TOKEN, finite(price?.outputToken));
}

function addRetriever(attributes: CapturedAttributes, { request, retrieval, result }: CallRecord): void {
  attributes.set(ATTR_RETRIEVER_EMBEDDER, filled(request?.model));
  attributes.set(ATTR_RETRIEVER_TOP_K, whole(retrieval?.topK) ?? whole(request?.topK));
  const [kind, found] =
    retrieval == null ? (['output', result] as const) : (['retrieval', retrieval.documents] as const);
  if (found != null) attributes.set(ATTR_SPAN_RETRIEVAL_CONTEXT, new ContentFamily(kind, found, retrievalContext));
}

/** The texts that were found, as a list: what is no text would be left out by the exporter without a word. */
function retrievalContext(found: unknown): Spread[] {
  const texts = (Array.isArray(found) ? found : [found]).flatMap((item: unknown) => {
    if (typeof item === 'string') return item;
    return records([item]).flatMap(({ content }) => (typeof content === 'string' ? content : []));
  });
  return texts.length === 0 ? [] : [['', texts]];
}

function addSession(attributes: CapturedAttributes, session: SessionRecord): void {
  attributes.set(ATTR_TRACE_NAME, filled(session.name));
  attributes.set(ATTR_TRACE_THREAD_ID, filled(session.id));
  attributes.set(ATTR_TRACE_USER_ID, filled(session.userId));
  attributes.set(ATTR_TRACE_ENVIRONMENT, filled(session.environment));
  attributes.set(ATTR_TRACE_METADATA, jsonObject(stated(session.metadata)));
}

/** What has a name of its own here. */
const NAMED: ReadonlySet<string> = new Set([
  genAiKeys.ATTR_GEN_AI_OPERATION_NAME,
  genAiKeys.ATTR_GEN_AI_PROVIDER_NAME,
  genAiKeys.ATTR_GEN_AI_REQUEST_MODEL,
  genAiKeys.ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  genAiKeys.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
  genAiKeys.ATTR_GEN_AI_CONVERSATION_ID,
  genAiKeys.ATTR_GEN_AI_TOOL_NAME,
  genAiKeys.ATTR_GEN_AI_TOOL_DESCRIPTION,
  genAiKeys.ATTR_GEN_AI_AGENT_NAME,
  genAiKeys.ATTR_GEN_AI_AGENT_DESCRIPTION,
  genAiKeys.ATTR_GEN_AI_PROMPT_NAME,
  genAiKeys.ATTR_GEN_AI_PROMPT_VERSION,
  core.ATTR_SESSION_ID,
  core.ATTR_USER_ID,
  core.ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  own.ATTR_DECOTEL_SESSION_NAME,
  own.ATTR_DECOTEL_AGENT_TOOLS,
  own.ATTR_DECOTEL_AGENT_HANDOFFS,
  own.ATTR_DECOTEL_TAGS,
]);

/** The exporter drops attributes that it does not know, so the rest goes with the application's metadata. */
function metadataOf(record: CallRecord): JsonObject | undefined {
  const rest: Record<string, unknown> = {};
  for (const [key, value] of genAi.render(record).attributes) {
    const isKnown = value instanceof Content || NAMED.has(key) || key.startsWith(own.ATTR_DECOTEL_METADATA);
    const isUsual = key === own.ATTR_DECOTEL_OUTCOME && value === 'completed';
    if (!isKnown && !isUsual) rest[key] = value;
  }
  return jsonObject({ ...rest, ...stated(record.metadata) });
}

/** Input or output: what the exporter reads, and the event that was documented. */
interface Said {
  attribute: Content;
  event: DialectEvent;
}

function contentOf(record: CallRecord, type: SpanType): { input: Said | undefined; output: Said | undefined } {
  const { messages, retrieval } = record;
  const messagesSaid = inputMessages(messages);
  let kinds: readonly [ContentKind, ContentKind] = ['input', 'output'];
  if (type === 'tool') kinds = ['tools', 'tools'];
  else if (retrieval != null) kinds = ['retrieval', 'retrieval'];
  const given = filled(retrieval?.query) ?? givenTo(record);
  const came = retrieval?.documents ?? record.result;
  return {
    input:
      messagesSaid === undefined ? plain(kinds[0], type, 'input', given) : conversation('input', type, messagesSaid),
    output:
      messages?.output == null ? plain(kinds[1], type, 'output', came) : conversation('output', type, messages.output),
  };
}

/** Of a model call each message is an event; of anything else what was said is one. */
function conversation(kind: 'input' | 'output', type: SpanType, messages: Lazy<unknown[]>): Said {
  const text = (data: unknown): string | undefined => {
    const list = messagesIn(data);
    const chat = chatMessages(list);
    const [only] = list;
    const isText = kind === 'output' && list.length === 1 && chat[0]?.tool_calls === undefined;
    return isText && only !== undefined ? textOf(only) : textOrJson(filled(chat));
  };
  const one = (data: unknown): [string, Spread[]][] => {
    const value = text(data);
    return value === undefined || value === '' ? [] : [[`confident.${type}.${kind}`, [[kind, value]]]];
  };
  return {
    attribute: new ContentFamily(kind, messages, (data) => [['', text(data)]]),
    event: new EventFamily(kind, messages, type === 'llm' ? messageEvents : one),
  };
}

function plain(kind: ContentKind, type: SpanType, member: string, value: unknown): Said | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const name =
    type === 'llm' ? `gen_ai.${member === 'input' ? 'user' : 'assistant'}.message` : `confident.${type}.${member}`;
  const isModel = type === 'llm';
  return {
    attribute: new Content(kind, value),
    event: new EventFamily(kind, value, (data) => [
      [name, isModel ? [['content', textOrJson(data)]] : members(data, member)],
    ]),
  };
}

/** The whole map of the event's attributes is the value. */
function members(data: unknown, otherwise: string): Spread[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [[otherwise, textOrJson(data)]];
  return Object.entries(data).map(([name, value]: [string, unknown]) => [name, attributeValue(value)]);
}

function attributeValue(value: unknown): Spread[1] {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  return isTexts ? value : textOrJson(value);
}

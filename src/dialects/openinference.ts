import { filled, finite, stated, whole } from '../core/attribute-values.js';
import { CapturedAttributes, Content, content, jsonContent, jsonObject, type ContentKind } from '../core/content.js';
import { inputMessages } from '../core/message-data.js';
import { givenTo } from '../core/tool-arguments.js';
import { allTags, costOf } from '../core/record.js';
import type { CallRecord, PromptRecord, RequestRecord, Usage } from '../core/record.js';
import * as core from '../semconv/core.js';
import * as genAiKeys from '../semconv/gen-ai.js';
import type { Dialect, Rendering } from './dialect.js';
import { exceptionEvent, scoreEvents } from './events.js';
import { documentFamily, lastText, messageFamily, textFamily, toolFamily } from './openinference-content.js';

/** Of openinference-semantic-conventions 0.1.42 (Python), which Arize Phoenix reads. Keys that end with a dot are prefixes. */
const ATTR_SPAN_KIND = 'openinference.span.kind';
const ATTR_INPUT_VALUE = 'input.value';
const ATTR_INPUT_MIME_TYPE = 'input.mime_type';
const ATTR_OUTPUT_VALUE = 'output.value';
const ATTR_OUTPUT_MIME_TYPE = 'output.mime_type';
const ATTR_LLM_PROVIDER = 'llm.provider';
const ATTR_LLM_SYSTEM = 'llm.system';
const ATTR_LLM_MODEL_NAME = 'llm.model_name';
const ATTR_LLM_FINISH_REASON = 'llm.finish_reason';
const ATTR_LLM_INVOCATION_PARAMETERS = 'llm.invocation_parameters';
const ATTR_LLM_INPUT_MESSAGES = 'llm.input_messages.';
const ATTR_LLM_OUTPUT_MESSAGES = 'llm.output_messages.';
const ATTR_LLM_TOOLS = 'llm.tools.';
const ATTR_LLM_PROMPT_TEMPLATE = 'llm.prompt_template.template';
const ATTR_LLM_PROMPT_TEMPLATE_VARIABLES = 'llm.prompt_template.variables';
const ATTR_LLM_PROMPT_TEMPLATE_VERSION = 'llm.prompt_template.version';
const ATTR_PROMPT_ID = 'prompt.id';
const ATTR_TOKENS_PROMPT = 'llm.token_count.prompt';
const ATTR_TOKENS_COMPLETION = 'llm.token_count.completion';
const ATTR_TOKENS_TOTAL = 'llm.token_count.total';
const ATTR_TOKENS_CACHE_READ = 'llm.token_count.prompt_details.cache_read';
const ATTR_TOKENS_CACHE_WRITE = 'llm.token_count.prompt_details.cache_write';
const ATTR_TOKENS_REASONING = 'llm.token_count.completion_details.reasoning';
const ATTR_COST_PROMPT = 'llm.cost.prompt';
const ATTR_COST_COMPLETION = 'llm.cost.completion';
const ATTR_COST_TOTAL = 'llm.cost.total';
const ATTR_EMBEDDING_MODEL_NAME = 'embedding.model_name';
const ATTR_EMBEDDING_INVOCATION_PARAMETERS = 'embedding.invocation_parameters';
const ATTR_EMBEDDING_EMBEDDINGS = 'embedding.embeddings.';
const ATTR_RETRIEVAL_DOCUMENTS = 'retrieval.documents.';
const ATTR_TOOL_NAME = 'tool.name';
const ATTR_TOOL_DESCRIPTION = 'tool.description';
const ATTR_TOOL_ID = 'tool.id';
const ATTR_AGENT_NAME = 'agent.name';
const ATTR_METADATA = 'metadata';
const ATTR_TAGS = 'tag.tags';

const MIME_JSON = 'application/json';

const SPAN_KINDS: Readonly<Record<string, string>> = {
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_CHAT]: 'LLM',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION]: 'LLM',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT]: 'LLM',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS]: 'EMBEDDING',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL]: 'RETRIEVER',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL]: 'TOOL',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_CREATE_AGENT]: 'AGENT',
  [genAiKeys.GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT]: 'AGENT',
};

/** Providers that it spells in another way. */
const PROVIDERS: Readonly<Record<string, string>> = {
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK]: 'aws',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI]: 'azure',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_INFERENCE]: 'azure',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI]: 'google',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI]: 'google',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_GCP_GEN_AI]: 'google',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI]: 'mistralai',
  x_ai: 'xai',
};

/** Whose models they are, where the provider's name tells. */
const SYSTEMS: Readonly<Record<string, string>> = {
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_OPENAI]: 'openai',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI]: 'openai',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC]: 'anthropic',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_COHERE]: 'cohere',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI]: 'mistralai',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI]: 'vertexai',
};

/** OpenInference, where messages, tools and documents are one attribute a member. */
export const openinference: Dialect = {
  name: 'openinference',
  render(record): Rendering {
    const { operation, request, prompt, tool, session, usage } = record;
    const attributes = new CapturedAttributes();
    attributes.add(record.attributes);
    const kind = SPAN_KINDS[operation ?? ''] ?? 'CHAIN';
    attributes.set(ATTR_SPAN_KIND, kind);
    attributes.set(core.ATTR_SESSION_ID, filled(session?.id));
    attributes.set(core.ATTR_USER_ID, filled(session?.userId));
    attributes.set(ATTR_TAGS, filled(allTags(record)));
    attributes.set(ATTR_METADATA, metadataOf(record));
    attributes.set(ATTR_TOOL_NAME, filled(tool?.name));
    attributes.set(ATTR_TOOL_DESCRIPTION, filled(tool?.description));
    attributes.set(ATTR_TOOL_ID, filled(tool?.callId));
    attributes.set(ATTR_AGENT_NAME, filled(record.agent?.name));
    addModel(attributes, record, kind);
    const parameters = request == null ? undefined : jsonObject(invocationParameters(request));
    attributes.set(
      kind === 'EMBEDDING' ? ATTR_EMBEDDING_INVOCATION_PARAMETERS : ATTR_LLM_INVOCATION_PARAMETERS,
      parameters,
    );
    if (usage != null) addUsage(attributes, usage);
    addCost(attributes, record);
    if (prompt != null) addPrompt(attributes, prompt);
    addContent(attributes, record, kind);
    return { name: record.spanName, attributes, events: [...scoreEvents(record), ...exceptionEvent(record)] };
  },
};

/** Phoenix shows and filters what it has no name for only as metadata. */
function metadataOf(record: CallRecord): ReturnType<typeof jsonObject> {
  const { session, metadata, outcome, functionName, retrieval, prompt } = record;
  return jsonObject({
    ...stated({ ...prompt?.metadata, ...session?.metadata, ...metadata }),
    'decotel.prompt.tags': filled(prompt?.tags),
    'code.function.name': filled(functionName),
    'decotel.outcome': outcome === 'completed' ? undefined : (outcome ?? undefined),
    'gen_ai.data_source.id': filled(retrieval?.dataSource),
    'gen_ai.retrieval.top_k': whole(retrieval?.topK),
    'decotel.session.name': filled(session?.name),
    'deployment.environment.name': filled(session?.environment),
    'service.version': filled(session?.release),
  });
}

function addModel(attributes: CapturedAttributes, record: CallRecord, kind: string): void {
  const { request, response, provider } = record;
  const model = filled(response?.model) ?? filled(request?.model);
  attributes.set(kind === 'EMBEDDING' ? ATTR_EMBEDDING_MODEL_NAME : ATTR_LLM_MODEL_NAME, model);
  const name = filled(provider);
  if (name !== undefined) {
    attributes.set(ATTR_LLM_PROVIDER, PROVIDERS[name] ?? name);
    attributes.set(ATTR_LLM_SYSTEM, SYSTEMS[name]);
  }
  attributes.set(ATTR_LLM_FINISH_REASON, filled(response?.finishReasons?.[0]));
}

function invocationParameters(request: RequestRecord): Record<string, unknown> {
  return {
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
  };
}

function addUsage(attributes: CapturedAttributes, usage: Usage): void {
  const input = whole(usage.inputTokens);
  const output = whole(usage.outputTokens);
  attributes.set(ATTR_TOKENS_PROMPT, input);
  attributes.set(ATTR_TOKENS_COMPLETION, output);
  if (input !== undefined && output !== undefined) attributes.set(ATTR_TOKENS_TOTAL, input + output);
  attributes.set(ATTR_TOKENS_CACHE_READ, whole(usage.cacheReadInputTokens));
  attributes.set(ATTR_TOKENS_CACHE_WRITE, whole(usage.cacheCreationInputTokens));
  attributes.set(ATTR_TOKENS_REASONING, whole(usage.reasoningOutputTokens));
}

function addCost(attributes: CapturedAttributes, record: CallRecord): void {
  const cost = costOf(record);
  attributes.set(ATTR_COST_PROMPT, cost?.input);
  attributes.set(ATTR_COST_COMPLETION, cost?.output);
  attributes.set(ATTR_COST_TOTAL, cost?.total);
}

function addPrompt(attributes: CapturedAttributes, prompt: PromptRecord): void {
  attributes.set(ATTR_PROMPT_ID, filled(prompt.name));
  attributes.set(ATTR_LLM_PROMPT_TEMPLATE, content('input', filled(prompt.template)));
  attributes.set(ATTR_LLM_PROMPT_TEMPLATE_VERSION, filled(prompt.version));
  const variables = Object.entries(prompt.variables ?? {}).filter(([, value]) => value !== undefined && value !== '');
  if (variables.length === 0) return;
  attributes.set(ATTR_LLM_PROMPT_TEMPLATE_VARIABLES, jsonContent('input', Object.fromEntries(variables)));
}

function addContent(attributes: CapturedAttributes, record: CallRecord, kind: string): void {
  const { messages, retrieval } = record;
  const said = inputMessages(messages);
  attributes.set(ATTR_LLM_TOOLS, toolFamily(messages?.toolDefinitions));
  attributes.set(ATTR_RETRIEVAL_DOCUMENTS, documentFamily(retrieval?.documents));
  if (kind === 'EMBEDDING') attributes.set(ATTR_EMBEDDING_EMBEDDINGS, textFamily(said));
  else attributes.set(ATTR_LLM_INPUT_MESSAGES, messageFamily('input', said));
  attributes.set(ATTR_LLM_OUTPUT_MESSAGES, messageFamily('output', messages?.output));
  const [given, came] = contentKinds(kind);
  const query = content('retrieval', filled(retrieval?.query));
  if (said !== undefined) attributes.set(ATTR_INPUT_VALUE, lastText('input', said));
  else if (query !== undefined) attributes.set(ATTR_INPUT_VALUE, query);
  else addValue(attributes, ATTR_INPUT_VALUE, ATTR_INPUT_MIME_TYPE, given, givenTo(record));
  if (messages?.output != null) attributes.set(ATTR_OUTPUT_VALUE, lastText('output', messages.output));
  else addValue(attributes, ATTR_OUTPUT_VALUE, ATTR_OUTPUT_MIME_TYPE, came, record.result);
}

function contentKinds(kind: string): readonly [ContentKind, ContentKind] {
  if (kind === 'TOOL') return ['tools', 'tools'];
  return kind === 'RETRIEVER' ? ['retrieval', 'retrieval'] : ['input', 'output'];
}

/** A text is plain text, which is what is taken where no type is given. */
function addValue(
  attributes: CapturedAttributes,
  key: string,
  typeKey: string,
  kind: ContentKind,
  value: unknown,
): void {
  if (value === undefined || value === null || value === '') return;
  attributes.set(key, new Content(kind, value));
  if (typeof value !== 'string') attributes.set(typeKey, MIME_JSON);
}

import { filled, whole } from '../core/attribute-values.js';
import { CapturedAttributes, content } from '../core/content.js';
import { EventFamily, type SpreadEvent } from '../core/content-family.js';
import { messagesIn, textOf, textOrJson, type MessageData, type PartData } from '../core/message-data.js';
import type { CallRecord } from '../core/record.js';
import * as genAiKeys from '../semconv/gen-ai.js';
import { toolCall } from './chat-messages.js';
import { SPAN_KIND_INTERNAL, type Dialect, type DialectEvent, type Rendering } from './dialect.js';
import { exceptionEvent } from './events.js';
import { genAi } from './gen-ai.js';

/** Of Mirascope's `with_otel`, v1.25.7 (mirascope/integrations/otel/_utils.py), after the conventions before 1.27. */
const ATTR_GEN_AI_SYSTEM = 'gen_ai.system';
const ATTR_GEN_AI_USAGE_COMPLETION_TOKENS = 'gen_ai.usage.completion_tokens';
const ATTR_GEN_AI_USAGE_PROMPT_TOKENS = 'gen_ai.usage.prompt_tokens';
const ATTR_ASYNC = 'async';
const EVENT_PROMPT = 'gen_ai.content.prompt';
const ATTR_PROMPT = 'gen_ai.prompt';
const EVENT_COMPLETION = 'gen_ai.content.completion';
const ATTR_COMPLETION = 'gen_ai.completion';
const SCOPE = 'otel';

const MODEL_CALLS: ReadonlySet<string> = new Set([
  genAiKeys.GEN_AI_OPERATION_NAME_VALUE_CHAT,
  genAiKeys.GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
  genAiKeys.GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT,
]);

/**
 * Mirascope v1, to the byte, for dashboards that were built on it: the system is the template of the prompt, parameters
 * of the request are 0, what is unknown is empty, and of the conversation there is the last message of the user. It knows
 * model calls only; all else is written as by `gen-ai`. A failed call keeps its request, which v1 lost.
 */
export const mirascope: Dialect = {
  name: 'mirascope',
  render(record): Rendering {
    if (!MODEL_CALLS.has(record.operation ?? '')) return genAi.render(record);
    const attributes = new CapturedAttributes();
    const isKnown = (filled(record.request?.model) ?? filled(record.response?.model)) !== undefined;
    if (isKnown) addRequest(attributes, record);
    if (isKnown && record.outcome !== 'error') addResponse(attributes, record);
    attributes.set(ATTR_ASYNC, record.isAsync);
    const events = record.outcome === 'error' ? exceptionEvent(record) : conversationOf(record);
    return { name: record.spanName, kind: SPAN_KIND_INTERNAL, scope: SCOPE, attributes, events };
  },
};

function addRequest(attributes: CapturedAttributes, { prompt, request }: CallRecord): void {
  attributes.set(ATTR_GEN_AI_SYSTEM, content('input', filled(prompt?.template)) ?? '');
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_MODEL, request?.model ?? '');
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_MAX_TOKENS, 0);
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TEMPERATURE, 0);
  attributes.set(genAiKeys.ATTR_GEN_AI_REQUEST_TOP_P, 0);
}

function addResponse(attributes: CapturedAttributes, { response, usage }: CallRecord): void {
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_MODEL, response?.model ?? '');
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_ID, response?.id ?? '');
  attributes.set(genAiKeys.ATTR_GEN_AI_RESPONSE_FINISH_REASONS, filled(response?.finishReasons) ?? '');
  attributes.set(ATTR_GEN_AI_USAGE_COMPLETION_TOKENS, whole(usage?.outputTokens) ?? '');
  attributes.set(ATTR_GEN_AI_USAGE_PROMPT_TOKENS, whole(usage?.inputTokens) ?? '');
}

/** Both at the end of the call; of a structured output the object is the completion, not what the model said. */
function conversationOf({ messages, result, provider, outputType }: CallRecord): DialectEvent[] {
  const shape = shapeOf(provider);
  const events: DialectEvent[] = [];
  if (messages?.input != null) {
    events.push(new EventFamily('input', messages.input, (data) => lastOfUser(data, shape)));
  }
  if (result !== undefined && result !== null && result !== '') {
    events.push(new EventFamily('output', result, (data) => completion(textOrJson(data))));
  } else if (messages?.output != null) {
    events.push(
      new EventFamily('output', messages.output, (data) => {
        const [first] = messagesIn(data);
        if (first === undefined) return [];
        const made = outputType === genAiKeys.GEN_AI_OUTPUT_TYPE_VALUE_JSON ? structured(first) : undefined;
        return completion(made ?? JSON.stringify(shape(first, true)));
      }),
    );
  }
  return events;
}

function lastOfUser(data: unknown, shape: Shape): SpreadEvent[] {
  const message = messagesIn(data)
    .filter(({ role }) => role === 'user')
    .at(-1);
  return message === undefined ? [] : [[EVENT_PROMPT, [[ATTR_PROMPT, JSON.stringify(shape(message, false))]]]];
}

function completion(text: string | undefined): SpreadEvent[] {
  return text === undefined ? [] : [[EVENT_COMPLETION, [[ATTR_COMPLETION, text]]]];
}

/** The object that a model was made to answer with, as text or as the arguments of a tool; the record has no other. */
function structured(message: MessageData): string | undefined {
  const calls = message.parts.filter(({ type }) => type === 'tool_call');
  const text = calls.length === 1 ? textOrJson(calls[0]?.['arguments']) : textOf(message);
  return text !== undefined && /^\s*[[{]/.test(text) ? text : undefined;
}

/** A message as the provider's own API has it; the record no longer has the original. */
type Shape = (message: MessageData, isAnswer: boolean) => object;

function shapeOf(provider: string | undefined | null): Shape {
  if (provider === genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC) return anthropicMessage;
  return provider?.startsWith('gcp.') === true ? googleContent : openAiMessage;
}

function anthropicMessage(message: MessageData, isAnswer: boolean): object {
  const { role, parts } = message;
  const isText = !isAnswer && parts.every(({ type }) => type === 'text');
  return { content: isText ? textOf(message) : parts.map(anthropicBlock), role };
}

function anthropicBlock(part: PartData): object {
  const { type, content: text, id, name, arguments: input, response } = part;
  if (type === 'text') return { text, type };
  if (type === 'reasoning') return { thinking: text, type: 'thinking' };
  if (type === 'tool_call') return { id, input, name, type: 'tool_use' };
  if (type === 'tool_call_response') return { tool_use_id: id, content: response, type: 'tool_result' };
  return part;
}

function googleContent({ role, parts }: MessageData, isAnswer: boolean): object {
  return { parts: parts.map(googlePart), role: isAnswer ? 'model' : role };
}

function googlePart(part: PartData): object {
  const { type, content: text, name, arguments: args, response } = part;
  if (type === 'text') return { text };
  if (type === 'tool_call') return { functionCall: { name, args } };
  if (type === 'tool_call_response') return { functionResponse: { name, response } };
  return part;
}

function openAiMessage(message: MessageData): object {
  const { role, parts } = message;
  const calls = parts.filter(({ type }) => type === 'tool_call');
  const rest = parts.filter(({ type }) => type !== 'tool_call');
  const isText = rest.every(({ type }) => type === 'text');
  const said = isText ? textOf(message) : rest.map(openAiPart);
  const isSilent = rest.length === 0 && calls.length > 0;
  return { content: isSilent ? null : said, role, ...(calls.length > 0 && { tool_calls: calls.map(toolCall) }) };
}

function openAiPart(part: PartData): object {
  const { type, content: text, uri, modality } = part;
  if (type === 'text') return { text, type };
  return type === 'uri' && modality === 'image' ? { image_url: { url: uri }, type: 'image_url' } : part;
}

import { CapturedAttributes } from '../core/content.js';
import { EventFamily, type Spread, type SpreadEvent } from '../core/content-family.js';
import { inputMessages, messagesIn, textOrJson } from '../core/message-data.js';
import type { CallRecord } from '../core/record.js';
import * as genAiKeys from '../semconv/gen-ai.js';
import { chatMessages, messageEvents } from './chat-messages.js';
import type { Dialect, DialectEvent, Rendering } from './dialect.js';
import { genAi } from './gen-ai.js';

/** Replaced by `gen_ai.provider.name` in 1.37. */
const ATTR_GEN_AI_SYSTEM = 'gen_ai.system';
/** Of 1.26, replaced by `input_tokens` and `output_tokens` in 1.27. */
const ATTR_GEN_AI_USAGE_PROMPT_TOKENS = 'gen_ai.usage.prompt_tokens';
const ATTR_GEN_AI_USAGE_COMPLETION_TOKENS = 'gen_ai.usage.completion_tokens';
/** Of 1.26 and 1.27. */
const EVENT_CONTENT_PROMPT = 'gen_ai.content.prompt';
const ATTR_GEN_AI_PROMPT = 'gen_ai.prompt';
const EVENT_CONTENT_COMPLETION = 'gen_ai.content.completion';
const ATTR_GEN_AI_COMPLETION = 'gen_ai.completion';
/** Of 1.28 to 1.36, as all `gen_ai.*.message`. */
const EVENT_CHOICE = 'gen_ai.choice';

/** Values of `gen_ai.system` that `gen_ai.provider.name` spells in another way. */
const SYSTEMS: Readonly<Record<string, string>> = {
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI]: 'vertex_ai',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI]: 'gemini',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_INFERENCE]: 'az.ai.inference',
  [genAiKeys.GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI]: 'az.ai.openai',
  x_ai: 'xai',
};

/** Attributes since 1.37, which are events here. */
const MESSAGES: ReadonlySet<string> = new Set([
  genAiKeys.ATTR_GEN_AI_SYSTEM_INSTRUCTIONS,
  genAiKeys.ATTR_GEN_AI_INPUT_MESSAGES,
  genAiKeys.ATTR_GEN_AI_OUTPUT_MESSAGES,
]);

/**
 * The GenAI conventions before 1.37, for backends that read no newer ones: messages are events of the span, once as 1.28
 * to 1.36 have them (an event a message, the answer as `gen_ai.choice`) and once as 1.27 does (the whole as JSON). All
 * else is as in `gen-ai`.
 */
export const genAiEvents: Dialect = {
  name: 'gen-ai-events',
  render(record): Rendering {
    const rendering = genAi.render(record);
    const attributes = new CapturedAttributes();
    for (const [key, value] of rendering.attributes) {
      if (MESSAGES.has(key)) continue;
      if (key !== genAiKeys.ATTR_GEN_AI_PROVIDER_NAME) attributes.set(key, value);
      else if (typeof value === 'string') attributes.set(ATTR_GEN_AI_SYSTEM, SYSTEMS[value] ?? value);
      if (key === genAiKeys.ATTR_GEN_AI_USAGE_INPUT_TOKENS) attributes.set(ATTR_GEN_AI_USAGE_PROMPT_TOKENS, value);
      if (key === genAiKeys.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS) attributes.set(ATTR_GEN_AI_USAGE_COMPLETION_TOKENS, value);
    }
    return { ...rendering, attributes, events: [...conversationOf(record), ...(rendering.events ?? [])] };
  },
};

function conversationOf({ messages }: CallRecord): DialectEvent[] {
  const input = inputMessages(messages);
  const output = messages?.output;
  return [
    ...(input === undefined ? [] : [new EventFamily('input', input, messageEvents)]),
    ...(output == null ? [] : [new EventFamily('output', output, choiceEvents)]),
    ...(input === undefined ? [] : [new EventFamily('input', input, whole(EVENT_CONTENT_PROMPT, ATTR_GEN_AI_PROMPT))]),
    ...(output == null
      ? []
      : [new EventFamily('output', output, whole(EVENT_CONTENT_COMPLETION, ATTR_GEN_AI_COMPLETION))]),
  ];
}

/** Attributes of a span's event hold no objects: the message is JSON. */
function choiceEvents(data: unknown): SpreadEvent[] {
  return messagesIn(data).map((answer, index) => {
    const { role, content, tool_calls } = chatMessages([answer]).at(-1) ?? { role: answer.role };
    const attributes: Spread[] = [
      ['index', index],
      ['finish_reason', answer.finishReason],
      ['message', textOrJson({ role, content, tool_calls })],
    ];
    return [EVENT_CHOICE, attributes];
  });
}

function whole(event: string, attribute: string): (data: unknown) => SpreadEvent[] {
  return (data) => {
    const messages = chatMessages(messagesIn(data));
    return messages.length === 0 ? [] : [[event, [[attribute, JSON.stringify(messages)]]]];
  };
}

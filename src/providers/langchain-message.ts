import { asList, asName, asRecord, asText, hasOwn, type Json } from './json.js';

/** A message of any of LangChain's classes. */
export function isLangchainMessage(value: unknown): value is Json {
  return hasOwn(value, 'lc_namespace') && hasOwn(value, 'additional_kwargs') && hasOwn(value, 'content');
}

/** A model's: `AIMessage` or `AIMessageChunk`. */
export function isLangchainAnswer(value: unknown): value is Json {
  return isLangchainMessage(value) && hasOwn(value, 'invalid_tool_calls');
}

const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant' };

/** The same message with the names of Chat Completions. Nothing is copied, and its content stays as LangChain spells it. */
export function wireMessage(message: Json): Json {
  const { type, role, name, content, tool_call_id, tool_calls, invalid_tool_calls } = message;
  const kwargs = asRecord(message['additional_kwargs']) ?? {};
  const { __openai_role__, reasoning_content, refusal, audio, tool_outputs, function_call } = kwargs;
  const calls = [...asList(tool_calls), ...asList(invalid_tool_calls)].map(wireCall);
  return {
    role: asName(__openai_role__) ?? asName(role) ?? ROLES[asText(type) ?? ''] ?? type,
    name,
    content: withoutCalls(content),
    tool_call_id,
    reasoning_content,
    refusal,
    audio,
    // Those that OpenAI ran itself.
    executed_tools: tool_outputs,
    tool_calls: calls,
    function_call: calls.length > 0 ? undefined : function_call,
  };
}

/** `{ id, name, args }`, or a piece of one; LlamaIndex and Cohere have other names for what it is called with. */
export function wireCall(value: unknown): Json {
  const { index, id, name, args, input, parameters } = asRecord(value) ?? {};
  return { index, id, function: { name, arguments: args ?? input ?? parameters } };
}

/** The message has its calls beside its content. */
const CALLS = new Set(['tool_use', 'tool_call', 'tool_call_chunk', 'function_call', 'input_json_delta']);

/** Content as frameworks pass it on: a text, or blocks under names of their own, or under those of OpenAI or Anthropic. */
export function withoutCalls(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.filter((block) => !CALLS.has(asText(asRecord(block)?.['type']) ?? ''));
}

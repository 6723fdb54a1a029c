import { outcomeJson, type ToolOutcome } from './run-tool.js';
import type { Execute, Fields, ToolFacts, ToolVendor } from './vendor.js';

/**
 * A tool of the AI SDK 5, 6 and 7, which calls it by itself. The schema is a lazy one: the SDK marks schemas with a
 * symbol that only its own types can name, so nothing but `never` fits them all.
 */
export interface AiSdkTool {
  description?: string;
  inputSchema: () => never;
  execute: (input: unknown, options?: { toolCallId?: string }) => Promise<unknown>;
}

export interface AiSdkToolCall {
  readonly type: 'tool-call';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
}

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };

interface AiSdkToolResult {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  output: { type: 'text' | 'error-text'; value: string } | { type: 'json'; value: Json };
}

export interface AiSdkToolMessage {
  role: 'tool';
  content: AiSdkToolResult[];
}

/** Version 5 wants both marks; that there is no `validate` leaves checking to `execute`, which knows more. */
const MARKS = { [Symbol.for('vercel.ai.schema')]: true, [Symbol.for('vercel.ai.validator')]: true };

export const aiSdk: ToolVendor = {
  define: (tools, execute): Record<string, AiSdkTool> =>
    Object.fromEntries(tools.map((tool) => [tool.name, toolOf(tool, execute)])),
  // Told by its own member: `content` is one of Anthropic's messages, too.
  callsIn: (answer) => ('toolCalls' in answer ? unanswered(answer) : undefined),
  read: ({ type, toolCallId: id, toolName: name, input: given, providerExecuted }) =>
    type === 'tool-call' && providerExecuted !== true ? { id, name, given } : undefined,
  answer: ({ id, name }, outcome): AiSdkToolResult => ({
    type: 'tool-result',
    toolCallId: id as string,
    toolName: name as string,
    output: outputOf(outcome),
  }),
  messages: (parts): AiSdkToolMessage[] => [{ role: 'tool', content: parts as AiSdkToolResult[] }],
};

function toolOf({ name, parameters, ...tool }: ToolFacts, execute: Execute): AiSdkTool {
  return {
    ...tool,
    inputSchema: () => ({ ...MARKS, jsonSchema: parameters, validate: undefined }) as never,
    execute: (input, options) => execute(name, input, options),
  };
}

/** The SDK answers those that it called itself. Of a streamed result, the members are promises. */
async function unanswered(answer: Fields): Promise<unknown> {
  const content = ((await answer['content']) ?? []) as Fields[];
  const answered = content.filter(({ type }) => type !== 'tool-call').map((part) => part['toolCallId']);
  return ((await answer['toolCalls']) as Fields[]).filter((call) => !answered.includes(call['toolCallId']));
}

function outputOf(outcome: ToolOutcome): AiSdkToolResult['output'] {
  if ('refusal' in outcome) return { type: 'error-text', value: outcome.refusal };
  const value = outcomeJson(outcome);
  return typeof value === 'string' ? { type: 'text', value } : { type: 'json', value: value as Json };
}

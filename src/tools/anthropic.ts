import { outcomeText } from './run-tool.js';
import type { ToolVendor } from './vendor.js';

/** https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use. */
export interface AnthropicTool {
  name: string;
  description?: string;
  input_schema: { type: 'object'; [keyword: string]: unknown };
}

export interface AnthropicToolCall {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

interface AnthropicToolResult {
  type: 'tool_result';
  tool_use_id: string;
  content: string;
  is_error?: true;
}

export interface AnthropicToolMessage {
  role: 'user';
  content: AnthropicToolResult[];
}

export const anthropic: ToolVendor = {
  define: (tools): AnthropicTool[] =>
    tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: { ...parameters, type: 'object' } })),
  callsIn: ({ content }) => content,
  read: ({ type, id, name, input: given }) => (type === 'tool_use' ? { id, name, given } : undefined),
  answer: ({ id }, outcome): AnthropicToolResult => ({
    type: 'tool_result',
    tool_use_id: id as string,
    content: outcomeText(outcome),
    ...('refusal' in outcome && { is_error: true }),
  }),
  // All results of an answer belong into one message.
  messages: (parts): AnthropicToolMessage[] => [{ role: 'user', content: parts as AnthropicToolResult[] }],
};

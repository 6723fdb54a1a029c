import { outcomeText } from './run-tool.js';
import { firstOf, type Fields, type ToolVendor } from './vendor.js';

/** https://platform.openai.com/docs/guides/function-calling, of chat completions. */
export interface OpenAiTool {
  type: 'function';
  function: { name: string; description?: string; parameters: Record<string, unknown> };
}

export interface OpenAiToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface OpenAiToolMessage {
  role: 'tool';
  tool_call_id: string;
  content: string;
}

export const openAiChat: ToolVendor = {
  define: (tools): OpenAiTool[] => tools.map((tool) => ({ type: 'function', function: { ...tool } })),
  callsIn: ({ choices }) => choices && ((firstOf(choices)['message'] as Fields | undefined)?.['tool_calls'] ?? []),
  read: ({ id, function: called }) => {
    const { name, arguments: given } = (called ?? {}) as Fields;
    return called === undefined ? undefined : { id, name, given };
  },
  answer: ({ id }, outcome): OpenAiToolMessage => ({
    role: 'tool',
    tool_call_id: id as string,
    content: outcomeText(outcome),
  }),
  messages: (parts) => parts,
};

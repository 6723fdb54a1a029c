import { outcomeText } from './run-tool.js';
import { firstOf, type Fields, type ToolVendor } from './vendor.js';

/** https://platform.openai.com/docs/guides/function-calling, of chat completions. */
export interface OpenAiTool {
  type: 'function';
  function: { name: string; description?: string; parameters: Record<string, unknown> };
}

/** `custom`: of a tool that takes free text, which none of ours does. */
export type OpenAiToolCall = { readonly id: string } & (
  | { readonly type: 'function'; readonly function: { readonly name: string; readonly arguments: string } }
  | { readonly type: 'custom'; readonly custom: { readonly name: string; readonly input: string } }
);

export interface OpenAiToolMessage {
  role: 'tool';
  tool_call_id: string;
  content: string;
}

export const openAiChat: ToolVendor = {
  define: (tools): OpenAiTool[] => tools.map((tool) => ({ type: 'function', function: { ...tool } })),
  callsIn: ({ choices }) => choices && ((firstOf(choices)['message'] as Fields | undefined)?.['tool_calls'] ?? []),
  read: ({ id, function: called, custom }) => {
    const { name, arguments: json, input = json } = (called ?? custom ?? {}) as Fields;
    return name === undefined ? undefined : { id, name, given: input };
  },
  answer: ({ id }, outcome): OpenAiToolMessage => ({
    role: 'tool',
    tool_call_id: id as string,
    content: outcomeText(outcome),
  }),
  messages: (parts) => parts,
};

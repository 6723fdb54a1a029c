import { outcomeText } from './run-tool.js';
import type { ToolVendor } from './vendor.js';

/** https://platform.openai.com/docs/guides/function-calling, of responses. */
export interface OpenAiResponsesTool {
  type: 'function';
  name: string;
  description?: string;
  parameters: Record<string, unknown>;
  /** False: strict mode takes only a part of JSON Schema. */
  strict: false;
}

/** `custom_tool_call`: of a tool that takes free text, which none of ours does. */
export type OpenAiResponsesToolCall = { readonly call_id: string; readonly name: string } & (
  | { readonly type: 'function_call'; readonly arguments: string }
  | { readonly type: 'custom_tool_call'; readonly input: string }
);

export interface OpenAiResponsesToolOutput {
  type: 'function_call_output' | 'custom_tool_call_output';
  call_id: string;
  output: string;
}

export const openAiResponses: ToolVendor = {
  define: (tools): OpenAiResponsesTool[] => tools.map((tool) => ({ type: 'function', ...tool, strict: false })),
  callsIn: ({ output }) => output,
  read: ({ type, call_id: id, name, arguments: json, input = json }) =>
    type === 'function_call' || type === 'custom_tool_call' ? { id, name, given: input, type } : undefined,
  answer: ({ id, type }, outcome): OpenAiResponsesToolOutput => ({
    type: `${type as 'function_call' | 'custom_tool_call'}_output`,
    call_id: id as string,
    output: outcomeText(outcome),
  }),
  messages: (parts) => parts,
};

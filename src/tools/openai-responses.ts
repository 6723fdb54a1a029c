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

export interface OpenAiResponsesToolCall {
  readonly type: 'function_call';
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface OpenAiResponsesToolOutput {
  type: 'function_call_output';
  call_id: string;
  output: string;
}

export const openAiResponses: ToolVendor = {
  define: (tools): OpenAiResponsesTool[] => tools.map((tool) => ({ type: 'function', ...tool, strict: false })),
  callsIn: ({ output }) => output,
  read: ({ type, call_id: id, name, arguments: given }) => (type === 'function_call' ? { id, name, given } : undefined),
  answer: ({ id }, outcome): OpenAiResponsesToolOutput => ({
    type: 'function_call_output',
    call_id: id as string,
    output: outcomeText(outcome),
  }),
  messages: (parts) => parts,
};

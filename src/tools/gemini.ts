import { outcomeJson } from './run-tool.js';
import { firstOf, type Fields, type ToolVendor } from './vendor.js';

/** https://ai.google.dev/gemini-api/docs/function-calling. */
export interface GeminiTool {
  functionDeclarations: { name: string; description?: string; parametersJsonSchema: unknown }[];
}

/** `id` is absent where the service gives none. */
export interface GeminiToolCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: Record<string, unknown>;
}

interface GeminiToolResponse {
  functionResponse: { id?: string; name: string; response: Record<string, unknown> };
}

export interface GeminiToolMessage {
  role: 'user';
  parts: GeminiToolResponse[];
}

export const gemini: ToolVendor = {
  define: (tools): GeminiTool[] => [
    {
      functionDeclarations: tools.map(({ parameters, ...tool }) => ({ ...tool, parametersJsonSchema: parameters })),
    },
  ],
  // Of a prompt that was blocked there are no candidates.
  callsIn: ({ candidates, promptFeedback }) =>
    (candidates ?? promptFeedback) && ((firstOf(candidates)['content'] as Fields | undefined)?.['parts'] ?? []),
  read: (call) => {
    const { type, id, name, args: given } = (call['functionCall'] ?? call) as Fields;
    // Calls of other SDKs that nobody here answers say what they are.
    return name === undefined || type !== undefined ? undefined : { id, name, given };
  },
  answer: ({ id, name }, outcome): GeminiToolResponse => ({
    functionResponse: {
      ...(typeof id === 'string' && { id }),
      name: name as string,
      response: 'refusal' in outcome ? { error: outcome.refusal } : { output: outcomeJson(outcome) },
    },
  }),
  messages: (parts): GeminiToolMessage[] => [{ role: 'user', parts: parts as GeminiToolResponse[] }],
};

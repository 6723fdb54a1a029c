import { aiSdk, type AiSdkTool } from './ai-sdk.js';
import { anthropic, type AnthropicTool } from './anthropic.js';
import { gemini, type GeminiTool } from './gemini.js';
import { openAiChat, type OpenAiTool } from './openai-chat.js';
import { openAiResponses, type OpenAiResponsesTool } from './openai-responses.js';
import type { ToolVendor } from './vendor.js';

/** Tool definitions as each SDK takes them. */
export interface ToolDefinitions {
  openai: OpenAiTool[];
  'openai.responses': OpenAiResponsesTool[];
  anthropic: AnthropicTool[];
  gemini: GeminiTool[];
  'ai-sdk': Record<string, AiSdkTool>;
}

/**
 * Those whose shapes say more come first: a call of Gemini has only a name, and a result of the AI SDK throws where
 * its `output` is read.
 */
export const toolVendors: Readonly<Record<keyof ToolDefinitions, ToolVendor>> = {
  'ai-sdk': aiSdk,
  'openai.responses': openAiResponses,
  anthropic,
  openai: openAiChat,
  gemini,
};

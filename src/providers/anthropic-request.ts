import type { ToolDefinition } from '../core/messages.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { anthropicMessage, blockParts } from './anthropic-block.js';
import { asList, asName, asRecord, asText, hasOwn, own, type Json } from './json.js';
import type { RequestReading } from './provider.js';
import { readOutputType, readParameters } from './request-parameters.js';

/** Takes any `messages`: Chat Completions, which is asked first, leaves it those that only Anthropic understands. */
export function readAnthropicRequest(value: object): RequestReading | undefined {
  const body = value as Json;
  if (!Array.isArray(own(body, 'messages'))) return undefined;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    request: readParameters(body),
    // `output_format` is its name in the beta.
    outputType: readOutputType(asRecord(body['output_config'])?.['format'] ?? body['output_format']),
    systemInstructions() {
      const parts = blockParts(body['system']);
      return parts.length > 0 ? parts : undefined;
    },
    input: () => asList(body['messages']).map(anthropicMessage),
    toolDefinitions() {
      const tools = asList(body['tools']).map(toolDefinition);
      return tools.length > 0 ? tools : undefined;
    },
  };
}

/** True for a request with something in it that only Anthropic understands. */
export function isAnthropicRequest(body: Json): boolean {
  if (hasOwn(body, 'max_tokens') && (hasOwn(body, 'system') || hasOwn(body, 'stop_sequences'))) return true;
  return asList(body['tools']).some(isAnthropicTool) || asList(body['messages']).some(hasAnthropicBlock);
}

/** One of the application's, or one of Anthropic's own, whose types are dated: `web_search_20250305`. */
function isAnthropicTool(tool: unknown): boolean {
  if (hasOwn(tool, 'input_schema')) return true;
  return !hasOwn(tool, 'function') && /_20\d{6}$/.test(asText(own(tool, 'type')) ?? '');
}

function hasAnthropicBlock(message: unknown): boolean {
  return asList(own(message, 'content')).some(isAnthropicBlock);
}

function isAnthropicBlock(value: unknown): boolean {
  const block = asRecord(value);
  switch (block?.['type']) {
    case 'tool_use':
    case 'tool_result':
    case 'redacted_thinking':
    case 'server_tool_use':
      return true;
    case 'thinking':
      // Mistral's has a list.
      return typeof block['thinking'] === 'string';
    case 'image':
    case 'document':
      return asRecord(block['source']) !== undefined;
  }
  return false;
}

function toolDefinition(value: unknown): ToolDefinition {
  const tool = asRecord(value) ?? {};
  const type = asName(tool['type']) ?? 'custom';
  const definition: ToolDefinition = {
    // What Anthropic calls a custom tool is what the conventions call a function.
    type: type === 'custom' ? 'function' : type,
    name: asName(tool['name']) ?? asName(tool['mcp_server_name']) ?? type,
  };
  const description = asText(tool['description']);
  if (description !== undefined) definition.description = description;
  if (hasOwn(tool, 'input_schema')) definition.parameters = tool['input_schema'];
  return definition;
}

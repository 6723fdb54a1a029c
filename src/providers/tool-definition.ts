import type { ToolDefinition } from '../core/messages.js';
import { asList, asName, asRecord, asText, firstOf, type Json } from './json.js';

/** The schema of a tool's input: OpenAI's name, Anthropic's, Cohere's, the AI SDK's and Gemini's. */
const PARAMETERS = [
  'parameters',
  'input_schema',
  'parameter_definitions',
  'inputSchema',
  'args',
  'parametersJsonSchema',
];

/** What a request offers in `tools`, or in the legacy `functions`. */
export function toolDefinitions({ tools, functions }: Json): ToolDefinition[] | undefined {
  const definitions = [...asList(tools), ...asList(functions)].map(definition).filter((tool) => tool !== undefined);
  return definitions.length > 0 ? definitions : undefined;
}

/** `{ type, function: {…} }` of Chat Completions, `{ type, name, … }` of all others, who may leave out the type. */
function definition(value: unknown): ToolDefinition | undefined {
  const tool = asRecord(value);
  if (tool === undefined) return undefined;
  const type = asName(tool['type']) ?? 'function';
  const described = asRecord(tool[type]) ?? tool;
  const parameters = firstOf(described, PARAMETERS);
  return {
    // What Anthropic calls a custom tool is what the conventions call a function.
    type: type === 'custom' && 'input_schema' in described ? 'function' : type,
    name: asName(described['name']) ?? asName(described['server_label'] ?? described['mcp_server_name']) ?? type,
    description: asText(described['description']),
    parameters,
  };
}

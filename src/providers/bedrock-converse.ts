import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { readAnthropicAnswer } from './anthropic-answer.js';
import { anthropicMessage, blockParts } from './anthropic-block.js';
import { bedrockParameters } from './bedrock-parameters.js';
import { asList, asName, asRecord, asText, hasOwn, own, type Json } from './json.js';
import { openaiTools } from './openai-message.js';
import type { RequestReading, ResponseReading } from './provider.js';
import { readOutputType } from './request-parameters.js';
import { readUsage, withCachedInput, type Count } from './usage.js';

/** The request of Converse and ConverseStream; Nova's body in InvokeModel has the same members. */
export function readConverseRequest(body: Json): RequestReading {
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    request: bedrockParameters(body, body),
    outputType: readOutputType(asRecord(body['outputConfig'])?.['textFormat']),
    systemInstructions() {
      const parts = blockParts(converseBlocks(body['system']));
      return parts.length > 0 ? parts : undefined;
    },
    input: () => asList(body['messages']).map((value) => anthropicMessage(respeltMessage(value))),
    toolDefinitions: () => openaiTools({ tools: asList(asRecord(body['toolConfig'])?.['tools']).flatMap(toolOf) }),
  };
}

/** `{ output: { message }, stopReason, usage }` */
export function readConverse(value: object): ResponseReading | undefined {
  const message = asRecord(own(own(value, 'output'), 'message'));
  if (message === undefined || !hasOwn(value, 'stopReason')) return undefined;
  return readAnthropicAnswer({
    stopReason: asName(value['stopReason']),
    usage: readConverseUsage(value['usage']),
    role: message['role'],
    content: converseBlocks(snapshot(message['content'])),
  });
}

/** Converse's own `inputTokens`, which stay among the raw numbers, are those that no cache had to do with. */
export function readConverseUsage(usage: unknown): Usage | undefined {
  return withCachedInput(readUsage(usage, COUNTS), 'inputTokens');
}

const COUNTS = new Map<string, Count>([
  ['outputTokens', 'outputTokens'],
  ['cacheReadInputTokens', 'cacheReadInputTokens'],
  ['cacheWriteInputTokens', 'cacheCreationInputTokens'],
  // Nova's names.
  ['cacheReadInputTokenCount', 'cacheReadInputTokens'],
  ['cacheWriteInputTokenCount', 'cacheCreationInputTokens'],
]);

/** Content as Converse spells it, respelt as Anthropic does: they say the same. Cache points are left out. */
export function converseBlocks(content: unknown): unknown[] {
  return asList(content).flatMap(respelt);
}

/** A block is `{ [kind]: … }`. */
function respelt(value: unknown): unknown[] {
  const [[kind, given] = [], ...others] = Object.entries(asRecord(value) ?? {});
  if (kind === undefined || others.length > 0) return [value];
  const block = asRecord(given) ?? {};
  switch (kind) {
    case 'text':
      // Guarded text has a place of its own.
      return [{ type: kind, text: block['text'] ?? given }];
    case 'toolUse':
      // A tool that Bedrock runs itself is called in the same way, and its result follows.
      return [{ type: 'tool_use', id: block['toolUseId'], name: block['name'], input: block['input'] }];
    case 'toolResult':
      return [toolResult(block)];
    case 'reasoningContent':
      return [reasoning(block)];
    case 'guardContent':
      return respelt(given);
    case 'citationsContent':
      return converseBlocks(block['content']);
    case 'cachePoint':
      return [];
  }
  const media = asRecord(block['source']);
  if (media === undefined) return [{ type: kind, content: given }];
  return [{ type: kind, source: source(media, mimeOf(kind, asText(block['format']))) }];
}

function toolResult({ toolUseId, content, status }: Json): Json {
  return {
    type: 'tool_result',
    tool_use_id: toolUseId,
    content: converseBlocks(content),
    is_error: status === 'error',
  };
}

/** `{ reasoningText: { text, signature } }`, or encrypted bytes. */
function reasoning(block: Json): Json {
  const text = asRecord(block['reasoningText']);
  return text === undefined ? { type: 'redacted_thinking' } : { type: 'thinking', thinking: text['text'] };
}

function source({ bytes, text, content, s3Location }: Json, mime: string | undefined): Json {
  if (bytes !== undefined) return { type: 'base64', data: bytes, media_type: mime };
  if (text !== undefined) return { type: 'text', data: text };
  if (content !== undefined) return { type: 'content', content: converseBlocks(content) };
  return { type: 'url', url: asRecord(s3Location)?.['uri'] };
}

function mimeOf(kind: string, format: string | undefined): string | undefined {
  if (kind !== 'document') return format && `${kind}/${format}`;
  return format === 'pdf' ? 'application/pdf' : undefined;
}

function respeltMessage(value: unknown): unknown {
  const message = asRecord(value);
  if (message === undefined || !Array.isArray(message['content'])) return value;
  return { ...message, content: converseBlocks(message['content']) };
}

/** `{ toolSpec: { name, description, inputSchema: { json } } }`, or `{ systemTool: { name } }` of Bedrock's own. */
function toolOf(value: unknown): Json[] {
  const { toolSpec, systemTool } = asRecord(value) ?? {};
  const { name, description, inputSchema } = asRecord(toolSpec) ?? {};
  if (name !== undefined) return [{ name, description, parameters: asRecord(inputSchema)?.['json'] }];
  return asRecord(systemTool) === undefined ? [] : [{ type: 'systemTool', systemTool }];
}

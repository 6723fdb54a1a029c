import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { readAnswer } from './answer.js';
import { bedrockParameters } from './bedrock-parameters.js';
import { asList, asName, asRecord, hasOwn, own, type Json } from './json.js';
import type { RequestReading, ResponseReading } from './provider.js';
import { readRequest } from './request.js';
import { readOutputType } from './request-parameters.js';
import { toolDefinitions } from './tool-definition.js';
import { readUsage, withCachedInput, type CountNames } from './usage.js';

/** The request of Converse and ConverseStream; Nova's body in InvokeModel has the same members. */
export function readConverseRequest(body: Json): RequestReading {
  return {
    ...readRequest(GEN_AI_OPERATION_NAME_VALUE_CHAT, body),
    request: bedrockParameters(body, body),
    outputType: readOutputType(asRecord(body['outputConfig'])?.['textFormat']),
    toolDefinitions: () => toolDefinitions({ tools: asList(own(body['toolConfig'], 'tools')).flatMap(toolOf) }),
  };
}

/** `{ output: { message }, stopReason, usage }` */
export function readConverse(value: object): ResponseReading | undefined {
  const message = asRecord(own(own(value, 'output'), 'message'));
  if (message === undefined || !hasOwn(value, 'stopReason')) return undefined;
  const { role, content } = message;
  return readAnswer({ usage: readConverseUsage(value['usage']) }, [
    { message: { role, content: snapshot(content) }, finishReason: asName(value['stopReason']) },
  ]);
}

/** Converse's own `inputTokens`, which stay among the raw numbers, are those that no cache had to do with. */
export function readConverseUsage(usage: unknown): Usage | undefined {
  return withCachedInput(readUsage(usage, COUNTS), 'inputTokens');
}

const COUNTS: CountNames = {
  outputTokens: 'outputTokens',
  cacheReadInputTokens: 'cacheReadInputTokens',
  cacheWriteInputTokens: 'cacheCreationInputTokens',
  // Nova's names.
  cacheReadInputTokenCount: 'cacheReadInputTokens',
  cacheWriteInputTokenCount: 'cacheCreationInputTokens',
};

/** `{ toolSpec: { name, description, inputSchema: { json } } }`, or `{ systemTool: { name } }` of Bedrock's own. */
function toolOf(value: unknown): Json[] {
  const { toolSpec, systemTool } = asRecord(value) ?? {};
  const { name, description, inputSchema } = asRecord(toolSpec) ?? {};
  if (name !== undefined) return [{ name, description, parameters: asRecord(inputSchema)?.['json'] }];
  return asRecord(systemTool) === undefined ? [] : [{ type: 'systemTool', systemTool }];
}

import type { Message } from '../core/messages.js';
import { someParts } from './content-parts.js';
import { asList, own, type Json } from './json.js';
import { readMessage } from './message.js';
import type { RequestReading } from './provider.js';
import { readOutputType, readParameters } from './request-parameters.js';
import { toolDefinitions } from './tool-definition.js';

/** What a request says whose members have the names of OpenAI's APIs, or of those that are much like them. */
export function readRequest(
  operation: string,
  body: Json,
  input: () => Message[] = () => asList(body['messages']).map(readMessage),
): RequestReading {
  const { response_format, text, output_config, output_format } = body;
  return {
    operation,
    request: readParameters(body),
    // Of Chat Completions, of Responses, of Anthropic's Messages and of their beta.
    outputType: readOutputType(response_format ?? own(text ?? output_config, 'format') ?? output_format),
    systemInstructions: () => someParts(body['system'] ?? body['instructions'] ?? body['preamble']),
    input,
    toolDefinitions: () => toolDefinitions(body),
  };
}

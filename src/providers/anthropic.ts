import { snapshot } from '../core/snapshot.js';
import { GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC } from '../semconv/gen-ai.js';
import { factsOf, readAnswer } from './answer.js';
import { AnthropicFold } from './anthropic-fold.js';
import { readAnthropicRequest } from './anthropic-request.js';
import { readAnthropicUsage } from './anthropic-usage.js';
import { asList, asName, asRecord, hasMethod, hasOwn, own, type Json } from './json.js';
import type { Fold, Provider, ResponseReading, Seam } from './provider.js';
import { emitterSeam, stainlessSeam } from './stainless-seam.js';
import { withCachedInput } from './usage.js';

/** The Messages API (https://docs.anthropic.com/en/api/messages) of Anthropic, Bedrock, Vertex and Azure. */
export const anthropic: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC,
  request: readAnthropicRequest,
  read,
  fold,
  seam,
  client,
  nativeTracer: '_tracer',
};

function read(value: object): ResponseReading | undefined {
  if (own(value, 'type') !== 'message' || own(value, 'role') !== 'assistant') return undefined;
  const message = value as Json;
  // An output item of OpenAI's Responses is a message too, but has neither.
  if (!Array.isArray(message['content']) || !('stop_reason' in message || 'model' in message)) return undefined;
  const { role, content, usage } = message;
  return readAnswer({ ...factsOf(message), usage: withCachedInput(readAnthropicUsage(usage), 'input_tokens') }, [
    { message: { role, content: snapshot(content) }, finishReason: asName(message['stop_reason']) },
  ]);
}

function fold(chunk: object): Fold | undefined {
  const type = own(chunk, 'type');
  const isEvent =
    (type === 'message_start' && asRecord(own(chunk, 'message')) !== undefined) ||
    (type === 'error' && asRecord(own(chunk, 'error')) !== undefined);
  return isEvent ? new AnthropicFold() : undefined;
}

/** `messages.stream()` */
function seam(value: object): Seam | undefined {
  const isStream = hasOwn(value, 'receivedMessages') && hasMethod(value, '_emit');
  return isStream ? emitterSeam('streamEvent', lastMessage) : stainlessSeam(value);
}

function lastMessage(stream: object): unknown {
  const { receivedMessages, currentMessage } = stream as Json;
  return asList(receivedMessages).at(-1) ?? currentMessage;
}

function client(value: object): boolean {
  const owner = own(value, '_client') ?? value;
  if (hasMethod(own(owner, 'messages'), 'create') && !hasOwn(owner, 'chat')) return true;
  const { constructor } = owner as { constructor?: unknown };
  return typeof constructor === 'function' && constructor.name.startsWith('Anthropic');
}

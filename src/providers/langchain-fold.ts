import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION } from '../semconv/gen-ai.js';
import { asList, asName, asRecord, asText, hasOwn, own, type Json } from './json.js';
import { factsOf, readCounts } from './langchain-answer.js';
import { isLangchainAnswer, wireCall, wireMessage } from './langchain-message.js';
import { ChatFold, respelt } from './openai-chat-fold.js';
import type { Fold, ResponseReading } from './provider.js';
import { addUsage, overlayUsage } from './usage.js';

/**
 * Message chunks, the generation chunks that they come from, and the events of `streamEvents()`: put together as the
 * chunks of a chat completion, which LangChain's are modelled on.
 */
export function startLangchainFold(chunk: object): Fold | undefined {
  if (own(chunk, 'event') === 'message-start') return eventFold();
  const isText = hasOwn(chunk, 'generationInfo') && typeof own(chunk, 'text') === 'string' && !own(chunk, 'message');
  return isText || generationOf(chunk) !== undefined ? chunkFold(isText) : undefined;
}

function generationOf(chunk: unknown): Json | undefined {
  if (isLangchainAnswer(chunk)) return hasOwn(chunk, 'tool_call_chunks') ? { message: chunk } : undefined;
  return isLangchainAnswer(own(chunk, 'message')) ? (chunk as Json) : undefined;
}

function chunkFold(isText: boolean): Fold {
  const said: Partial<ResponseReading> = { isSummary: true };
  if (isText) said.operation = GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION;
  else said.usageRemedy = 'streamUsage';
  // Anthropic's last count includes the first; what others send adds up.
  const sum = (usage: unknown, former: Usage | undefined): Usage | undefined =>
    (said.provider === 'anthropic' ? laterUsage : addUsage)(former, usage as Usage | undefined);
  const begun = new Set<unknown>();
  return respelt(new ChatFold(said, sum), (chunk) => {
    const generation = generationOf(chunk) ?? (isText ? chunk : undefined);
    if (generation === undefined) return undefined;
    const message = asRecord(generation['message']);
    const { provider, id, model, finishReason: finish_reason, usage } = factsOf(generation);
    said.provider ??= provider;
    const index = own(generation['generationInfo'] ?? message?.['response_metadata'], 'completion') ?? 0;
    const delta = message === undefined ? { content: generation['text'] } : deltaOf(message, begun);
    return { id, model, usage, choices: [{ index, delta, finish_reason }] };
  });
}

function deltaOf(message: Json, begun: Set<unknown>): Json {
  const delta = wireMessage(message);
  const pieces = asList(message['tool_call_chunks']);
  return {
    ...delta,
    tool_calls: pieces.length > 0 ? pieces.filter((piece) => goesOn(piece, begun)).map(wireCall) : delta['tool_calls'],
    executed_tools: asList(delta['executed_tools']).map((tool) => ({ ...asRecord(tool), index: own(tool, 'id') })),
  };
}

/** There are pieces of calls that never began: the input of a tool that the provider runs itself. */
function goesOn(piece: unknown, begun: Set<unknown>): boolean {
  const { index, id, name } = asRecord(piece) ?? {};
  const begins = id !== undefined || name !== undefined;
  if (begins && begun.size < settings().limits.items) begun.add(index);
  return begun.has(index);
}

/** LangChain writes a zero for what was not said again. */
function laterUsage(former: Usage | undefined, later: Usage | undefined): Usage | undefined {
  if (later === undefined) return former;
  return overlayUsage(former, Object.fromEntries(Object.entries(later).filter(([, count]) => count !== 0)));
}

function eventFold(): Fold {
  const said: Partial<ResponseReading> = { usageRemedy: 'streamUsage', isSummary: true };
  return respelt(new ChatFold(said, readCounts), (chunk) => {
    const { event, id, usage, delta, content, code, message } = chunk;
    switch (event) {
      case 'message-start':
        return { id, usage };
      case 'provider':
        return { model: own(chunk['payload'], 'model') };
      case 'content-block-delta':
        return deltaChunk({ content: own(delta, 'text'), reasoning_content: own(delta, 'reasoning') });
      case 'content-block-finish': {
        const isCall = /^(invalid_)?tool_call$/.test(asText(own(content, 'type')) ?? '');
        return isCall ? deltaChunk({ tool_calls: [{ ...wireCall(content), index: undefined }] }) : undefined;
      }
      case 'message-finish': {
        const response_metadata = { ...asRecord(chunk['metadata']), ...asRecord(chunk['responseMetadata']) };
        const { provider, finishReason, ...facts } = factsOf({ message: { response_metadata } });
        said.provider = provider;
        return { ...facts, ...deltaChunk({}, finishReason ?? asName(chunk['reason'])), usage };
      }
      case 'error':
        return { error: { code, message } };
    }
    return { usage };
  });
}

function deltaChunk(delta: Json, finish_reason?: string): object {
  return { choices: [{ index: 0, delta, finish_reason }] };
}

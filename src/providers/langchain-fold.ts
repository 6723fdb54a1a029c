import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION } from '../semconv/gen-ai.js';
import { asList, asName, asRecord, asText, hasOwn, own, type Json } from './json.js';
import { factsOf, readCounts } from './langchain-answer.js';
import { isLangchainAnswer, wireCall, wireMessage } from './langchain-message.js';
import { ChatFold } from './openai-chat-fold.js';
import type { Fold, ResponseReading } from './provider.js';
import { addUsage, overlayUsage } from './usage.js';

/** Message chunks, the generation chunks that they come from, and the events of `streamEvents()`. */
export function startLangchainFold(chunk: object): Fold | undefined {
  if (own(chunk, 'event') === 'message-start') return new EventFold();
  const isText = hasOwn(chunk, 'generationInfo') && typeof own(chunk, 'text') === 'string' && !own(chunk, 'message');
  return isText || generationOf(chunk) !== undefined ? new ChunkFold(isText) : undefined;
}

function generationOf(chunk: unknown): Json | undefined {
  if (isLangchainAnswer(chunk)) return hasOwn(chunk, 'tool_call_chunks') ? { message: chunk } : undefined;
  return isLangchainAnswer(own(chunk, 'message')) ? (chunk as Json) : undefined;
}

/** Put together as the chunks of a chat completion, which LangChain's are modelled on. */
class ChunkFold implements Fold {
  private readonly chat = new ChatFold();
  private provider: string | undefined = undefined;
  private usage: Usage | undefined = undefined;
  private readonly begun = new Set<unknown>();

  constructor(private readonly isText: boolean) {}

  add(chunk: object): void {
    const generation = generationOf(chunk) ?? (this.isText ? (chunk as Json) : undefined);
    if (generation === undefined) return;
    const message = asRecord(generation['message']);
    const { provider, id, model, finishReason, usage } = factsOf(generation);
    this.provider ??= provider;
    // Anthropic's last count includes the first; what others send adds up.
    this.usage = this.provider === 'anthropic' ? laterUsage(this.usage, usage) : addUsage(this.usage, usage);
    const said = asRecord(generation['generationInfo']) ?? asRecord(message?.['response_metadata']);
    const delta = message === undefined ? { content: generation['text'] } : this.deltaOf(message);
    this.chat.add({ id, model, choices: [{ index: said?.['completion'] ?? 0, delta, finish_reason: finishReason }] });
  }

  private deltaOf(message: Json): Json {
    const { content, tool_call_chunks } = message;
    const delta = wireMessage(message);
    const pieces = asList(tool_call_chunks);
    return {
      ...delta,
      content: Array.isArray(content) ? content.map(deltaBlock) : content,
      tool_calls: pieces.length > 0 ? pieces.filter((piece) => this.goesOn(piece)).map(wireCall) : delta['tool_calls'],
      executed_tools: asList(delta['executed_tools']).map((tool) => ({ ...asRecord(tool), index: own(tool, 'id') })),
    };
  }

  /** There are pieces of calls that never began: the input of a tool that the provider runs itself. */
  private goesOn(piece: unknown): boolean {
    const { index, id, name } = asRecord(piece) ?? {};
    const begins = id !== undefined || name !== undefined;
    if (begins && this.begun.size < settings().limits.items) this.begun.add(index);
    return this.begun.has(index);
  }

  read(): ResponseReading {
    const reading = readAs(this.chat, this.provider, this.usage);
    if (!this.isText) return reading;
    return { ...reading, operation: GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION, usageRemedy: undefined };
  }
}

function readAs(chat: ChatFold, provider: string | undefined, usage: Usage | undefined): ResponseReading {
  return {
    ...chat.read(),
    provider,
    usage,
    usageRemedy: usage === undefined ? 'streamUsage' : undefined,
    isSummary: true,
  };
}

/** LangChain writes a zero for what was not said again. */
function laterUsage(former: Usage | undefined, later: Usage | undefined): Usage | undefined {
  if (later === undefined) return former;
  const said = Object.fromEntries(Object.entries(later).filter(([, count]) => count !== 0));
  return overlayUsage(former, said);
}

function deltaBlock(value: unknown): unknown {
  const block = asRecord(value);
  return block?.['type'] === 'reasoning' ? { type: 'thinking', thinking: block['reasoning'] } : value;
}

class EventFold implements Fold {
  private readonly chat = new ChatFold();
  private provider: string | undefined = undefined;
  private usage: Usage | undefined = undefined;

  add(chunk: object): void {
    const { event, id, usage, message, code } = chunk as Json;
    this.usage = readCounts(usage) ?? this.usage;
    if (event === 'message-start') this.chat.add({ id });
    else if (event === 'provider') this.chat.add({ model: own((chunk as Json)['payload'], 'model') });
    else if (event === 'content-block-delta') this.delta(asRecord((chunk as Json)['delta']));
    else if (event === 'content-block-finish') this.block(asRecord((chunk as Json)['content']));
    else if (event === 'message-finish') this.finish(chunk as Json);
    else if (event === 'error') this.chat.add({ error: { code, message } });
  }

  read(): ResponseReading {
    return readAs(this.chat, this.provider, this.usage);
  }

  private delta({ text, reasoning }: Json = {}): void {
    this.addDelta({ content: asText(text), reasoning_content: reasoning });
  }

  private block(content: Json = {}): void {
    const isCall = content['type'] === 'tool_call' || content['type'] === 'invalid_tool_call';
    if (isCall) this.addDelta({ tool_calls: [wireCall({ ...content, index: undefined })] });
  }

  private finish({ reason, metadata, responseMetadata }: Json): void {
    const said = { ...asRecord(metadata), ...asRecord(responseMetadata) };
    const { provider, id, model, finishReason = asName(reason) } = factsOf({ message: { response_metadata: said } });
    this.provider = provider;
    this.chat.add({ id, model });
    this.addDelta({}, finishReason);
  }

  private addDelta(delta: Json, finish_reason?: string): void {
    this.chat.add({ choices: [{ index: 0, delta, finish_reason }] });
  }
}

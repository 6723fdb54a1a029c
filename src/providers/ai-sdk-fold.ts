import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { ERROR_TYPE_VALUE_OTHER } from '../semconv/core.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import { answerOf, finishReasonOf, readAiSdkUsage, responseOf } from './ai-sdk-answer.js';
import { aiSdkPart } from './ai-sdk-part.js';
import { GrowingText } from './growing-text.js';
import { asName, asRecord, asText, hasOwn, own, type Json } from './json.js';
import type { Fold, ResponseReading } from './provider.js';

/** Begins a stream of a model, or one that a function of the SDK puts together from the streams of its steps. */
export function startAiSdkFold(chunk: object): Fold | undefined {
  const type = own(own(chunk, 'part') ?? chunk, 'type');
  const isOfSteps = type === 'start' || hasOwn(chunk, 'textDelta') || (type === 'object' && hasOwn(chunk, 'object'));
  if (isOfSteps) return new AiSdkFold(true);
  return isFirstOfModel(type, chunk) ? new AiSdkFold(false) : undefined;
}

/** A model need not say with what it starts. */
function isFirstOfModel(type: unknown, chunk: object): boolean {
  if (type === 'stream-start') return Array.isArray(own(chunk, 'warnings'));
  if (type === 'response-metadata') return true;
  if (type === 'text-start' || type === 'reasoning-start') return typeof own(chunk, 'id') === 'string';
  return type === 'tool-input-start' ? hasOwn(chunk, 'toolName') : type === 'tool-call' && hasOwn(chunk, 'toolCallId');
}

class TextPiece {
  private readonly text = new GrowingText();

  constructor(readonly type: 'text' | 'reasoning') {}

  add({ delta, text, textDelta }: Json): void {
    this.text.add(delta ?? text ?? textDelta);
  }

  read(): object {
    return { type: this.type, text: this.text.read() };
  }
}

/** Parts of a stream, joined to the content that `doGenerate` would have given; of several steps, the last one's. */
class AiSdkFold implements Fold {
  private response: Pick<ResponseReading, 'id' | 'model'> = {};
  private usage: Usage | undefined = undefined;
  private finishReason: string | undefined = undefined;
  private error: ResponseReading['error'] = undefined;
  private content: (TextPiece | Json)[] = [];
  private readonly texts = new Map<string, TextPiece>();

  constructor(private readonly isSummary: boolean) {}

  add(chunk: object): void {
    const part = asRecord(own(chunk, 'part')) ?? (chunk as Json);
    switch (part['type']) {
      case 'text-delta':
        return this.grow('text', part);
      case 'reasoning-delta':
        return this.grow('reasoning', part);
      case 'file':
      case 'reasoning-file':
      case 'source':
      case 'tool-call':
      case 'tool-result':
      case 'tool-error':
        this.keep(snapshot(part) as Json);
        return;
      case 'start-step':
        this.content = [];
        this.texts.clear();
        return;
      case 'response-metadata':
        this.response = responseOf({ response: part });
        return;
      case 'finish-step':
      case 'finish':
        return this.finish(part);
      case 'error':
        this.error = errorOf(part['error']);
    }
  }

  read(): ResponseReading {
    const { content, response, usage, error, finishReason, isSummary } = this;
    const parts = content.map((piece) => (piece instanceof TextPiece ? piece.read() : piece));
    return {
      operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
      ...response,
      ...answerOf(() => parts.flatMap(aiSdkPart), finishReason),
      usage,
      error,
      ...(isSummary && { isSummary }),
    };
  }

  private grow(type: TextPiece['type'], part: Json): void {
    const key = `${type} ${asText(part['id']) ?? ''}`;
    let piece = this.texts.get(key);
    if (piece === undefined) {
      piece = new TextPiece(type);
      if (!this.keep(piece)) return;
      this.texts.set(key, piece);
    }
    piece.add(part);
  }

  private keep(piece: TextPiece | Json): boolean {
    const hasRoom = this.content.length < settings().limits.items;
    if (hasRoom) this.content.push(piece);
    return hasRoom;
  }

  private finish(part: Json): void {
    const { id, model } = responseOf(part);
    this.response = { id: id ?? this.response.id, model: model ?? this.response.model };
    this.finishReason = finishReasonOf(part) ?? this.finishReason;
    this.usage = readAiSdkUsage(part['totalUsage'] ?? part['usage'], part['providerMetadata']) ?? this.usage;
  }
}

/** What a provider streamed as an error, or the SDK's own error for a call that failed. */
function errorOf(error: unknown): ResponseReading['error'] {
  const { statusCode, code, name, type, message } = asRecord(error) ?? {};
  return {
    type: asName(statusCode) ?? asName(code) ?? asName(type) ?? asName(name) ?? ERROR_TYPE_VALUE_OTHER,
    message: asText(message ?? error),
  };
}

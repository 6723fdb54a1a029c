import { ERROR_TYPE_VALUE_OTHER } from '../semconv/core.js';
import { finishReasonOf, readAiSdkUsage, responseOf } from './ai-sdk-answer.js';
import { BlockFold } from './block-fold.js';
import { asName, asRecord, asText, hasOwn, own, type Json } from './json.js';
import type { Fold, ResponseReading } from './provider.js';

/** Begins a stream of a model, or one that a function of the SDK puts together from the streams of its steps. */
export function startAiSdkFold(chunk: object): Fold | undefined {
  const type = own(own(chunk, 'part') ?? chunk, 'type');
  const isOfSteps = type === 'start' || hasOwn(chunk, 'textDelta') || (type === 'object' && hasOwn(chunk, 'object'));
  return isOfSteps || (FIRST.has(type) && hasOwn(chunk, FIRST.get(type) as string))
    ? new AiSdkFold(isOfSteps)
    : undefined;
}

/** What a model may start with, and what that has. */
const FIRST = new Map<unknown, string>([
  ['stream-start', 'warnings'],
  ['response-metadata', 'type'],
  ['text-start', 'id'],
  ['reasoning-start', 'id'],
  ['tool-input-start', 'toolName'],
  ['tool-call', 'toolCallId'],
]);

/** Parts of a stream, joined to the content that `doGenerate` would have given; of several steps, the last one's. */
class AiSdkFold extends BlockFold {
  isAborted = false;
  private parts = 0;

  constructor(isSummary: boolean) {
    super();
    if (isSummary) this.facts.isSummary = true;
  }

  add(chunk: object): void {
    const part = asRecord(own(chunk, 'part')) ?? (chunk as Json);
    const type = asText(part['type']) ?? '';
    if (/^(text|reasoning)-delta$/.test(type)) this.grow(type.slice(0, -'-delta'.length), part);
    else if (/^((reasoning-)?file|source|tool-(call|result|error))$/.test(type)) this.begin(this.parts++, part);
    else if (type === 'start-step') this.blocks.clear();
    else if (type === 'response-metadata') this.facts = { ...this.facts, ...responseOf({ response: part }) };
    else if (/^finish(-step)?$/.test(type)) this.finish(part);
    else if (type === 'abort') this.isAborted = true;
    else if (type === 'error') this.facts.error = errorOf(part['error']);
  }

  private grow(type: string, { id, delta, text, textDelta }: Json): void {
    this.block(`${type} ${asText(id) ?? ''}`, type)?.grow('text', delta ?? text ?? textDelta);
  }

  private finish(part: Json): void {
    const { facts } = this;
    const { id, model } = responseOf(part);
    facts.id = id ?? facts.id;
    facts.model = model ?? facts.model;
    this.finishReason = finishReasonOf(part) ?? this.finishReason;
    facts.usage = readAiSdkUsage(part['totalUsage'] ?? part['usage'], part['providerMetadata']) ?? facts.usage;
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

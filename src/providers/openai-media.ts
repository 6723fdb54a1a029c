import type { Message, Part } from '../core/messages.js';
import { decodedLength, Media } from '../core/media.js';
import type { Usage } from '../core/record.js';
import {
  GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT,
  GEN_AI_OUTPUT_TYPE_VALUE_IMAGE,
  GEN_AI_OUTPUT_TYPE_VALUE_SPEECH,
  GEN_AI_OUTPUT_TYPE_VALUE_TEXT,
  GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
} from '../semconv/gen-ai.js';
import { factsOf, keep } from './answer.js';
import { GrowingText } from './growing-text.js';
import { Slots } from './growing.js';
import { asList, asName, asText, hasOwn, own, type Json } from './json.js';
import { PICTURES } from './openai-completions.js';
import { readOpenaiUsage } from './openai-chat-answer.js';
import { FINISH_REASON_MISSING, mediaPart, textPart } from './part.js';
import type { Fold, Provider, RequestReading, ResponseReading } from './provider.js';
import { readRequest } from './request.js';

/**
 * Images (https://platform.openai.com/docs/api-reference/images), speech and its transcripts
 * (https://platform.openai.com/docs/api-reference/audio) of OpenAI, xAI, Groq, Together…
 */
export const openaiMedia: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  request,
  read,
  fold,
};

const operation = GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT;

function request(value: object, isCertain = false): RequestReading | undefined {
  const body = value as Json;
  const outputType = mediumAsked(body, isCertain);
  if (outputType === undefined) return undefined;
  return { ...readRequest(operation, body, () => inputMessages(body)), outputType };
}

/** A text to speak, a file to write down, or a prompt for a model of pictures; where the answer tells, for any model. */
function mediumAsked(body: Json, isCertain: boolean): string | undefined {
  const model = asName(own(body, 'model')) ?? '';
  if (hasOwn(body, 'voice') && typeof body['input'] === 'string') return GEN_AI_OUTPUT_TYPE_VALUE_SPEECH;
  if (hasOwn(body, 'file') && model !== '' && (isCertain || typeof body['file'] === 'object')) {
    return GEN_AI_OUTPUT_TYPE_VALUE_TEXT;
  }
  const isPicture = typeof own(body, 'prompt') === 'string' && (isCertain || PICTURES.test(model));
  return isPicture ? GEN_AI_OUTPUT_TYPE_VALUE_IMAGE : undefined;
}

/** A file that is read from the disk as it is sent has no size yet. */
function inputMessages({ prompt, input, file, image, mask }: Json): Message[] {
  const media = (value: unknown, modality: 'audio' | 'image'): Part | undefined =>
    value instanceof Media ? mediaPart(value, modality) : undefined;
  const images = [...(Array.isArray(image) ? asList(image) : [image]), mask].map((one) => media(one, 'image'));
  const parts = [textPart(prompt ?? input), media(file, 'audio'), ...images].filter((part) => part !== undefined);
  return [{ role: 'user', parts }];
}

function read(value: object): ResponseReading | undefined {
  const [first] = asList(own(value, 'data'));
  const isPicture =
    hasOwn(first, 'b64_json') || hasOwn(first, 'revised_prompt') || (hasOwn(first, 'url') && hasOwn(value, 'created'));
  // Another text with a usage does not say by what it is counted.
  const isSpeech =
    typeof own(value, 'text') === 'string' &&
    /^(tokens|duration)$/.test(asText(own(own(value, 'usage'), 'type')) ?? '');
  if (!isPicture && !isSpeech) return undefined;
  const answer = value as Json;
  const parts = isSpeech
    ? [textPart(keep(answer['text']))]
    : asList(answer['data']).flatMap((one) => pictureParts(one, answer));
  return readMedia(parts, readOpenaiUsage(answer['usage']), 'stop', factsOf(answer));
}

/** What the model made of the prompt, and the picture. */
function pictureParts(picture: unknown, { output_format }: Json): (Part | undefined)[] {
  const { revised_prompt, b64_json, url } = (picture ?? {}) as Json;
  const format = asText(output_format);
  const media = mediaPart(b64_json ?? url, 'image', format && `image/${format}`);
  return [revised_prompt ? { type: 'revised_prompt', content: keep(revised_prompt) } : undefined, media];
}

/** None of these answers says why it ended: one that came whole was not stopped by anything. */
function readMedia(
  given: readonly (Part | undefined)[],
  usage: Usage | undefined,
  finish_reason: string,
  facts?: Partial<ResponseReading>,
): ResponseReading {
  const parts = given.filter((part) => part !== undefined);
  return { operation, ...facts, usage, output: () => [{ role: 'assistant', parts, finish_reason }] };
}

function fold(chunk: object): Fold | undefined {
  return /^(image_(generation|edit)|transcript\.text|speech\.audio)\./.test(asText(own(chunk, 'type')) ?? '')
    ? new MediaFold()
    : undefined;
}

/** Sketches of a picture, the next in place of the former, or the pieces of a text or of what is spoken. */
class MediaFold implements Fold {
  readonly #text = new GrowingText();
  readonly #pictures = new Slots<Part>();
  #audioBytes = 0;
  #whole = 0;
  #usage: Usage | undefined = undefined;

  add(chunk: object): void {
    const { type, delta, text, audio, usage } = chunk as Json;
    const isWhole = /\.(completed|done)$/.test(asText(type) ?? '');
    this.#text.add(isWhole && this.#text.read() === '' ? text : delta);
    const [, picture] = pictureParts(chunk, chunk as Json);
    if (picture !== undefined) this.#pictures.set(this.#whole, picture);
    if (typeof audio === 'string') this.#audioBytes += decodedLength(audio);
    if (isWhole) this.#whole++;
    this.#usage = readOpenaiUsage(usage) ?? this.#usage;
  }

  read(): ResponseReading {
    const text = this.#text.read();
    const audio = this.#audioBytes > 0 ? mediaPart(new Media(undefined, this.#audioBytes), 'audio') : undefined;
    const parts = [text ? textPart(text) : undefined, audio, ...this.#pictures.values()];
    return readMedia(parts, this.#usage, this.#whole > 0 ? 'stop' : FINISH_REASON_MISSING);
  }
}

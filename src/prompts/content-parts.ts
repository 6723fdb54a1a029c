import { readImage, type Image, type ImageType } from './image.js';
import type { PartFormat } from './placeholder.js';
import { itemsOf, Unprintable } from './value-text.js';

interface TextPart<Type extends string = 'text'> {
  type: Type;
  text: string;
}

interface OpenAiImage {
  type: 'image_url';
  image_url: { url: string };
}

interface ResponsesImage {
  type: 'input_image';
  image_url: string;
  detail: 'auto';
}

interface AnthropicImage {
  type: 'image';
  source: { type: 'url'; url: string } | { type: 'base64'; media_type: ImageType; data: string };
}

interface AiSdkImage {
  type: 'image';
  image: string;
}

/** What the content of a user's message is made of where it is more than text, in each SDK's own shape. */
export interface PromptParts {
  openai: TextPart | OpenAiImage;
  'openai.responses': TextPart<'input_text'> | ResponsesImage;
  anthropic: TextPart | AnthropicImage;
  'ai-sdk': TextPart | AiSdkImage;
}

/** Whose messages a prompt becomes. SDKs that speak OpenAI's wire format take those of `openai`. */
export type PromptSdk = keyof PromptParts;

export interface PartShape {
  readonly textType: 'text' | 'input_text';
  readonly image: (image: Image) => object;
}

export const PART_SHAPES: Readonly<Record<PromptSdk, PartShape>> = {
  openai: {
    textType: 'text',
    image: ({ url }): OpenAiImage => ({ type: 'image_url', image_url: { url } }),
  },
  'openai.responses': {
    textType: 'input_text',
    image: ({ url }): ResponsesImage => ({ type: 'input_image', image_url: url, detail: 'auto' }),
  },
  anthropic: {
    textType: 'text',
    image: ({ url, inline }): AnthropicImage => ({
      type: 'image',
      source: inline ? { type: 'base64', media_type: inline.type, data: inline.data } : { type: 'url', url },
    }),
  },
  'ai-sdk': { textType: 'text', image: ({ url }): AiSdkImage => ({ type: 'image', image: url }) },
};

/** The images of a value, or its parts as they are; `null` is none. Throws an `Unprintable` for anything else. */
export function readParts(value: unknown, format: PartFormat): readonly object[] {
  const items = format.endsWith('s') ? itemsOf(value) : value === null ? [] : [value];
  return items.map(format.startsWith('image') ? readImage : sdkPart);
}

function sdkPart(value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Unprintable('is no part of a message: pass an object of the SDK');
}

import { Media } from '../core/media.js';
import { Unprintable } from './value-text.js';

/** An image as a variable holds it: its bytes, or where it is (`https:`, or `data:` in base64). */
export type PromptImage = string | URL | Uint8Array;

/** The types that OpenAI, Anthropic and Google all take. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

export interface Image {
  readonly url: string;
  /** Undefined where the image is elsewhere. */
  readonly inline?: { readonly type: ImageType; readonly data: string };
}

/** What a file of each type begins with, one character a byte. */
const SIGNATURES: readonly (readonly [ImageType, RegExp])[] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8/],
  ['image/webp', /^RIFF....WEBP/s],
];

/** Throws an `Unprintable` where `value` is no image. */
export function readImage(value: unknown): Image {
  const url = value instanceof Uint8Array ? dataUrl(value) : value instanceof URL ? value.href : value;
  if (typeof url === 'string') {
    const [head, type] = /^data:(image\/(?:png|jpeg|gif|webp));base64,/.exec(url) ?? [];
    if (head !== undefined) return { url, inline: { type: type as ImageType, data: url.slice(head.length) } };
    if (/^https?:/.test(url)) return { url };
  }
  throw new Unprintable('is no image: pass the bytes or the URL (https:, data:) of a PNG, JPEG, GIF or WebP');
}

function dataUrl(file: Uint8Array): string | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const start = bytes.toString('latin1', 0, 12);
  const type = SIGNATURES.find(([, signature]) => signature.test(start))?.[0];
  return type && `data:${type};base64,${bytes.toString('base64')}`;
}

/** What is recorded of an image: where it is, or how large it was, never its bytes. */
export function imageRecord({ url, inline }: Image): string | Media {
  return inline === undefined ? url : new Media(inline.type, Buffer.byteLength(inline.data, 'base64'));
}

/**
 * Stands in a snapshot where inline media were: an image, a document, audio, a buffer. The media themselves are
 * replaced before anything is copied.
 */
export class Media {
  constructor(
    readonly mime: string | undefined,
    /** Size of the decoded media in bytes. */
    readonly bytes: number,
  ) {}

  toJSON(): object {
    return { type: 'blob', ...(this.mime !== undefined && { mime_type: this.mime }), bytes: this.bytes };
  }
}

/** Shorter texts are not worth a look; a data URL of this size is an icon. */
const SHORTEST_ENCODED = 256;
/** Enough characters without a space or punctuation that no prose passes for base64. */
const SAMPLE = 256;
const BASE64 = /^[A-Za-z0-9+/\-_\r\n]+=*$/;

/** The media that `text` holds as a data URL or as bare base64; undefined for any other text. */
export function encodedMedia(text: string): Media | undefined {
  if (text.length < SHORTEST_ENCODED) return undefined;
  if (text.charCodeAt(0) === 0x64 && text.startsWith('data:')) return dataUrlMedia(text);
  if (text.length < 2 * SAMPLE || hasEarlySpace(text)) return undefined;
  const middle = text.length >> 1;
  const head = text.slice(0, SAMPLE);
  const isEncoded = BASE64.test(head + text.slice(middle, middle + SAMPLE) + text.slice(-SAMPLE)) && isVaried(head);
  return isEncoded ? new Media(undefined, decodedLength(text)) : undefined;
}

/** Prose has a space among its first words. Every text of a call is asked, so this is no search by a library. */
function hasEarlySpace(text: string): boolean {
  for (let index = 0; index < 64; index++) if (text.charCodeAt(index) === 0x20) return true;
  return false;
}

export function dataUrlMedia(text: string): Media | undefined {
  const comma = text.indexOf(',');
  if (comma < 0 || comma > SAMPLE) return undefined;
  const head = text.slice(5, comma);
  const mime = flatMime(head.split(';', 1)[0] ?? '');
  return new Media(mime, head.endsWith(';base64') ? decodedLength(text, comma + 1) : text.length - comma - 1);
}

/** A slice of the text would keep all of it in memory. */
function flatMime(mime: string): string | undefined {
  return mime === '' ? undefined : Buffer.from(mime, 'latin1').toString('latin1');
}

export function decodedLength(text: string, from = 0): number {
  const [padding = ''] = /={0,2}$/.exec(text.slice(-2)) ?? [];
  return Math.floor(((text.length - from) * 3) / 4) - padding.length;
}

/** Base64 mixes upper case, lower case and digits within a line; a row of dashes, or of one letter, does not. */
function isVaried(sample: string): boolean {
  return /[a-z]/.test(sample) && /[A-Z]/.test(sample) && /[0-9+/]/.test(sample);
}

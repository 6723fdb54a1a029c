import type { Random } from './random.js';
import { bodyOf, type RecordedResponse } from './recording.js';

/** A body as it goes over the wire: in pieces with a pause between two; a cut one has no end. */
export interface WireBody {
  pieces: Buffer[];
  isCut: boolean;
}

export type Spoiling = 'cut' | 'repeated' | 'dropped' | 'delayed';

/** The body of a stream, cut at any byte, or with one of its chunks repeated, dropped or delayed. */
export function spoilBody(response: RecordedResponse, random: Random): WireBody & { spoiling: Spoiling } {
  const spoiling = random.pick<Spoiling>(['cut', 'repeated', 'dropped', 'delayed']);
  const whole = bodyOf(response);
  if (spoiling === 'cut') return { spoiling, pieces: [whole.subarray(0, random.below(whole.length))], isCut: true };
  const chunks = chunksOf(response, whole);
  const index = random.below(chunks.length);
  const before = Buffer.concat(chunks.slice(0, index));
  const chunk = chunks[index] ?? Buffer.alloc(0);
  const after = Buffer.concat(chunks.slice(index + 1));
  // A chunk that comes late comes in two halves, wherever the cut falls.
  const half = random.below(chunk.length + 1);
  const pieces = {
    repeated: [Buffer.concat([before, chunk, chunk, after])],
    dropped: [Buffer.concat([before, after])],
    delayed: [before, chunk.subarray(0, half), Buffer.concat([chunk.subarray(half), after])],
  }[spoiling];
  return { spoiling, pieces, isCut: false };
}

/** The events, lines or frames of a stream, each with what ends it. */
function chunksOf({ body_base64, ndjson_text, sse_text }: RecordedResponse, whole: Buffer): Buffer[] {
  if (body_base64 !== undefined) return frames(whole);
  const ends = ndjson_text === undefined ? /[^]*?(?:\r?\n\r?\n|$)/g : /.*(?:\r?\n|$)/g;
  return ((sse_text ?? ndjson_text)?.match(ends) ?? []).map((text) => Buffer.from(text)).filter(({ length }) => length);
}

/** `application/vnd.amazon.eventstream`: each frame begins with its length. */
function frames(body: Buffer): Buffer[] {
  const list: Buffer[] = [];
  for (let start = 0; start + 4 <= body.length; start += list.at(-1)?.length ?? 0) {
    list.push(body.subarray(start, start + Math.max(4, body.readUInt32BE(start))));
  }
  return list;
}

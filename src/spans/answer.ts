import { Media } from '../core/media.js';
import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { settings } from '../core/settings.js';
import { cutText, snapshot, snapshotResult } from '../core/snapshot.js';
import type { Fold, Provider, ResponseReading } from '../providers/registry.js';
import { readResponse, startFold } from '../providers/registry.js';

/** Kept beyond the cap, so that a secret that straddles it is still recognised when the text is masked. */
const MARGIN = 4096;

/** What came back from a call: one value, or chunks folded into one growing answer. */
export class Answer {
  /** Whose response or stream it is, once recognised. */
  provider: Provider | undefined = undefined;
  chunks = 0;
  /** `performance.now()` at the first chunk. */
  firstChunkAt: number | undefined = undefined;

  private hasSaid = false;
  private fold: Fold | undefined = undefined;
  private reading: ResponseReading | undefined = undefined;
  /** Chunks of text, joined; undefined until one came. */
  private text: string | undefined = undefined;
  private isTextCut = false;
  /** The newest chunk that is neither text nor a provider's: of partial objects, the last is the whole one. */
  private last: unknown = undefined;
  private value: unknown = undefined;

  constructor(private readonly keepsContent: boolean) {}

  chunk(chunk: unknown): void {
    if (this.chunks++ === 0) this.first(chunk);
    const { fold } = this;
    if (fold !== undefined) {
      if (typeof chunk === 'object' && chunk !== null && !ArrayBuffer.isView(chunk)) fold.add(chunk);
    } else if (typeof chunk === 'string') this.addText(chunk);
    else if (this.keepsContent) this.last = ArrayBuffer.isView(chunk) ? addedTo(this.last, chunk) : chunk;
  }

  /** What is written in chunks of bytes; the first of it tells whose answer it is. */
  said(value: object): void {
    if (!this.hasSaid) this.start(value);
    this.hasSaid = true;
    this.fold?.add(value);
  }

  get isAborted(): boolean {
    return this.fold?.isAborted === true;
  }

  /** The final value, if it is no stream and no answer of a model. */
  resolved(value: unknown): void {
    if (this.keepsContent) this.value = snapshotResult(value);
  }

  /** Reads `value` where it is a provider's response. */
  recognise(value: object): boolean {
    const found = readResponse(value);
    if (found === undefined) return false;
    this.provider = found.provider;
    this.reading = found.reading;
    return true;
  }

  /** The answer so far, as a provider's response; undefined where it is none. */
  read(): ResponseReading | undefined {
    if (this.reading !== undefined || this.fold === undefined) return this.reading;
    try {
      return this.fold.read();
    } catch (failure) {
      reportFailure('a provider adapter failed to read a stream', failure);
      return undefined;
    }
  }

  /** By what it is told from other answers: its id, or else whose it is and what it counts. */
  keyOf({ id, model, usage }: ResponseReading): string {
    return id ?? JSON.stringify([this.provider?.name, model, usage]);
  }

  /** The same of a call that is no model's: its result is recognised when the record is put together. */
  readLate(): ResponseReading | undefined {
    return this.read() ?? readResponse(this.value)?.reading;
  }

  /** What is recorded as the result of a call whose answer is no provider's response. */
  result(): unknown {
    return this.text ?? (this.last === undefined ? this.value : snapshot(this.last));
  }

  /** Writes the answer of a model into the record. */
  complete(record: CallRecord, reading: ResponseReading): void {
    record.operation = reading.operation;
    record.response = {
      ...record.response,
      id: reading.id,
      model: reading.model,
      finishReasons: reading.finishReasons,
    };
    record.usage = reading.usage;
    record.embeddingDimensions = reading.embeddingDimensions ?? record.embeddingDimensions;
    if (this.fold !== undefined) record.request = { ...record.request, stream: true };
    if (this.keepsContent && reading.documents !== undefined) {
      record.retrieval = { ...record.retrieval, documents: reading.documents };
    }
    if (this.keepsContent && reading.output !== undefined) {
      record.messages = { ...record.messages, output: () => reading.output?.() };
    }
  }

  private first(chunk: unknown): void {
    this.firstChunkAt = performance.now();
    if (typeof chunk === 'object' && chunk !== null) this.start(chunk);
  }

  private start(chunk: object): void {
    const found = startFold(chunk);
    if (found === undefined) return;
    this.provider = found.provider;
    this.fold = found.fold;
  }

  private addText(chunk: string): void {
    if (!this.keepsContent || this.isTextCut) return;
    const text = (this.text ?? '') + chunk;
    const longest = settings().limits.valueBytes + MARGIN;
    this.isTextCut = text.length > longest;
    this.text = this.isTextCut ? cutText(text, longest) : text;
  }
}

/** Whoever gets a buffer may hand its memory on: its length is noted while it is there. */
function addedTo(before: unknown, { byteLength }: ArrayBufferView): Media {
  return new Media(undefined, byteLength + (before instanceof Media ? before.bytes : 0));
}

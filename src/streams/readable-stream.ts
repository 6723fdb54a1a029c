import { isAbort, outcomeOf } from './abort.js';
import { carryOver } from './carry-over.js';
import type { Method } from './cover.js';
import { tapOn, type Sink, type Tap } from './sink.js';

type Controller = ReadableStreamDefaultController<unknown> | ReadableByteStreamController;
type Reader = ReadableStreamDefaultReader<unknown> | ReadableStreamBYOBReader;
type Result = ReadableStreamReadResult<unknown>;

/** A web stream, of this realm or another. */
export function isReadableStream(value: object): value is ReadableStream<unknown> {
  if (typeof ReadableStream === 'function' && value instanceof ReadableStream) return true;
  const { getReader, tee, pipeTo, locked } = value as Partial<ReadableStream>;
  return (
    typeof getReader === 'function' &&
    typeof tee === 'function' &&
    typeof pipeTo === 'function' &&
    typeof locked === 'boolean'
  );
}

/**
 * Another stream of the same type over `stream`: what is built in (`new Response(stream)`, `pipeTo`, a transfer) reads
 * past any method we could cover. It asks the source for one chunk for each that it is asked for itself, and buffers
 * none. `reserve: false` leaves the source unlocked until the first chunk is asked for.
 */
export function watchReadableStream(
  stream: ReadableStream<unknown>,
  sink: Sink,
  reserve = true,
): ReadableStream<unknown> {
  if (stream.locked) {
    sink.unobserved();
    return stream;
  }
  const source = new Source(stream, sink);
  const watched = new ReadableStream(source as UnderlyingDefaultSource, { highWaterMark: 0 });
  source.tap = tapOn(watched, sink);
  // Some are of a class of their own.
  if (stream instanceof ReadableStream) Object.setPrototypeOf(watched, Object.getPrototypeOf(stream) as object);
  carryOver(stream, watched);
  if (reserve) source.reserve();
  sink.pending(watched, true);
  return watched;
}

/** Only a byte stream gives a BYOB reader; asking for one leaves no trace. */
function isByteStream(stream: ReadableStream<unknown>): boolean {
  try {
    (stream as ReadableStream<Uint8Array>).getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** What the stream that the caller gets reads from. */
class Source {
  readonly type: 'bytes' | undefined;
  tap!: Tap;
  #controller: Controller | undefined;
  #reader: Reader | undefined;
  #isReading = false;
  /** An end that came while a chunk was on its way: it shows after that chunk. */
  #afterwards: (() => void) | undefined;
  readonly #stream: ReadableStream<unknown>;
  readonly #sink: Sink;

  constructor(stream: ReadableStream<unknown>, sink: Sink) {
    this.#stream = stream;
    this.#sink = sink;
    this.type = isByteStream(stream) ? 'bytes' : undefined;
  }

  start(controller: Controller): void {
    this.#controller = controller;
  }

  async pull(controller: Controller): Promise<void> {
    const request = (controller as Partial<ReadableByteStreamController>).byobRequest;
    this.#isReading = true;
    try {
      if (request?.view) await this.#readInto(request, request.view as Uint8Array<ArrayBuffer>);
      else {
        const { done, value } = await this.#read(this.reserve(), []);
        if (done) this.#close();
        else {
          this.tap.chunk(value);
          controller.enqueue(value as Uint8Array<ArrayBuffer>);
        }
      }
      this.#afterwards?.();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** The source's `cancel` runs where the call runs, and what it gives or throws goes to whoever cancelled. */
  cancel(reason: unknown): Promise<void> {
    this.tap.end(isAbort(reason) ? 'aborted' : 'cancelled');
    const cancel: Method = () => (this.#reader ?? this.#stream).cancel(reason);
    return this.#sink.enter(cancel, this, [reason]) as Promise<void>;
  }

  reserve(): Reader {
    if (this.#reader !== undefined) return this.#reader;
    const reader = this.#stream.getReader();
    this.#reader = reader;
    // An end that comes while nobody reads shows at once, as it would have.
    void reader.closed.then(
      () => this.#whenRead(() => this.#close()),
      (error: unknown) => {
        // A reader that gives up its lock fails too.
        if (this.#reader === reader) this.#whenRead(() => this.#fail(error));
      },
    );
    return reader;
  }

  /** The consumer's own buffer travels to the source and back: no byte is copied. */
  async #readInto(request: ReadableStreamBYOBRequest, view: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#release();
    const reader = (this.#stream as ReadableStream<Uint8Array>).getReader({ mode: 'byob' });
    this.#reader = reader;
    try {
      const { done, value } = await this.#read(reader, [view]);
      if (done) {
        this.tap.end('completed');
        this.#controller?.close();
      } else this.tap.chunk(value);
      if (value !== undefined) request.respondWithNewView(value as Uint8Array<ArrayBuffer>);
    } finally {
      this.#release();
      this.reserve();
    }
  }

  #release(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.releaseLock();
  }

  /** What the source does to give a chunk is the method's work. */
  #read(reader: Reader, values: unknown[]): Promise<Result> {
    const { read } = reader as unknown as { read: Method };
    return this.#sink.enter(read, reader, values) as Promise<Result>;
  }

  #whenRead(end: () => void): void {
    if (this.#isReading) this.#afterwards = end;
    else end();
  }

  #close(): void {
    this.tap.end('completed');
    try {
      this.#controller?.close();
      // A consumer's own buffer that still waits is given back.
      (this.#controller as Partial<ReadableByteStreamController>).byobRequest?.respond(0);
    } catch {
      // Closed or cancelled already.
    }
  }

  #fail(error: unknown): void {
    this.tap.end(outcomeOf(error), error);
    this.#controller?.error(error);
  }
}

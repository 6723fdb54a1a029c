import { isAbort } from './abort.js';
import { methodOf, type Method } from './cover.js';
import { tapOn, type Sink, type Tap } from './sink.js';

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
  const source = isByteStream(stream) ? new ByteSource(stream, sink) : new ChunkSource(stream, sink);
  const watched = new ReadableStream(source as UnderlyingDefaultSource, { highWaterMark: 0 });
  source.tap = tapOn(watched, sink);
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

/** What the three kinds of endings have in common, whatever the chunks are. */
abstract class Source<Controller extends ReadableStreamDefaultController | ReadableByteStreamController> {
  tap!: Tap;
  protected controller: Controller | undefined = undefined;
  protected reader: ReadableStreamDefaultReader<unknown> | ReadableStreamBYOBReader | undefined = undefined;
  protected isReading = false;
  /** An end that came while a chunk was on its way: it shows after that chunk. */
  protected afterwards: (() => void) | undefined = undefined;

  constructor(
    protected readonly stream: ReadableStream<unknown>,
    protected readonly sink: Sink,
  ) {}

  reserve(): ReadableStreamDefaultReader<unknown> {
    if (this.reader !== undefined) return this.reader as ReadableStreamDefaultReader<unknown>;
    const reader = this.stream.getReader();
    this.reader = reader;
    // An end that comes while nobody reads shows at once, as it would have.
    void reader.closed.then(
      () => this.whenRead(this.close),
      (error: unknown) => {
        // A reader that gives up its lock fails too.
        if (this.reader === reader) this.whenRead(() => this.fail(error));
      },
    );
    return reader;
  }

  private whenRead(end: () => void): void {
    if (this.isReading) this.afterwards = end;
    else end();
  }

  start(controller: Controller): void {
    this.controller = controller;
  }

  /** The source's `cancel` runs where the call runs, and what it gives or throws goes to whoever cancelled. */
  cancel(reason: unknown): Promise<void> {
    this.tap.end(isAbort(reason) ? 'aborted' : 'cancelled');
    const cancel: Method = () => (this.reader ?? this.stream).cancel(reason);
    return this.sink.enter(cancel, this, [reason]) as Promise<void>;
  }

  /** What the source does to give a chunk is the method's work. */
  protected read(reader: object, values: unknown[]): unknown {
    const read = methodOf(reader, 'read');
    return read === undefined ? undefined : this.sink.enter(read, reader, values);
  }

  protected readonly close = (): void => {
    this.tap.end('completed');
    try {
      this.controller?.close();
      // A consumer's own buffer that still waits is given back.
      (this.controller as Partial<ReadableByteStreamController>).byobRequest?.respond(0);
    } catch {
      // Closed or cancelled already.
    }
  };

  protected readonly fail = (error: unknown): void => {
    this.tap.end(isAbort(error) ? 'aborted' : 'error', error);
    this.controller?.error(error);
  };
}

class ChunkSource extends Source<ReadableStreamDefaultController> {
  readonly pull = async (): Promise<void> => {
    this.isReading = true;
    try {
      const reader = this.reserve();
      const { done, value } = (await this.read(reader, [])) as ReadableStreamReadResult<unknown>;
      if (done) {
        this.close();
        return;
      }
      this.tap.chunk(value);
      this.controller?.enqueue(value);
      this.afterwards?.();
    } catch (error) {
      this.fail(error);
    } finally {
      this.isReading = false;
    }
  };
}

class ByteSource extends Source<ReadableByteStreamController> {
  readonly type = 'bytes';

  readonly pull = async (controller: ReadableByteStreamController): Promise<void> => {
    const request = controller.byobRequest;
    this.isReading = true;
    try {
      if (request?.view) await this.readInto(controller, request, request.view as Uint8Array<ArrayBuffer>);
      else await this.readChunk(controller);
      this.afterwards?.();
    } catch (error) {
      this.fail(error);
    } finally {
      this.isReading = false;
    }
  };

  /** The consumer's own buffer travels to the source and back: no byte is copied. */
  private async readInto(
    controller: ReadableByteStreamController,
    request: ReadableStreamBYOBRequest,
    view: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    this.release();
    const reader = (this.reader = (this.stream as ReadableStream<Uint8Array<ArrayBuffer>>).getReader({ mode: 'byob' }));
    try {
      const result = (await this.read(reader, [view])) as ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
      if (result.done) {
        this.tap.end('completed');
        controller.close();
        if (result.value !== undefined) request.respondWithNewView(result.value);
        return;
      }
      this.tap.chunk(result.value);
      request.respondWithNewView(result.value);
    } finally {
      this.release();
      this.reserve();
    }
  }

  private release(): void {
    const { reader } = this;
    this.reader = undefined;
    reader?.releaseLock();
  }

  private async readChunk(controller: ReadableByteStreamController): Promise<void> {
    const { done, value } = (await this.read(this.reserve(), [])) as ReadableStreamReadResult<unknown>;
    if (done) {
      this.close();
      return;
    }
    this.tap.chunk(value);
    controller.enqueue(value as Uint8Array<ArrayBuffer>);
  }
}

/** Streams of libraries carry methods of their own (an async iterator, a marker), or are of a class of their own. */
function carryOver(from: object, to: object): void {
  if (from instanceof ReadableStream) Object.setPrototypeOf(to, Object.getPrototypeOf(from) as object);
  for (const key of Object.keys(from)) {
    const descriptor = Object.getOwnPropertyDescriptor(from, key);
    if (descriptor !== undefined) Reflect.defineProperty(to, key, descriptor);
  }
  for (const key of Object.getOwnPropertySymbols(from)) {
    if (key !== Symbol.asyncIterator) continue;
    const descriptor = Object.getOwnPropertyDescriptor(from, key);
    if (descriptor !== undefined) Reflect.defineProperty(to, key, descriptor);
  }
}

import { outcomeOf } from './abort.js';
import { bodyText } from './body-text.js';
import { coverMethod, isCoverable, methodOf, type Enter } from './cover.js';
import { Parts } from './parts.js';
import { isNativePromise, nativeThen } from './promise.js';
import { watchReadableStream } from './readable-stream.js';
import type { Sink } from './sink.js';

/** Methods of a web `Response` or `Request` that read its whole body, and the value of what they give. */
const BODY_READERS: Readonly<Record<string, (body: unknown) => unknown>> = {
  json: (body) => body,
  text: parsed,
  arrayBuffer: () => undefined,
  blob: () => undefined,
  bytes: () => undefined,
  formData: () => undefined,
};

export function hasBody(value: object): value is Response | Request {
  // By its tag: the global of that name makes Node load all of its HTTP client.
  const tag = tagOf(value);
  return (tag === 'Response' || tag === 'Request') && methodOf(value, 'arrayBuffer') !== undefined;
}

/** The same `Response` or `Request`, whose call ends when its body has been read. */
export function watchBody<Owner extends Response | Request>(
  owner: Owner,
  sink: Sink,
  copies = new Parts(sink, owner),
): Owner {
  if (!isCoverable(owner)) {
    sink.unobserved();
    return owner;
  }
  sink.raw({ response: owner });
  const text = bodyText(owner.headers.get('content-type') ?? '');
  const part = copies.add(text);
  const refuse = coverBody(owner, part);
  for (const [name, valueOf] of Object.entries(BODY_READERS)) {
    coverMethod(owner, name, (read, self, values) => {
      // That is no failure of whoever reads it already.
      if (owner.bodyUsed) return read.apply(self, values);
      const refused = refuse(read, self, values);
      if (refused !== undefined) return refused;
      const reading = read.apply(self, values);
      if (typeof reading !== 'object' || reading === null || !isNativePromise(reading)) return reading;
      return nativeThen(
        reading,
        (body) => {
          text?.add(body instanceof ArrayBuffer ? new Uint8Array(body) : body).forEach((value) => part.said(value));
          const value = valueOf(body);
          if (value === undefined) part.end('completed');
          else part.resolved(value);
          return body;
        },
        (error) => {
          part.end(outcomeOf(error), error);
          throw error;
        },
      );
    });
  }
  coverClone(owner, sink, copies, refuse);
  if (owner.body === null) sink.resolved(undefined);
  else sink.pending(owner, true);
  return owner;
}

/**
 * Whoever takes the stream gets a watched one, always the same; the source stays unlocked until it is read. The
 * result calls what a locked body refuses, where the watched one is locked and the source is not; else it does nothing.
 */
function coverBody(owner: Response | Request, sink: Sink): Enter {
  const own = Object.getOwnPropertyDescriptor(owner, 'body');
  if (own !== undefined && own.get === undefined) return () => undefined;
  const getter = (): unknown =>
    own === undefined ? Reflect.get(Object.getPrototypeOf(owner) as object, 'body', owner) : own.get?.call(owner);
  let source: unknown;
  let watched: ReadableStream<unknown> | undefined;
  Reflect.defineProperty(owner, 'body', {
    configurable: true,
    enumerable: false,
    get: (): unknown => {
      const body = getter();
      if (!(body instanceof ReadableStream) || sink.ended)
        return watched !== undefined && body === source ? watched : body;
      // A clone splits the body: what was handed out before is of the stream before.
      if (body !== source) watched = watchReadableStream((source = body), sink, false);
      return watched;
    },
  });
  coverPipe(owner, getter());
  return (work, self, values) => {
    if (watched?.locked !== true || getter() !== source || (source as ReadableStream).locked) return undefined;
    const reader = (source as ReadableStream).getReader();
    try {
      return work.apply(self, values);
    } finally {
      reader.releaseLock();
    }
  };
}

/** `fetch(request)` and `new Request(request)` pipe the stream they have inside, past `body`. */
function coverPipe(owner: Response | Request, source: unknown): void {
  if (!(source instanceof ReadableStream)) return;
  coverMethod(source, 'pipeThrough', (pipeThrough, self, values) => {
    const { body } = owner;
    return pipeThrough.apply(self === source && body !== null && body !== source ? body : self, values);
  });
}

/** Of the one and its copy, whichever is read first is recorded. */
function coverClone(owner: Response | Request, sink: Sink, copies: Parts, refuse: Enter): void {
  coverMethod(owner, 'clone', (clone, self, values) => {
    const copy = refuse(clone, self, values) ?? clone.apply(self, values);
    return typeof copy === 'object' && copy !== null && hasBody(copy) ? watchBody(copy, sink, copies) : copy;
  });
}

function tagOf(value: object): unknown {
  try {
    return (value as Record<symbol, unknown>)[Symbol.toStringTag];
  } catch {
    return undefined;
  }
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

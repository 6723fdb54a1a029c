import { isAbort } from './abort.js';
import { cover, isCoverable, methodOf } from './cover.js';
import { isNativePromise, nativeThen } from './promise.js';
import { watchReadableStream } from './readable-stream.js';
import type { Sink } from './sink.js';

/** Methods of a web `Response` that read its whole body, and how what they give is read back. */
const BODY_READERS: Readonly<Record<string, (body: unknown) => unknown>> = {
  json: (body) => body,
  text: parsed,
  arrayBuffer: () => undefined,
  blob: () => undefined,
  bytes: () => undefined,
  formData: () => undefined,
};

export function isResponse(value: object): value is Response {
  // By its tag: the global of that name makes Node load all of its HTTP client.
  return tagOf(value) === 'Response' && methodOf(value, 'arrayBuffer') !== undefined;
}

/** The same `Response`, whose call ends when its body has been read. */
export function watchResponse(response: Response, sink: Sink): Response {
  if (!isCoverable(response)) {
    sink.unobserved();
    return response;
  }
  for (const [name, readBack] of Object.entries(BODY_READERS)) {
    const original = methodOf(response, name);
    if (original === undefined) continue;
    cover(response, name, function (this: unknown, ...values) {
      const body = original.apply(this, values);
      if (typeof body !== 'object' || body === null || !isNativePromise(body)) return body;
      return nativeThen(
        body,
        (value) => {
          sink.resolved(readBack(value));
          return value;
        },
        (error) => {
          sink.end(isAbort(error) ? 'aborted' : 'error', error);
          throw error;
        },
      );
    });
  }
  coverBody(response, sink);
  coverClone(response, sink);
  if (response.body === null) sink.resolved(undefined);
  else sink.pending(response, true);
  return response;
}

/** Whoever takes the stream gets a watched one, always the same; the source stays unlocked until it is read. */
function coverBody(response: Response, sink: Sink): void {
  const getter = inheritedGetter(response, 'body');
  if (getter === undefined) return;
  let source: unknown;
  let watched: ReadableStream<unknown> | undefined;
  Reflect.defineProperty(response, 'body', {
    configurable: true,
    enumerable: false,
    get: (): unknown => {
      const body: unknown = getter();
      if (!(body instanceof ReadableStream) || sink.ended)
        return watched !== undefined && body === source ? watched : body;
      // A clone splits the body: what was handed out before is of the stream before.
      if (body !== source) watched = watchReadableStream((source = body), sink, false);
      return watched;
    },
  });
}

/** Whichever is read first, the response or its copy, tells the end. */
function coverClone(response: Response, sink: Sink): void {
  const clone = methodOf(response, 'clone');
  if (clone === undefined) return;
  cover(response, 'clone', function (this: unknown, ...values) {
    const copy = clone.apply(this, values);
    return typeof copy === 'object' && copy !== null && isResponse(copy) ? watchResponse(copy, sink) : copy;
  });
}

function inheritedGetter(target: object, name: string): (() => unknown) | undefined {
  for (
    let holder: unknown = target;
    typeof holder === 'object' && holder !== null;
    holder = Object.getPrototypeOf(holder)
  ) {
    const own = Object.getOwnPropertyDescriptor(holder, name);
    if (own !== undefined) return own.get?.bind(target) as (() => unknown) | undefined;
  }
  return undefined;
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

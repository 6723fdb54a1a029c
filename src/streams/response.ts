import { isAbort } from './abort.js';
import { cover, isCoverable, methodOf } from './cover.js';
import { isNativePromise, nativeThen } from './promise.js';
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
  return typeof Response === 'function' && value instanceof Response;
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
  sink.pending(response, true);
  return response;
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

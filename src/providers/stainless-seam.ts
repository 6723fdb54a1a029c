import type { EmitterEvent, Seam } from '../core/seam.js';
import { hasMethod, hasOwn, own, type Json } from './json.js';

/**
 * Where the SDKs that Stainless generates (OpenAI's, Anthropic's, Groq's and more) deliver: `APIPromise`, whose `then`,
 * `catch`, `finally` and `withResponse` all go through its `parse()` and `asResponse()`, and `Stream`, whose every
 * iteration, `tee()` and `toReadableStream()` go through its own `iterator()`.
 */
export function stainlessSeam(value: object): Seam | undefined {
  if (hasOwn(value, 'responsePromise')) {
    const isPromise = hasOwn(value, 'parseResponse') && hasMethod(value, 'parse') && hasMethod(value, 'asResponse');
    return isPromise ? API_PROMISE : undefined;
  }
  if (!hasOwn(value, 'iterator') || !hasOwn(value, 'controller')) return undefined;
  return typeof value['iterator'] === 'function' && Symbol.asyncIterator in value ? STREAM : undefined;
}

const API_PROMISE: Seam = { results: ['parse'], responses: ['asResponse'], parser: 'parseResponse' };

/** After an abort the iteration of a `Stream` ends as if it were complete. */
const STREAM: Seam = { iterators: ['iterator'], signal: signalOf };

function signalOf(value: object): AbortSignal | undefined {
  return (own(value, 'controller') as { signal?: AbortSignal } | undefined)?.signal;
}

/**
 * The seam of one event stream of the SDKs (`MessageStream`, `ChatCompletionStream`, `ResponseStream`): its every event
 * goes through `_emit`; `error` and `abort` emit the `end` before they return. The final response that the SDK puts
 * together counts only where no chunk was seen: of members that it does not know, such as DeepSeek's reasoning, it has
 * the last delta.
 */
export function emitterSeam(chunkEvent: string, result: (stream: object) => unknown): Seam {
  let hasChunks = false;
  const meaning = (event: string, [detail]: readonly unknown[]): EmitterEvent | undefined => {
    if (event === chunkEvent) {
      hasChunks = true;
      return { type: 'chunk', chunk: detail };
    }
    if (event === 'error') return { type: 'error', error: detail };
    return event === 'abort' || event === 'end' ? { type: event } : undefined;
  };
  return {
    emitter: {
      method: '_emit',
      meaning,
      ended: (stream) => (stream as Json)['ended'] === true,
      result: (stream) => (hasChunks ? undefined : result(stream)),
    },
  };
}

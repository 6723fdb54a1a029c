import { markOf, type EndedCall } from './marks.js';

export type { EndedCall } from './marks.js';

/** The call that returned an object. */
export interface ReturnedCall {
  /** W3C `traceparent` of its span, to score it later; undefined where there is none. */
  readonly traceparent: string | undefined;
  /**
   * Resolves when the call has ended, with what is known of it but content; with undefined for an object that no
   * recorded call returned. Never rejects.
   */
  readonly ended: Promise<EndedCall | undefined>;
}

/**
 * The call that returned `value`: a stream, a response of a model, the promise of an SDK. Where several decorated
 * methods passed it on, the innermost. A text, and the promise of an `async` method, are not marked: await the latter,
 * or take `currentCall()` inside the method. Never throws.
 *
 * ```ts
 * const stream = await librarian.recommend('crime');
 * for await (const chunk of stream) show(chunk);
 * const { usage } = (await callOf(stream).ended) ?? {};
 * ```
 */
export function callOf(value: unknown): ReturnedCall {
  const mark = markOf(value);
  return {
    get traceparent() {
      return mark?.traceparent;
    },
    get ended() {
      return mark?.ended ?? Promise.resolve(undefined);
    },
  };
}

/** What an emitted event means to the call. */
export type EmitterEvent =
  | { readonly type: 'chunk'; readonly chunk: unknown }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'abort' }
  | { readonly type: 'end' };

export interface EmitterSeam {
  /** A method that the object calls for each event it emits: `_emit(event, ...args)`. */
  readonly method: string;
  /** Reads what an event means. */
  readonly meaning: (event: string, args: readonly unknown[]) => EmitterEvent | undefined;
  /** True where everything was emitted before anyone could watch. */
  readonly ended: (value: object) => boolean;
  /** The final response, once it has ended; or what has arrived so far. */
  readonly result: (value: object) => unknown;
}

/**
 * Where an SDK's object delivers its result, so that it can be watched without being replaced or consumed. Each name
 * is a method of the object that is covered by a non-enumerable own one.
 */
export interface Seam {
  /** Methods that return a promise of the result: watched instead of `then`. */
  readonly results?: readonly string[];
  /** Methods that return a promise of the raw web `Response`. */
  readonly responses?: readonly string[];
  /** Methods that return a new async iterator over the chunks each time. */
  readonly iterators?: readonly string[];
  readonly emitter?: EmitterSeam;
  /** Own method `(client, properties)` that parses the raw response; `properties.options.body` is the request. */
  readonly parser?: string;
  /** The signal by which the caller aborts a stream that then ends without an error. */
  readonly signal?: (value: object) => AbortSignal | undefined;
}

import type { Message, OutputMessage, Part, ToolDefinition } from '../core/messages.js';
import type { RequestRecord, Usage } from '../core/record.js';

/** What a request body says. The content is built from the body when it is first read. */
export interface RequestReading {
  operation: string;
  request: RequestRecord;
  outputType?: string;
  systemInstructions?(): Part[] | undefined;
  input?(): Message[] | undefined;
  toolDefinitions?(): ToolDefinition[] | undefined;
}

/** What a response, or the chunks of a stream so far, say. */
export interface ResponseReading {
  operation: string;
  id?: string;
  model?: string;
  finishReasons?: string[];
  usage?: Usage;
  embeddingDimensions?: number;
  /** Builds the output messages from what this reading keeps; called after the SDK's object may have changed. */
  output?(): OutputMessage[] | undefined;
  /** An error that the response itself carries (a failed background response, an error event). */
  error?: { type: string; message?: string };
}

/** Folds the chunks of one stream into one growing answer. Keeps no chunk; text beyond the cap is dropped. */
export interface Fold {
  add(chunk: object): void;
  /** The answer so far; also called for a stream that ended early. */
  read(): ResponseReading;
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
  /** A method that the object calls for each event it emits, and what its events mean. */
  readonly emitter?: EmitterSeam;
  /** Own method `(client, props)` that parses the raw response; `props.options.body` is the request. */
  readonly parser?: string;
  /** The controller by which the caller aborts a stream that then ends without an error. */
  readonly signal?: (value: object) => AbortSignal | undefined;
}

export interface EmitterSeam {
  /** `_emit(event, ...args)`. */
  readonly method: string;
  /** Reads what an event means. Must not throw. */
  readonly meaning: (event: string, args: readonly unknown[]) => EmitterEvent | undefined;
  /** True where everything was emitted before anyone could watch. */
  readonly ended: (value: object) => boolean;
  /** The final response, once it has ended; or what has arrived so far. */
  readonly result: (value: object) => unknown;
}

export type EmitterEvent =
  | { readonly type: 'chunk'; readonly chunk: unknown }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'abort' }
  | { readonly type: 'end' };

/**
 * Reads one wire shape. Recognises by shape, never by class; pure: never throws, mutates or imports the provider's
 * package (types only).
 */
export interface Provider {
  /** The semconv value of `gen_ai.provider.name` where nothing says otherwise. */
  readonly name: string;
  /** Reads a request body that this wire shape may have. Several shapes look alike: the response decides later. */
  request(body: object): RequestReading | undefined;
  /** Reads a complete response. */
  read(value: object): ResponseReading | undefined;
  /** Starts to fold a stream of which `chunk` is the first; the caller then adds it. */
  fold(chunk: object): Fold | undefined;
  /** Where the SDK's promise, stream or emitter delivers. */
  seam?(value: object): Seam | undefined;
  /** True for this provider's SDK client (or one of its resources), to tell who is asked when no answer came. */
  client?(value: object): boolean;
  /** Own property of the client that holds the SDK's own tracer, if it traces itself. */
  readonly nativeTracer?: string;
}

import type { Message, OutputMessage, Part, ToolDefinition } from '../core/messages.js';
import type { RequestRecord, RetrievedDocument, Usage } from '../core/record.js';
import type { Seam } from '../core/seam.js';

export type { EmitterEvent, EmitterSeam, Seam } from '../core/seam.js';

/** What a request body says. The content is built from the body when it is first read. */
export interface RequestReading {
  operation: string;
  request: RequestRecord;
  outputType?: string;
  /** What documents are looked up for, or put in order by. */
  query?: string;
  systemInstructions?(): Part[] | undefined;
  input?(): Message[] | undefined;
  toolDefinitions?(): ToolDefinition[] | undefined;
}

/** What a response, or the chunks of a stream so far, say. */
export interface ResponseReading {
  operation: string;
  /** `gen_ai.provider.name`, where the answer itself tells. */
  provider?: string;
  id?: string;
  model?: string;
  finishReasons?: string[];
  usage?: Usage;
  /** What the request could have asked for, of a stream that came without usage. */
  usageRemedy?: string;
  embeddingDimensions?: number;
  /** What the call gave instead of messages. */
  documents?: RetrievedDocument[];
  /** Builds the output messages from what this reading keeps; called after the SDK's object may have changed. */
  output?(): OutputMessage[] | undefined;
  /** An SDK put it together from the answers of model calls: it counts nothing where those were seen themselves. */
  isSummary?: boolean;
  /** An error that the response itself carries (a failed background response, an error event). */
  error?: { type: string; message?: string };
}

/** Folds the chunks of one stream into one growing answer. Keeps no chunk; text beyond the cap is dropped. */
export interface Fold {
  add(chunk: object): void;
  /** The answer so far; also called for a stream that ended early. */
  read(): ResponseReading;
  /** A chunk said that a signal has stopped the stream, which then ends like any other. */
  readonly isAborted?: boolean;
}

/** The methods of a client through which all its model calls go, those that it makes of its own accord too. */
export interface InnerCalls {
  /** By name: the request in a method's arguments, or undefined where the call is reported otherwise. */
  readonly requests: Readonly<Record<string, (values: readonly unknown[]) => object | undefined>>;
  /** The signal in a method's arguments. */
  readonly signalOf?: (values: readonly unknown[]) => unknown;
  /** Methods that make another client of this one. */
  readonly copies?: readonly string[];
  /** Of the server that it asks, where the client was given one. */
  readonly address?: unknown;
}

/**
 * Reads one wire shape. Recognises by shape, never by class; pure: never throws, mutates or imports the provider's
 * package (types only).
 */
export interface Provider {
  /** The semconv value of `gen_ai.provider.name` where nothing says otherwise. */
  readonly name: string;
  /** The request in what an SDK's client is given (a command, JSON as text), before anything of it is copied. */
  unwrap?(given: object): object | undefined;
  /**
   * Reads a request body that this wire shape may have. Several shapes look alike: the response decides later.
   * `isCertain`: the answer, or the client that it was sent through, tells that it is this provider's.
   */
  request(body: object, isCertain?: boolean): RequestReading | undefined;
  /** Reads a complete response. */
  read(value: object): ResponseReading | undefined;
  /** Starts to fold a stream of which `chunk` is the first; the caller then adds it. */
  fold(chunk: object): Fold | undefined;
  /** Where the SDK's promise, stream or emitter delivers. */
  seam?(value: object): Seam | undefined;
  /** True for this provider's SDK client (or one of its resources), to tell who is asked when no answer came. */
  client?(value: object): boolean;
  /** `gen_ai.provider.name` where such a client itself says it, whatever the address it asks. */
  clientName?(value: object): string | undefined;
  /** The model that such a client asks, where its requests do not name one. */
  clientModel?(value: object): string | undefined;
  /** Where such a client makes its model calls itself, by whichever of its methods it is asked. */
  innerCalls?(value: object): InnerCalls | undefined;
  /** Own property of the client that holds the SDK's own tracer, if it traces itself. */
  readonly nativeTracer?: string;
  /** Instrumentation scopes of the spans that the SDK makes around such a client's calls, where it traces itself so. */
  readonly nativeScopes?: readonly string[];
}

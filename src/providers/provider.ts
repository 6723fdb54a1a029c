import type { Message, OutputMessage, Part, ToolDefinition } from '../core/messages.js';
import type { RequestRecord, Usage } from '../core/record.js';
import type { Seam } from '../core/seam.js';

export type { EmitterEvent, EmitterSeam, Seam } from '../core/seam.js';

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
  /** `gen_ai.provider.name` where such a client itself says it, whatever the address it asks. */
  clientName?(value: object): string | undefined;
  /** Own property of the client that holds the SDK's own tracer, if it traces itself. */
  readonly nativeTracer?: string;
}

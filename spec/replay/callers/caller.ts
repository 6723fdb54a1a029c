import type { Recording } from '../recording.js';

/**
 * Calls the recordings of one SDK again. Adding an SDK is one file here and one line in `registry.ts`. The SDK is
 * imported only when a recording needs it.
 */
export interface Caller {
  readonly apis: readonly string[];
  /** Undefined where the SDK has no method for this recording. */
  prepare(recording: Recording, base: string): Promise<PreparedCall | undefined>;
}

/** One request, ready to be sent as often as wanted. */
export interface PreparedCall {
  /** The body that must arrive at the server. */
  readonly body: unknown;
  /** A client of its own for each way of calling: an observed client stays observed. */
  client(use: ClientUse): object;
  /** What the SDK's method returns, untouched. */
  send(client: object): unknown;
  /** The same request through the SDK's helper that assembles a stream, where it has one. */
  sendByHelper?(client: object): unknown;
  /** The text in one response or chunk, for a method that returns only the text. */
  text(value: unknown): string;
  /** The model that is asked, where the body does not name it. */
  readonly model?: string;
  /** How many values the SDK's stream yields for this recording. */
  readonly chunks?: number;
  /** `gen_ai.provider.name`, where anything tells it on a loopback address. */
  readonly providerName?: string;
  /** The same where the client tells more than its answers do. */
  readonly clientProviderName?: string;
  /** True where the SDK keeps the token counts of this answer to itself. */
  readonly hidesUsage?: boolean;
  /** True where only the address asked tells the provider: an SDK's stream helper by itself does not know it. */
  readonly addressTellsProvider?: boolean;
}

/** Whether the client may trace itself (an SDK that does so by default). */
export interface ClientUse {
  readonly selfTracing: boolean;
}

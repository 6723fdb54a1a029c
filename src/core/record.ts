import type { CapturedAttributes } from './content.js';
import type { Message, OutputMessage, Part, ToolDefinition } from './messages.js';

/** A value that is built from a snapshot when it is first read: rendering is paid at export, not by the caller. */
export type Lazy<T> = () => T | undefined;

/**
 * How a call ended. Only `error` is an error of the callee; `cancelled`: the consumer stopped early; `aborted`: by a
 * signal; `abandoned`: nobody consumed it; `shutdown`: it was still open when telemetry was shut down.
 */
export type Outcome = 'completed' | 'error' | 'cancelled' | 'aborted' | 'abandoned' | 'shutdown';

export interface RequestRecord {
  model?: string;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  stopSequences?: string[];
  seed?: number;
  /** Only when it is not 1. */
  choiceCount?: number;
  /** Only ever true. */
  stream?: boolean;
  encodingFormats?: string[];
}

export interface ResponseRecord {
  id?: string;
  model?: string;
  /** One per choice, in choice order, as the provider spells them. */
  finishReasons?: string[];
  /** Seconds from the start of the call to the first chunk; streams only. */
  timeToFirstChunkSeconds?: number;
}

/**
 * Token counts in the meaning of the conventions: `inputTokens` includes cached ones, `outputTokens` includes
 * reasoning. A count that the provider did not send is absent, never 0.
 */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  cacheReadInputTokens?: number;
  cacheCreationInputTokens?: number;
  reasoningOutputTokens?: number;
  /** The provider's own numbers without a convention, under its own names, nested ones joined by dots. */
  raw?: Record<string, number>;
}

/** The content of a model call. Each part is absent where the call has none. */
export interface MessagesRecord {
  systemInstructions?: Lazy<Part[]>;
  input?: Lazy<Message[]>;
  output?: Lazy<OutputMessage[]>;
  toolDefinitions?: Lazy<ToolDefinition[]>;
}

export interface PromptRecord {
  name?: string;
  /** A short hash of the template unless the application gave one. */
  version?: string;
  template: string;
  /** A snapshot of the values by name. */
  variables?: Record<string, unknown>;
  rendered?: string;
  metadata?: Readonly<Record<string, string | number | boolean>>;
  tags?: readonly string[];
}

/** Whose conversation a call belongs to: what `withSession` says. */
export interface SessionRecord {
  id?: string;
  userId?: string;
  /** Of the trace, for people. */
  name?: string;
  tags?: string[];
  metadata?: Record<string, string | number | boolean>;
  /** `deployment.environment.name`, where it differs from the process's. */
  environment?: string;
  /** `service.version`, where it differs from the process's. */
  release?: string;
}

/** One evaluation of a call: `gen_ai.evaluation.result`. */
export interface ScoreRecord {
  name: string;
  value?: number;
  /** What the value means, or the verdict where there is no number: `pass`, `relevant`. */
  label?: string;
  explanation?: string;
  /** Milliseconds since the epoch. */
  time: number;
}

/** The tags of the session and those of the call, each once. */
export function allTags({ session, tags }: CallRecord): string[] {
  return [...new Set([...(session?.tags ?? []), ...(tags ?? [])])];
}

/** What one token costs, in US dollars, as the application said. */
export interface PriceRecord {
  inputToken?: number;
  outputToken?: number;
}

export interface Cost {
  input?: number;
  output?: number;
  total: number;
}

/** What the tokens of a call cost, in US dollars; undefined where no price or no usage is known. */
export function costOf({ price, usage }: CallRecord): Cost | undefined {
  const input = product(price?.inputToken, usage?.inputTokens);
  const output = product(price?.outputToken, usage?.outputTokens);
  return input === undefined && output === undefined
    ? undefined
    : { input, output, total: (input ?? 0) + (output ?? 0) };
}

function product(price: number | undefined, tokens: number | undefined): number | undefined {
  const cost = price === undefined || tokens === undefined ? NaN : price * tokens;
  return Number.isFinite(cost) ? cost : undefined;
}

export interface WorkflowRecord {
  name: string;
}

export interface ToolRecord {
  name: string;
  description?: string;
  type?: string;
  callId?: string;
  /** What the model said about its call beside the arguments, for instance its `confidence`; a snapshot. */
  notes?: Record<string, unknown>;
}

/** One document that was found, or put in order. */
export interface RetrievedDocument {
  id?: string;
  score?: number;
  /** The lower, the nearer; which measure it is, only the store knows. */
  distance?: number;
  content?: string;
  metadata?: Record<string, unknown>;
}

export interface RetrievalRecord {
  /** `gen_ai.data_source.id`. */
  dataSource?: string;
  query?: string;
  /** The most documents that were asked for. */
  topK?: number;
  /** Those that were found, as a snapshot; empty where none were. */
  documents?: RetrievedDocument[];
}

export interface AgentRecord {
  name?: string;
  id?: string;
  version?: string;
  description?: string;
  tools?: string[];
  handoffs?: string[];
}

export interface ErrorRecord {
  /** `error.type`: the provider's status or code, else the class name, else `_OTHER`. */
  type: string;
  /** `exception.type`: the class name. */
  name: string;
  message?: string;
  stack?: string;
}

/** Everything known of one call, complete before any dialect reads it. Fields are the semconv names in camelCase. */
export class CallRecord {
  /** Replaces the span's name, where the application asked for the conventions' names. */
  spanName: string | undefined;
  operation: string | undefined;
  provider: string | undefined;
  serverAddress: string | undefined;
  serverPort: number | undefined;
  /** `code.function.name`, for instance `Librarian.recommendBook`. */
  functionName: string | undefined;
  request: RequestRecord | undefined;
  response: ResponseRecord | undefined;
  usage: Usage | undefined;
  /** What the request could have asked for, where a complete stream came without usage. Never an attribute. */
  usageRemedy: string | undefined;
  messages: MessagesRecord | undefined;
  outputType: string | undefined;
  embeddingDimensions: number | undefined;
  prompt: PromptRecord | undefined;
  tool: ToolRecord | undefined;
  agent: AgentRecord | undefined;
  retrieval: RetrievalRecord | undefined;
  workflow: WorkflowRecord | undefined;
  session: SessionRecord | undefined;
  scores: ScoreRecord[] | undefined;
  price: PriceRecord | undefined;
  /** Snapshot of the call's arguments, and of what it returned or streamed. */
  arguments: unknown;
  result: unknown;
  streamChunks: number | undefined;
  /** When the call started, which a model call inside it may have done later: milliseconds since the epoch. */
  startTime: number | undefined;
  outcome: Outcome | undefined;
  error: ErrorRecord | undefined;
  tags: string[] | undefined;
  metadata: Record<string, string | number | boolean> | undefined;
  /** Of a convention that every dialect writes alike: `messaging.*`. */
  attributes: CapturedAttributes | undefined;
  /** The method returned a promise or a stream of its own time, not a value or a sync iterator. */
  isAsync = false;
  /** A response was recognised, its request is not known. */
  requestMissing = false;
  /** The returned object could not be watched (frozen). */
  unobserved = false;
}

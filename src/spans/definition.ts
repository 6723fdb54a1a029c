import type { Context, Link, SpanKind, Tracer } from '@opentelemetry/api';
import type { CallRecord } from '../core/record.js';
import type { ContentOption, ContentSwitches } from '../core/settings.js';
import type { PromptTemplate } from '../prompts/template.js';
import type { MethodMiddleware } from './hooked-call.js';
import type { SpanStart } from './start-span.js';

/** Options that every decorator takes. */
export interface CallOptions {
  /** The span's name, or the name of the tool or agent. Default: the method's name. */
  name?: string;
  /** Attributes for the span. */
  attributes?: Record<string, string | number | boolean>;
  /** Written as `decotel.tags`. */
  tags?: readonly string[];
  /** Written as `decotel.metadata.<key>`. */
  metadata?: Record<string, string | number | boolean>;
  /** Switches content of this method off (`false`) or single kinds of it; never on where another rule is stricter. */
  content?: ContentOption;
  /** May remove or replace what is recorded, before it is masked and bounded. */
  capture?: (call: CallRecord) => void;
}

/** Where a call comes from, where that is not what is active when it is made. */
export interface Origin {
  readonly parent: Context;
  readonly links?: Link[];
}

/** What one family of decorators declares about its spans. */
export interface CallKind {
  /** As people write it, for messages: `@tool`. */
  readonly decorator: string;
  readonly spanKind: SpanKind;
  /** `gen_ai.operation.name` before the response says otherwise. */
  readonly operation: string | undefined;
  /** A model call takes over what a call through an observed client inside it did. */
  readonly isModelCall: boolean;
  spanName(definition: CallDefinition): string;
  /** Tells from the arguments where the call comes from; absent: from what is active. */
  origin?(options: CallOptions, args: readonly unknown[], active: Context): Origin;
  /** Writes what the decorator's options say into the record, and what is known of the object that is called. */
  describe(record: CallRecord, options: CallOptions, self?: unknown): void;
  /** Reads the arguments of a call that is recorded, before the method gets them. */
  readArguments?(record: CallRecord, options: CallOptions, args: readonly unknown[]): void;
  /** Reads what the method returned, where that is no response of a model; gives what is recorded of it. */
  readResult?(record: CallRecord, options: CallOptions, value: unknown): unknown;
  /** Adds what follows from the rest of the record. */
  complete?(record: CallRecord, options: CallOptions): void;
}

/** One decorated method. */
export interface CallDefinition {
  readonly kind: CallKind;
  readonly methodName: string;
  readonly options: CallOptions;
  /** `code.function.name`; the class is only known at the call in the standard decorator mode. */
  functionName(self: unknown): string;
  /** What its option `content` allows, once it was read. */
  content?: ContentSwitches;
  /** Another tracer than decotel's own; undefined: none, the bare call. */
  tracer?(): Tracer | undefined;
  /** How its spans start: put together at the first call, and anew where the settings or the class changed. */
  start?: { readonly start: SpanStart; readonly functionName: string; readonly settings: object };
}

/** What all decorators of one method said together. Their order does not matter. */
export interface MethodDefinition {
  /** Absent while only a prompt template was declared. */
  call?: CallDefinition;
  prompt?: PromptTemplate;
  /** What decorators of the application's own do around the call. */
  middleware?: MethodMiddleware;
}

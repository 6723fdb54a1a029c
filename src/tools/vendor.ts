import type { JsonSchema } from './json-schema.js';
import type { ToolOutcome } from './run-tool.js';

/** A tool as models are told of it. */
export interface ToolFacts {
  readonly name: string;
  readonly description?: string;
  readonly parameters: JsonSchema;
}

/** Runs a tool with the arguments that a model gave; rejects where they are refused. */
export type Execute = (name: string, given: unknown, options: unknown) => Promise<unknown>;

/** Any object of an SDK, read by its members. */
export type Fields = Readonly<Record<string, unknown>>;

/** A call as an SDK says it: nothing is known of its members' types. */
export interface AskedCall {
  readonly id: unknown;
  readonly name: unknown;
  readonly given: unknown;
  /** Which of several kinds it is, where the answer must say so. */
  readonly type?: unknown;
}

/** One SDK's way to define tools, to ask for them and to be answered. */
export interface ToolVendor {
  define(tools: readonly ToolFacts[], execute: Execute): unknown;
  /** The calls in an answer; undefined where it is not one of this SDK's. */
  callsIn(answer: Fields): unknown;
  /** Undefined where it is no call of this SDK that an application answers. */
  read(call: Fields): AskedCall | undefined;
  /** The part of a message that answers one call. */
  answer(call: AskedCall, outcome: ToolOutcome): object;
  /** The messages that carry these parts, of which there is at least one. */
  messages(parts: readonly object[]): readonly object[];
}

/** Of a list of choices or candidates, one is answered: the first. */
export function firstOf(list: unknown): Fields {
  return (Array.isArray(list) ? ((list as unknown[])[0] as Fields | undefined) : undefined) ?? {};
}

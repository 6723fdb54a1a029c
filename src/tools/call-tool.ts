import { DecotelError } from '../core/decotel-error.js';
import { described, misuse } from '../core/misuse.js';
import { checkOptions, type OptionTypes } from '../core/options.js';
import type { AiSdkToolCall, AiSdkToolMessage } from './ai-sdk.js';
import type { AnthropicToolCall, AnthropicToolMessage } from './anthropic.js';
import type { GeminiToolCall, GeminiToolMessage } from './gemini.js';
import { isObject } from './json-schema.js';
import type { OpenAiToolCall, OpenAiToolMessage } from './openai-chat.js';
import type { OpenAiResponsesToolCall, OpenAiResponsesToolOutput } from './openai-responses.js';
import { runTool } from './run-tool.js';
import { requireHolder } from './tool-methods.js';
import type { AskedCall, Fields, ToolVendor } from './vendor.js';
import { toolVendors } from './vendors.js';

export interface CallToolOptions {
  /**
   * What the model is told where a tool throws: the error's own text was not written for it. Without this, or where it
   * throws, the error is the caller's.
   */
  onError?: (error: unknown, tool: string) => string;
}

const OPTIONS: OptionTypes<CallToolOptions> = { onError: 'a function' };

/** A call as one of the SDKs says it; of Gemini, also the part that holds it. */
export type ToolCall =
  | OpenAiToolCall
  | OpenAiResponsesToolCall
  | AnthropicToolCall
  | AiSdkToolCall
  | GeminiToolCall
  | { readonly functionCall?: GeminiToolCall };

/** The message that answers a call. */
export type ToolMessage<Call> = Call extends OpenAiToolCall
  ? OpenAiToolMessage
  : Call extends OpenAiResponsesToolCall
    ? OpenAiResponsesToolOutput
    : Call extends AnthropicToolCall
      ? AnthropicToolMessage
      : Call extends AiSdkToolCall
        ? AiSdkToolMessage
        : GeminiToolMessage;

/**
 * Runs the `@tool` method that a model asks for and returns the message to append. The arguments are checked first:
 * arguments that do not fit, and tools that do not exist, become an error message to the model, and run nothing.
 * `__confidence__` and other `__names__` among the arguments are recorded and not passed on.
 *
 * Rejects with what the tool throws, unless `onError` says what the model is told; and with a `DecotelError` for what
 * is no call, and for options that are none.
 *
 * ```ts
 * for (const call of message.content) if (call.type === 'tool_use') messages.push(await callTool(this, call));
 * ```
 */
export async function callTool<Call extends ToolCall>(
  self: object,
  call: Call,
  options: CallToolOptions = {},
): Promise<ToolMessage<Call>> {
  requireHolder('callTool', self);
  const checked = checkOptions('callTool', options, OPTIONS);
  const asked = read(call);
  if (asked === undefined) {
    throw misuse('callTool', `expected a call of ${SDKS}, got ${described(call)}`, 'Hand over the call.');
  }
  return asked.vendor.messages([await answered(self, asked, checked)])[0] as ToolMessage<Call>;
}

/**
 * Runs all tools that an answer, or a list of calls, asks for, at the same time, and returns the messages to append:
 * none where it asks for no tool. See `callTool`; of several tools that throw, the first is told, once all are done.
 *
 * A stream is handed over when it is complete: what `stream.finalMessage()` and the like give.
 */
export function callTools<Call extends ToolCall>(
  self: object,
  calls: readonly Call[],
  options?: CallToolOptions,
): Promise<ToolMessage<Call>[]>;
/** A result of the AI SDK; those calls that the SDK answered itself are left out. */
export function callTools(
  self: object,
  answer: { readonly toolCalls: unknown },
  options?: CallToolOptions,
): Promise<AiSdkToolMessage[]>;
export function callTools(
  self: object,
  answer: { readonly choices: readonly object[] },
  options?: CallToolOptions,
): Promise<OpenAiToolMessage[]>;
export function callTools(
  self: object,
  answer: { readonly output: readonly object[] },
  options?: CallToolOptions,
): Promise<OpenAiResponsesToolOutput[]>;
export function callTools(
  self: object,
  answer: { readonly content: readonly object[] },
  options?: CallToolOptions,
): Promise<AnthropicToolMessage[]>;
export function callTools(
  self: object,
  answer: { readonly candidates?: readonly object[] },
  options?: CallToolOptions,
): Promise<GeminiToolMessage[]>;
export async function callTools(self: object, answer: object, options: CallToolOptions = {}): Promise<object[]> {
  requireHolder('callTools', self);
  const checked = checkOptions('callTools', options, OPTIONS);
  const calls = (await callsIn(answer)).flatMap((call) => read(call) ?? []);
  // All are waited for: a tool that goes on after its agent has failed is nobody's.
  const results = await Promise.allSettled(calls.map((call) => answered(self, call, checked)));
  const parts = results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return calls[0] === undefined ? [] : [...calls[0].vendor.messages(parts)];
}

async function callsIn(answer: unknown): Promise<readonly unknown[]> {
  if (Array.isArray(answer)) return answer as unknown[];
  for (const vendor of isObject(answer) ? Object.values(toolVendors) : []) {
    const calls = await vendor.callsIn(answer as Fields);
    if (Array.isArray(calls)) return calls as unknown[];
  }
  const problem = `expected an answer of ${SDKS}, got ${described(answer)}`;
  throw misuse('callTools', problem, 'Hand over the complete answer, or a list of its calls.');
}

const SDKS = 'OpenAI, Anthropic, Gemini or the AI SDK';

interface Asked {
  readonly vendor: ToolVendor;
  readonly call: AskedCall;
}

function read(value: unknown): Asked | undefined {
  if (!isObject(value)) return undefined;
  for (const vendor of Object.values(toolVendors)) {
    const call = vendor.read(value as Fields);
    if (call !== undefined) return { vendor, call };
  }
  return undefined;
}

async function answered(self: object, { vendor, call }: Asked, { onError }: CallToolOptions): Promise<object> {
  const { given } = call;
  const name = String(call.name);
  const id = typeof call.id === 'string' ? call.id : undefined;
  try {
    return vendor.answer(call, await runTool(self, { name, id, given }));
  } catch (error) {
    // A misuse is for the developer.
    if (onError === undefined || DecotelError.isDecotelError(error)) throw error;
    return vendor.answer(call, { refusal: onError(error, name) });
  }
}

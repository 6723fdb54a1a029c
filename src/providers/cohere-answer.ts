import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { asList, asName, asRecord, type Json } from './json.js';
import { readAnswer } from './answer.js';
import type { ResponseReading } from './provider.js';
import { readUsage, type CountNames } from './usage.js';
import { wireNames } from './wire-names.js';

/** A message of v2, which is that of Chat Completions; its citations are left behind. */
export function readMessage({ id, message, finish_reason, usage }: Json): ResponseReading {
  const { role, content, tool_plan, tool_calls } = asRecord(message) ?? {};
  return readAnswer({ id: asName(id), usage: readCohereUsage(usage) }, [
    { message: snapshot({ role, content, tool_plan, tool_calls }) as Json, finishReason: asName(finish_reason) },
  ]);
}

/** An answer of v1, as a message of v2. */
export function readText({ response_id, text, tool_calls, finish_reason, meta }: Json): ResponseReading {
  const message = { content: text, tool_calls: toolCalls(tool_calls) };
  return readMessage({ id: response_id, message, finish_reason, usage: meta });
}

/** Calls of v1, which have no ids, as Chat Completions spells them. */
export function toolCalls(calls: unknown): Json[] {
  return asList(calls).map((call, index) => {
    const { name, parameters } = asRecord(call) ?? {};
    return { index, function: { name, arguments: parameters } };
  });
}

/** The conventions let what was billed win over what was consumed. */
export function readCohereUsage(value: unknown): Usage | undefined {
  const usage = readUsage(wireNames(value), COUNTS);
  if (usage === undefined) return undefined;
  usage.inputTokens ??= usage.raw?.['tokens.input_tokens'];
  usage.outputTokens ??= usage.raw?.['tokens.output_tokens'];
  return usage;
}

const COUNTS: CountNames = {
  billed_units: { input_tokens: 'inputTokens', output_tokens: 'outputTokens' },
  cached_tokens: 'cacheReadInputTokens',
  tokens: { reasoning_tokens: 'reasoningOutputTokens' },
};

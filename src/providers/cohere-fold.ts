import type { Usage } from '../core/record.js';
import { asList, asName, asRecord, asText, own, type Json } from './json.js';
import { wireCall } from './langchain-message.js';
import { ChatFold } from './openai-chat-fold.js';
import type { Fold } from './provider.js';
import { readUsage, type CountNames } from './usage.js';
import { wireNames } from './wire-names.js';

/** Answers and events of v1 and of v2, as chunks of Chat Completions. */
export function cohereFold(): Fold {
  let fold = new ChatFold({}, readCohereUsage);
  return {
    add(chunk) {
      const event = wireNames(chunk) as Json;
      const type = asText(event['event_type']);
      if (type !== undefined && !OLD_EVENTS.test(type)) return;
      // The last event of v1 repeats everything.
      if (type === 'stream-end') fold = new ChatFold({}, readCohereUsage);
      fold.add(chatChunk({ ...event, ...asRecord(event['delta']), ...asRecord(event['response']) }));
    },
    read: () => fold.read(),
  };
}

const OLD_EVENTS = /^(text-generation|tool-calls-generation|stream-end)$/;

/** v1 has all that v2 has in a message beside it, and its calls have no ids. */
function chatChunk({
  id,
  response_id,
  index,
  message,
  text,
  tool_calls: calls,
  finish_reason,
  usage,
  meta,
}: Json): Json {
  const said = asRecord(message) ?? {
    content: text,
    tool_calls: asList(calls).map((call, at) => wireCall({ ...asRecord(call), index: at })),
  };
  const { role, content, tool_plan, tool_calls } = said;
  return {
    id: id ?? response_id,
    usage: usage ?? meta,
    choices: [
      {
        finish_reason,
        delta: {
          role,
          content: own(content, 'text') ?? content,
          reasoning_content: own(content, 'thinking'),
          tool_plan,
          tool_calls: Array.isArray(tool_calls) ? tool_calls : tool_calls && [{ index, ...tool_calls }],
        },
      },
    ],
  };
}

/** v2 says `type`, v1 `event_type`, which its SDK renames. */
export function typeOfEvent(event: object): string | undefined {
  return asName(own(event, 'type') ?? own(event, 'event_type') ?? own(event, 'eventType'));
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

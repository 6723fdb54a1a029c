import { snapshot } from '../core/snapshot.js';
import { readCohereUsage, readText, toolCalls } from './cohere-answer.js';
import { asName, asRecord, own, type Json } from './json.js';
import { ChatFold, respelt } from './openai-chat-fold.js';
import type { Fold, ResponseReading } from './provider.js';
import { wireNames } from './wire-names.js';

/** Events of v1 and of v2, as chunks of Chat Completions. */
export function cohereFold(): Fold {
  let whole: ResponseReading | undefined;
  return respelt(
    new ChatFold({}, readCohereUsage),
    (chunk) => {
      const event = wireNames(chunk) as Json;
      const type = typeOfEvent(event) ?? '';
      // The last event of v1 repeats everything.
      if (type === 'stream-end') whole = readText({ ...event, ...asRecord(event['response']) });
      return V1.has(type) ? oldChunk(event) : chatChunk(event);
    },
    (reading) => whole ?? reading,
  );
}

const V1 = new Set(['text-generation', 'tool-calls-generation']);

function oldChunk({ text, tool_calls }: Json): Json {
  return { choices: [{ delta: tool_calls ? { tool_calls: toolCalls(snapshot(tool_calls)) } : { content: text } }] };
}

/** All events of v2 are made alike. */
function chatChunk({ id, index, delta }: Json): Json {
  const { message, usage, finish_reason } = asRecord(delta) ?? {};
  const { role, content, tool_plan, tool_calls } = asRecord(message) ?? {};
  const call = asRecord(tool_calls);
  return {
    id,
    usage,
    choices: asRecord(delta) && [
      {
        finish_reason,
        delta: {
          role,
          content: own(content, 'text'),
          reasoning_content: own(content, 'thinking'),
          tool_plan,
          tool_calls: call && [{ index, ...call }],
        },
      },
    ],
  };
}

/** v2 says `type`, v1 `event_type`, which its SDK renames. */
export function typeOfEvent(event: object): string | undefined {
  return asName(own(event, 'type') ?? own(event, 'event_type') ?? own(event, 'eventType'));
}

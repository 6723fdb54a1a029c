import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { readCohereUsage, readText, toolCalls } from './cohere-answer.js';
import { asName, asRecord, own, type Json } from './json.js';
import { ChatFold } from './openai-chat-fold.js';
import type { Fold, ResponseReading } from './provider.js';
import { wireNames } from './wire-names.js';

/** Events of v1 and of v2, as chunks of Chat Completions. */
export class CohereFold implements Fold {
  private readonly chat = new ChatFold({});
  private usage: Usage | undefined = undefined;
  /** The last event of v1 repeats everything. */
  private whole: ResponseReading | undefined = undefined;

  add(chunk: object): void {
    const event = wireNames(chunk) as Json;
    const delta = asRecord(event['delta']) ?? {};
    const message = asRecord(delta['message']) ?? {};
    switch (typeOfEvent(event)) {
      case 'message-start':
        return this.chat.add({ id: event['id'], choices: [{ delta: { role: message['role'] } }] });
      case 'content-start':
      case 'content-delta': {
        const { text, thinking } = asRecord(message['content']) ?? {};
        return this.addDelta({ content: text, reasoning_content: thinking });
      }
      case 'tool-plan-delta':
        return this.addDelta({ tool_plan: message['tool_plan'] });
      case 'tool-call-start':
      case 'tool-call-delta':
        return this.addDelta({ tool_calls: [{ index: event['index'], ...asRecord(message['tool_calls']) }] });
      case 'message-end':
        this.usage = readCohereUsage(delta['usage']);
        return this.chat.add({ choices: [{ finish_reason: delta['finish_reason'] }] });
      case 'text-generation':
        return this.addDelta({ content: event['text'] });
      case 'tool-calls-generation':
        return this.addDelta({ tool_calls: toolCalls(snapshot(event['tool_calls'])) });
      case 'stream-end':
        this.whole = readText({ finish_reason: event['finish_reason'], ...asRecord(event['response']) });
    }
  }

  read(): ResponseReading {
    if (this.whole !== undefined) return this.whole;
    return { ...this.chat.read(), usage: this.usage };
  }

  private addDelta(delta: Json): void {
    this.chat.add({ choices: [{ delta }] });
  }
}

/** v2 says `type`, v1 `event_type`, which its SDK renames. */
export function typeOfEvent(event: object): string | undefined {
  return asName(own(event, 'type') ?? own(event, 'event_type') ?? own(event, 'eventType'));
}

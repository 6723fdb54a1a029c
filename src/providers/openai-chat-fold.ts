import { decodedLength, Media } from '../core/media.js';
import type { Part } from '../core/messages.js';
import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { readAnswer, type Choice } from './answer.js';
import { contentPart } from './content-parts.js';
import { GrowingObject, Slots } from './growing.js';
import { asList, asName, asNumber, asRecord, asText, hasOwn, own, type Json } from './json.js';
import { answeredBy, readOpenaiUsage, searchedPart, USAGE_REMEDY } from './openai-chat-answer.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';

/** Chunks of a chat completion, joined to the message that they would have been. */
export class ChatFold implements Fold {
  #facts: Partial<ResponseReading> = {};
  #found: Part | undefined = undefined;
  readonly #choices = new Slots<ChoiceFold>();

  /** `said` is what every answer says that comes in such chunks; `countsOf` reads what they send as their usage. */
  constructor(
    private readonly said: Partial<ResponseReading> = { usageRemedy: USAGE_REMEDY },
    private readonly countsOf: (usage: unknown, former: Usage | undefined) => Usage | undefined = readOpenaiUsage,
  ) {}

  add(chunk: object): void {
    const { id, model, choices, usage, x_groq, error } = chunk as Json;
    const list = asList(choices);
    if (this.#beginsAnother(asName(id), asRecord(list[0]))) {
      this.#facts = {};
      this.#found = undefined;
      this.#choices.clear();
    }
    const facts = this.#facts;
    this.said.provider ??= answeredBy(chunk as Json);
    facts.id ??= asName(id);
    facts.model ??= asName(model);
    // Perplexity repeats what it found with every chunk.
    this.#found ??= searchedPart(chunk as Json);
    // The last chunk with a usage counts: Perplexity sends a growing one with every chunk. Groq had its own place for it.
    facts.usage = this.countsOf(usage ?? own(x_groq, 'usage'), facts.usage) ?? facts.usage;
    facts.error = readResponseError(error) ?? facts.error;
    list.forEach((value, position) => {
      const choice = asRecord(value);
      if (choice === undefined) return;
      const index = asNumber(choice['index']) ?? position;
      (this.#choices.get(index) ?? this.#choices.set(index, new ChoiceFold()))?.add(choice);
      facts.error ??= readResponseError(choice['error']);
    });
  }

  read(): ResponseReading {
    const facts = this.#facts;
    const { said } = this;
    const usageRemedy = facts.usage === undefined ? said.usageRemedy : undefined;
    const choices = this.#choices.values().map((choice) => choice.read());
    return readAnswer({ ...said, ...facts, usageRemedy }, choices, this.#found);
  }

  /** `runTools()` streams one completion after the other, and the last is the answer. Some servers number each chunk. */
  #beginsAnother(id: string | undefined, choice: Json | undefined): boolean {
    if (id === undefined || id === this.#facts.id || choice === undefined) return false;
    const reason = this.#choices.get(asNumber(choice['index']) ?? 0)?.finishReason;
    return (reason === 'tool_calls' || reason === 'function_call') && hasOwn(choice['delta'], 'role');
  }
}

class ChoiceFold {
  finishReason: string | undefined = undefined;
  readonly #message = new GrowingObject();
  readonly #audio = new GrowingObject();
  #audioBytes = 0;
  /** The newest first. */
  readonly #calls: GrowingObject[] = [];

  add(choice: Json): void {
    this.finishReason = asName(choice['finish_reason']) ?? this.finishReason;
    // Writer's first chunks have a `message` where others have a `delta`; the legacy completions have a text.
    const delta = asRecord(choice['delta']) ?? asRecord(choice['message']) ?? { content: choice['text'] };
    const { role, content, reasoning_content, reasoning, refusal, tool_plan } = delta;
    const { audio, images, tool_calls, function_call, executed_tools } = delta;
    const message = this.#message;
    message.members['role'] ??= role;
    message.grow('content', content);
    message.grow('reasoning_content', reasoning_content ?? reasoning);
    message.grow('refusal', refusal);
    message.grow('tool_plan', tool_plan);
    for (const piece of asList(content)) this.#addPart(piece);
    this.#addAudio(asRecord(audio));
    // OpenRouter's, each another.
    for (const image of asList(images)) this.#put('images', {}, image);
    for (const call of asList(tool_calls)) this.#addCall(asRecord(call));
    if (function_call) this.#addCall({ function: function_call });
    // Groq ran them itself: first the call, then the same with what came out of it.
    for (const tool of asList(executed_tools)) this.#put('executed_tools', own(tool, 'index'), tool);
  }

  read(): Choice {
    return {
      finishReason: this.finishReason,
      message: {
        ...this.#message.read(),
        audio: {
          ...this.#audio.read(),
          data: this.#audioBytes > 0 ? new Media(undefined, this.#audioBytes) : undefined,
        },
        tool_calls: this.#calls.map((call) => call.read()).reverse(),
      },
    };
  }

  /** Mistral's models stream parts once they think. */
  #addPart(value: unknown): void {
    for (const part of contentPart(value)) {
      if (part.type === 'text') this.#message.grow('content', own(part, 'content'));
      else if (part.type === 'reasoning') this.#message.grow('reasoning_content', own(part, 'content'));
    }
  }

  #addAudio({ id, data, transcript }: Json = {}): void {
    this.#audio.members['id'] ??= id;
    this.#audio.grow('transcript', transcript);
    if (typeof data === 'string') this.#audioBytes += decodedLength(data);
  }

  #put(list: string, key: unknown, value: unknown): void {
    const item = asRecord(snapshot(value));
    if (item !== undefined) Object.assign(this.#message.item(list, key)?.members ?? {}, item);
  }

  #addCall(delta: Json = {}): void {
    const called = asRecord(delta['function']) ?? asRecord(delta['custom']);
    const id = asName(delta['id']);
    const index = asNumber(delta['index']);
    const name = asName(called?.['name']);
    let call = this.#calls.find(({ members }) =>
      index === undefined ? id === undefined || members['id'] === id : members['index'] === index,
    );
    // Gemini's endpoint gives each of its parallel calls the index 0; old versions of vLLM give each delta an id.
    const isAnother = id !== undefined && name !== undefined && (call?.members['id'] ?? id) !== id;
    if (call === undefined || isAnother) {
      if (this.#calls.length >= settings().limits.items) return;
      this.#calls.unshift((call = new GrowingObject({ type: 'function_call', index })));
    }
    const input = called?.['arguments'] ?? called?.['input'];
    call.members['id'] ??= id;
    call.members['name'] ??= name;
    if (typeof input === 'object') call.members['arguments'] = snapshot(input);
    call.grow('arguments', asText(input) ?? '');
  }
}

/** The fold of chunks that say the same in other words. None are made of those that `respell` has no words for. */
export function respelt(
  inner: Fold,
  respell: (chunk: Json) => object | undefined,
  finish = (reading: ResponseReading) => reading,
): Fold {
  return {
    add(chunk) {
      const words = respell(chunk as Json);
      if (words !== undefined) inner.add(words);
    },
    read: () => finish(inner.read()),
  };
}

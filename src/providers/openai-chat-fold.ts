import { Media } from '../core/media.js';
import type { Part } from '../core/messages.js';
import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { GrowingText } from './growing-text.js';
import { asList, asName, asNumber, asRecord, hasOwn, type Json } from './json.js';
import {
  answeredBy,
  readChatAnswer,
  readChatUsage,
  searchedPart,
  USAGE_REMEDY,
  type ChatChoice,
} from './openai-chat-answer.js';
import { openaiPart } from './openai-part.js';
import { decodedBytes } from './part.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';

/** Chunks of a chat completion, joined to the message that they would have been. */
export class ChatFold implements Fold {
  private provider: string | undefined = undefined;
  private id: string | undefined = undefined;
  private model: string | undefined = undefined;
  private usage: Usage | undefined = undefined;
  private error: ResponseReading['error'] = undefined;
  private found: Part | undefined = undefined;
  private readonly choices = new Map<number, ChoiceFold>();

  add(chunk: object): void {
    const { id, model, choices, usage, x_groq, error } = chunk as Json;
    const list = asList(choices);
    if (this.beginsAnother(asName(id), asRecord(list[0]))) this.restart();
    this.provider ??= answeredBy(chunk as Json);
    this.id ??= asName(id);
    this.model ??= asName(model);
    // Perplexity repeats what it found with every chunk.
    this.found ??= searchedPart(chunk as Json);
    // The last chunk with a usage counts: Perplexity sends a growing one with every chunk. Groq had its own place for it.
    const sent = usage ?? asRecord(x_groq)?.['usage'];
    if (sent !== undefined && sent !== null) this.usage = readChatUsage(sent) ?? this.usage;
    if (error !== undefined && error !== null) this.error = readResponseError(error);
    for (let position = 0; position < list.length; position++) {
      const choice = asRecord(list[position]);
      if (choice === undefined) continue;
      this.choice(asNumber(choice['index']) ?? position)?.add(choice);
      this.error ??= readResponseError(choice['error']);
    }
  }

  read(): ResponseReading {
    const { provider, id, model, usage, error, found } = this;
    const usageRemedy = usage === undefined ? USAGE_REMEDY : undefined;
    const choices = [...this.choices].sort(([one], [other]) => one - other).map(([, choice]) => choice.read());
    return readChatAnswer({ provider, id, model, usage, usageRemedy, error, found, choices });
  }

  /** `runTools()` streams one completion after the other, and the last is the answer. Some servers number each chunk. */
  private beginsAnother(id: string | undefined, choice: Json | undefined): boolean {
    if (id === undefined || id === this.id || choice === undefined) return false;
    return this.choices.get(asNumber(choice['index']) ?? 0)?.callsTools === true && hasOwn(choice['delta'], 'role');
  }

  private restart(): void {
    this.id = this.model = this.usage = this.error = this.found = undefined;
    this.choices.clear();
  }

  private choice(index: number): ChoiceFold | undefined {
    let choice = this.choices.get(index);
    if (choice === undefined && this.choices.size < settings().limits.items) {
      this.choices.set(index, (choice = new ChoiceFold()));
    }
    return choice;
  }
}

class ChoiceFold {
  private role: unknown = undefined;
  private finishReason: string | undefined = undefined;
  private readonly content = new GrowingText();
  private reasoning: GrowingText | undefined = undefined;
  private refusal: GrowingText | undefined = undefined;
  private audio: AudioFold | undefined = undefined;
  private readonly calls: CallFold[] = [];
  private legacyCall: CallFold | undefined = undefined;
  /** Tools that Groq ran itself, by index. */
  private readonly executed = new Map<unknown, Json>();

  /** True once it has ended by asking for tools. */
  get callsTools(): boolean {
    return this.finishReason === 'tool_calls' || this.finishReason === 'function_call';
  }

  add(choice: Json): void {
    this.finishReason = asName(choice['finish_reason']) ?? this.finishReason;
    // Writer's first chunks have a `message` where others have a `delta`.
    const delta = asRecord(choice['delta']) ?? asRecord(choice['message']);
    if (delta === undefined) return;
    const { role, content, reasoning_content, reasoning, refusal, audio, tool_calls, function_call, executed_tools } =
      delta;
    this.role ??= role;
    if (typeof content === 'string') this.content.add(content);
    else if (Array.isArray(content)) content.forEach((piece) => this.addPart(piece));
    this.addReasoning(reasoning_content ?? reasoning);
    if (typeof refusal === 'string') (this.refusal ??= new GrowingText()).add(refusal);
    const sound = asRecord(audio);
    if (sound !== undefined) (this.audio ??= new AudioFold()).add(sound);
    if (Array.isArray(tool_calls)) tool_calls.forEach((call) => this.addCall(asRecord(call)));
    if (Array.isArray(executed_tools)) executed_tools.forEach((tool) => this.addExecuted(asRecord(tool)));
    const called = asRecord(function_call);
    if (called !== undefined) (this.legacyCall ??= new CallFold(undefined)).add({ function: called });
  }

  read(): ChatChoice {
    const { role, content, reasoning, refusal, audio, calls, legacyCall, executed, finishReason } = this;
    return {
      finishReason,
      message: {
        role,
        content: content.read(),
        reasoning_content: reasoning?.read(),
        refusal: refusal?.read(),
        audio: audio?.read(),
        executed_tools: [...executed.values()],
        tool_calls: calls.map((call) => call.read()),
        function_call: legacyCall?.read().function,
      },
    };
  }

  private addReasoning(text: unknown): void {
    if (typeof text === 'string' && text !== '') (this.reasoning ??= new GrowingText()).add(text);
  }

  /** Mistral's models stream parts once they think. */
  private addPart(value: unknown): void {
    const part = openaiPart(value);
    if (!('content' in part)) return;
    if (part.type === 'text') this.content.add(part.content);
    else if (part.type === 'reasoning') this.addReasoning(part.content);
  }

  /** First the call, then the same with what came out of it. */
  private addExecuted(tool: Json | undefined): void {
    if (tool === undefined) return;
    const { index } = tool;
    if (!this.executed.has(index) && this.executed.size >= settings().limits.items) return;
    this.executed.set(index, { ...this.executed.get(index), ...asRecord(snapshot(tool)) });
  }

  private addCall(delta: Json | undefined): void {
    if (delta === undefined) return;
    let call = this.callOf(delta);
    if (call === undefined) {
      if (this.calls.length >= settings().limits.items) return;
      this.calls.push((call = new CallFold(asNumber(delta['index']))));
    }
    call.add(delta);
  }

  /** The call that `delta` goes on with; undefined where it begins one. */
  private callOf(delta: Json): CallFold | undefined {
    const id = asName(delta['id']);
    const index = asNumber(delta['index']);
    for (let position = this.calls.length - 1; position >= 0; position--) {
      const call = this.calls[position];
      if (call === undefined) continue;
      if (index === undefined && id === undefined) return call;
      if (index === undefined ? call.id === id : call.index === index) {
        // Gemini's endpoint gives each of its parallel calls the index 0; old versions of vLLM give each delta an id.
        const isAnother = id !== undefined && call.id !== undefined && id !== call.id && nameOf(delta) !== undefined;
        return isAnother ? undefined : call;
      }
    }
    return undefined;
  }
}

function nameOf(delta: Json): string | undefined {
  return asName((asRecord(delta['function']) ?? asRecord(delta['custom']))?.['name']);
}

class CallFold {
  id: string | undefined = undefined;
  private name: string | undefined = undefined;
  private readonly input = new GrowingText();
  private object: unknown = undefined;

  constructor(readonly index: number | undefined) {}

  add(delta: Json): void {
    this.id ??= asName(delta['id']);
    this.name ??= nameOf(delta);
    const called = asRecord(delta['function']) ?? asRecord(delta['custom']);
    const input = called?.['arguments'] ?? called?.['input'];
    if (typeof input === 'string') this.input.add(input);
    else if (input !== undefined && input !== null) this.object = snapshot(input);
  }

  read(): { id: string | undefined; function: Json } {
    return { id: this.id, function: { name: this.name, arguments: this.object ?? this.input.read() } };
  }
}

class AudioFold {
  private id: unknown = undefined;
  private bytes = 0;
  private transcript: GrowingText | undefined = undefined;

  add(delta: Json): void {
    this.id ??= delta['id'];
    if (typeof delta['data'] === 'string') this.bytes += decodedBytes(delta['data']);
    if (typeof delta['transcript'] === 'string') (this.transcript ??= new GrowingText()).add(delta['transcript']);
  }

  read(): Json {
    const data = this.bytes > 0 ? new Media(undefined, this.bytes) : undefined;
    return { id: this.id, data, transcript: this.transcript?.read() };
  }
}

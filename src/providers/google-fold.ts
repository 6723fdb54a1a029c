import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT } from '../semconv/gen-ai.js';
import { readAnswer } from './answer.js';
import { GrowingMessage } from './block-fold.js';
import { Slots, type GrowingObject } from './growing.js';
import { asList, asName, asNumber, asRecord, own, type Json } from './json.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';
import { readUsage, type CountNames } from './usage.js';

/** Responses of `generateContent`, joined to one: a whole response looks like a chunk. */
export class GoogleFold implements Fold {
  private readonly facts: Partial<ResponseReading> = { operation: GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT };
  private blockReason: string | undefined = undefined;
  private readonly candidates = new Slots<GrowingCandidate>();

  add(chunk: object): void {
    const { responseId, modelVersion, usageMetadata, promptFeedback, candidates, error } = chunk as Json;
    const { facts } = this;
    facts.id ??= asName(responseId);
    facts.model = asName(modelVersion) ?? facts.model;
    facts.usage = readGoogleUsage(usageMetadata) ?? facts.usage;
    facts.error = readResponseError(error) ?? facts.error;
    this.blockReason ??= asName(own(promptFeedback, 'blockReason'));
    asList(candidates).forEach((candidate, position) => this.addCandidate(asRecord(candidate) ?? {}, position));
  }

  read(): ResponseReading {
    const { facts, blockReason } = this;
    const choices = this.candidates.values().map((candidate) => candidate.choice());
    if (choices.length > 0) return readAnswer(facts, choices);
    // What the prompt was refused for: nothing was generated that could have finished.
    const refused =
      blockReason === undefined ? undefined : [{ role: 'assistant', parts: [], finish_reason: blockReason }];
    return { ...readAnswer(facts, []), output: () => refused };
  }

  private addCandidate(candidate: Json, position: number): void {
    // The SDK puts in what its tools answered, and the model goes on: the last response is the answer.
    if (own(candidate['content'], 'role') === 'user') {
      this.facts.id = undefined;
      this.candidates.clear();
      return;
    }
    const index = asNumber(candidate['index']) ?? position;
    (this.candidates.get(index) ?? this.candidates.set(index, new GrowingCandidate()))?.add(candidate);
  }
}

class GrowingCandidate extends GrowingMessage {
  private parts = 0;

  add({ content, finishReason, groundingMetadata }: Json): void {
    this.finishReason = asName(finishReason) ?? this.finishReason;
    for (const part of asList(own(content, 'parts'))) this.addPart(asRecord(part) ?? {});
    const { webSearchQueries, groundingChunks } = asRecord(groundingMetadata) ?? {};
    if (webSearchQueries ?? groundingChunks) {
      // Behind all other parts.
      this.begin(Infinity, { type: 'grounding', webSearchQueries, groundingChunks });
    }
  }

  private addPart(part: Json): void {
    const { text, thought } = part;
    const last = this.blocks.get(this.parts - 1);
    if (text === '' || (last !== undefined && goesOn(last, part))) return;
    this.begin(this.parts++, typeof text === 'string' ? { text: '', thought } : part)?.grow('text', text);
  }
}

function goesOn(last: GrowingObject, part: Json): boolean {
  const { members } = last;
  const { text, thought, type, arguments: args, functionCall } = part;
  if (typeof text === 'string') {
    const isNext = 'text' in members && members['thought'] === thought;
    if (isNext) last.grow('text', text);
    return isNext;
  }
  const { id, call_id } = members;
  const former = asRecord(members['functionCall']);
  const given = asRecord(functionCall);
  if (type === 'arguments_delta') last.grow('arguments', args);
  // A step that an interaction has begun with its id.
  else if (type === members['type'] && (id ?? call_id) !== undefined && (part['id'] ?? part['call_id']) === undefined) {
    Object.assign(members, snapshot(part), { id, call_id });
  } else if (former !== undefined && given !== undefined && given['name'] === undefined) {
    members['functionCall'] = { ...former, ...asRecord(snapshot(given)), name: former['name'] };
  } else return false;
  return true;
}

const COUNTS: CountNames = {
  cachedContentTokenCount: 'cacheReadInputTokens',
  thoughtsTokenCount: 'reasoningOutputTokens',
  // Of interactions.
  total_cached_tokens: 'cacheReadInputTokens',
  total_thought_tokens: 'reasoningOutputTokens',
};

/** Google counts what its tools read, and the model's thoughts, beside the rest. */
function readGoogleUsage(value: unknown): Usage | undefined {
  const usage = readUsage(value, COUNTS);
  if (usage === undefined) return undefined;
  const { raw = {}, reasoningOutputTokens: thoughts } = usage;
  const prompt = raw['promptTokenCount'] ?? raw['total_input_tokens'];
  const output = raw['candidatesTokenCount'] ?? raw['total_output_tokens'];
  if (prompt !== undefined) {
    usage.inputTokens = prompt + (raw['toolUsePromptTokenCount'] ?? raw['total_tool_use_tokens'] ?? 0);
  }
  if (output !== undefined || thoughts !== undefined) usage.outputTokens = (output ?? 0) + (thoughts ?? 0);
  return usage;
}

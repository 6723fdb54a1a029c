import type { GenericPart, OutputMessage } from '../core/messages.js';
import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT } from '../semconv/gen-ai.js';
import { googleParts } from './google-part.js';
import { GrowingText } from './growing-text.js';
import { asList, asName, asNumber, asRecord, own, type Json } from './json.js';
import { FINISH_REASON_MISSING } from './part.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';
import { readUsage, type CountNames } from './usage.js';

/** Responses of `generateContent`, joined to one: a whole response looks like a chunk. */
export class GoogleFold implements Fold {
  private id: string | undefined = undefined;
  private model: string | undefined = undefined;
  private usage: Usage | undefined = undefined;
  private blockReason: string | undefined = undefined;
  private error: ResponseReading['error'] = undefined;
  /** By their index, of which a stream that ended early may leave one out. */
  private candidates: (CandidateFold | undefined)[] = [];

  /** `respell` makes such a response of what is added. */
  constructor(private readonly respell: (chunk: object) => object = (chunk) => chunk) {}

  add(chunk: object): void {
    const { responseId, modelVersion, usageMetadata, promptFeedback, candidates, error } = this.respell(chunk) as Json;
    this.id ??= asName(responseId);
    this.model = asName(modelVersion) ?? this.model;
    this.usage = readGoogleUsage(usageMetadata) ?? this.usage;
    this.blockReason ??= asName(own(promptFeedback, 'blockReason'));
    this.error = readResponseError(error) ?? this.error;
    asList(candidates).forEach((candidate, position) => this.addCandidate(asRecord(candidate) ?? {}, position));
  }

  read(): ResponseReading {
    const { id, model, usage, error, blockReason } = this;
    const candidates = this.candidates.filter((candidate) => candidate !== undefined);
    const reasons = candidates.map(({ finishReason }) => finishReason).filter((reason) => reason !== undefined);
    return {
      operation: GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT,
      id,
      model,
      finishReasons: reasons.length > 0 ? reasons : undefined,
      usage,
      error,
      output() {
        if (candidates.length > 0) return candidates.map((candidate) => candidate.read());
        // What the prompt was refused for: nothing was generated that could have finished.
        return blockReason === undefined ? undefined : [{ role: 'assistant', parts: [], finish_reason: blockReason }];
      },
    };
  }

  private addCandidate(candidate: Json, position: number): void {
    // The SDK puts in what its tools answered, and the model goes on: the last response is the answer.
    if (own(candidate['content'], 'role') === 'user') {
      this.id = undefined;
      this.candidates = [];
      return;
    }
    const index = asNumber(candidate['index']) ?? position;
    if (index >= 0 && index < settings().limits.items) (this.candidates[index] ??= new CandidateFold()).add(candidate);
  }
}

class CandidateFold {
  finishReason: string | undefined = undefined;
  private readonly pieces: Piece[] = [];
  private grounding: GenericPart | undefined = undefined;

  add({ content, finishReason, groundingMetadata }: Json): void {
    this.finishReason = asName(finishReason) ?? this.finishReason;
    for (const part of asList(own(content, 'parts'))) this.addPart(asRecord(part) ?? {});
    const { webSearchQueries, groundingChunks } = asRecord(groundingMetadata) ?? {};
    if (webSearchQueries ?? groundingChunks) {
      this.grounding = snapshot({ type: 'grounding', webSearchQueries, groundingChunks }) as GenericPart;
    }
  }

  read(): OutputMessage {
    const parts = googleParts(this.pieces.map(wholePart));
    if (this.grounding !== undefined) parts.push(this.grounding);
    return { role: 'assistant', parts, finish_reason: this.finishReason ?? FINISH_REASON_MISSING };
  }

  private addPart(part: Json): void {
    const { text, thought } = part;
    const last = this.pieces.at(-1);
    const isText = typeof text === 'string';
    if (text === '' || (last !== undefined && (isText ? goesOnWithText(last, part) : goesOn(last, part)))) return;
    if (this.pieces.length >= settings().limits.items) return;
    const piece: Piece = isText ? { part: { thought }, text: new GrowingText() } : { part: snapshot(part) as Json };
    piece.text?.add(text);
    this.pieces.push(piece);
  }
}

interface Piece {
  part: Json;
  /** The part's text so far, or its call's arguments. */
  text?: GrowingText;
}

/** What goes on has no such member of its own. */
const MARKS = { functionCall: 'name', toolCall: 'id', toolResponse: 'id' };

function goesOnWithText({ part, text }: Piece, next: Json): boolean {
  if (text === undefined || part['functionCall'] !== undefined || part['thought'] !== next['thought']) return false;
  text.add(next['text']);
  return true;
}

function goesOn(last: Piece, part: Json): boolean {
  for (const [kind, mark] of Object.entries(MARKS)) {
    const former = asRecord(last.part[kind]);
    const given = asRecord(part[kind]);
    if (former === undefined || given === undefined || given[mark] !== undefined) continue;
    if (typeof given['args'] === 'string') (last.text ??= new GrowingText()).add(given['args']);
    else last.part = { [kind]: { ...former, ...(snapshot(given) as Json), [mark]: former[mark] } };
    return true;
  }
  return false;
}

function wholePart({ part, text }: Piece): Json {
  const call = asRecord(part['functionCall']);
  if (text === undefined) return part;
  return call === undefined ? { ...part, text: text.read() } : { functionCall: { ...call, args: text.read() } };
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

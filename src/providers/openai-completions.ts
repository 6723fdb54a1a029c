import type { Message, Part } from '../core/messages.js';
import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { snapshotText } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION, GEN_AI_PROVIDER_NAME_VALUE_OPENAI } from '../semconv/gen-ai.js';
import { GrowingText } from './growing-text.js';
import { asList, asName, asNumber, asRecord, asText, hasOwn, own, type Json } from './json.js';
import { finishReasonsOf, readChatUsage, USAGE_REMEDY } from './openai-chat-answer.js';
import { FINISH_REASON_MISSING, textPart } from './part.js';
import type { Fold, Provider, RequestReading, ResponseReading } from './provider.js';
import { readParameters } from './request-parameters.js';

/** The legacy Completions API: https://platform.openai.com/docs/api-reference/completions */
export const openaiCompletions: Provider = {
  name: GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  request,
  read,
  fold,
};

/** Images and videos are asked for by a model and a prompt too. */
const PICTURES = /dall-e|image|imagen|sora|video|diffusion|flux/i;

function request(value: object): RequestReading | undefined {
  const body = value as Json;
  const prompt = own(body, 'prompt');
  if (typeof prompt !== 'string' && !Array.isArray(prompt)) return undefined;
  const model = asName(body['model']);
  if (model === undefined || PICTURES.test(model)) return undefined;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
    request: readParameters(body),
    input: () => promptMessages(body['prompt']),
  };
}

/** A prompt is a text, a list of texts (each is completed), or the same in tokens. */
export function promptMessages(prompt: unknown): Message[] {
  const list = asList(prompt);
  const prompts = list.length === 0 || typeof list[0] === 'number' ? [prompt] : list;
  return prompts.map((one) => ({ role: 'user', parts: [promptPart(one)] }));
}

function promptPart(prompt: unknown): Part {
  return textPart(prompt) ?? { type: 'tokens', content: prompt ?? null };
}

interface Choice {
  text: unknown;
  finishReason?: string;
}

function read(value: object): ResponseReading | undefined {
  if (!isCompletion(value)) return undefined;
  const completion = value as Json;
  return reading({
    id: asName(completion['id']),
    model: asName(completion['model']),
    usage: readChatUsage(completion['usage']),
    choices: asList(completion['choices']).map(keepChoice),
  });
}

/** A chunk looks like a whole completion. */
function fold(chunk: object): Fold | undefined {
  return isCompletion(chunk) ? new CompletionFold() : undefined;
}

function isCompletion(value: object): boolean {
  const choices = own(value, 'choices');
  if (!Array.isArray(choices)) return false;
  if (own(value, 'object') === 'text_completion') return true;
  return typeof own(choices[0], 'text') === 'string' && hasOwn(choices[0], 'finish_reason');
}

function keepChoice(value: unknown): Choice {
  const choice = asRecord(value);
  const text = asText(choice?.['text']);
  return { text: text && snapshotText(text), finishReason: asName(choice?.['finish_reason']) };
}

interface Completion extends Pick<ResponseReading, 'id' | 'model' | 'usage' | 'usageRemedy'> {
  choices: readonly Choice[];
}

function reading({ id, model, usage, usageRemedy, choices }: Completion): ResponseReading {
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
    id,
    model,
    finishReasons: finishReasonsOf(choices),
    usage,
    usageRemedy,
    output: () =>
      choices.map(({ text, finishReason }) => ({
        role: 'assistant',
        parts: [textPart(text)].filter((part) => part !== undefined),
        finish_reason: finishReason ?? FINISH_REASON_MISSING,
      })),
  };
}

class CompletionFold implements Fold {
  private id: string | undefined = undefined;
  private model: string | undefined = undefined;
  private usage: Usage | undefined = undefined;
  private readonly choices = new Map<number, { text: GrowingText; finishReason?: string }>();

  add(chunk: object): void {
    const { id, model, usage, choices } = chunk as Json;
    this.id ??= asName(id);
    this.model ??= asName(model);
    if (usage !== undefined && usage !== null) this.usage = readChatUsage(usage) ?? this.usage;
    asList(choices).forEach((choice, position) => this.addChoice(asRecord(choice), position));
  }

  read(): ResponseReading {
    const { id, model, usage } = this;
    const choices = [...this.choices]
      .sort(([one], [other]) => one - other)
      .map(([, { text, finishReason }]) => ({ text: text.read(), finishReason }));
    return reading({ id, model, usage, usageRemedy: usage === undefined ? USAGE_REMEDY : undefined, choices });
  }

  private addChoice(delta: Json | undefined, position: number): void {
    if (delta === undefined) return;
    const index = asNumber(delta['index']) ?? position;
    let choice = this.choices.get(index);
    if (choice === undefined) {
      if (this.choices.size >= settings().limits.items) return;
      this.choices.set(index, (choice = { text: new GrowingText() }));
    }
    choice.text.add(delta['text']);
    choice.finishReason = asName(delta['finish_reason']) ?? choice.finishReason;
  }
}

import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT, GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION } from '../semconv/gen-ai.js';
import { readAnswer, type Choice } from './answer.js';
import { readAnthropicUsage } from './anthropic-usage.js';
import { asList, asName, asRecord, firstOf, hasOwn, own, type Json } from './json.js';
import { isLangchainAnswer, wireMessage } from './langchain-message.js';
import { readOpenaiUsage } from './openai-chat-answer.js';
import { providerOfPackage } from './package-name.js';
import type { ResponseReading } from './provider.js';
import { addUsage, readUsage, withCachedInput, type CountNames } from './usage.js';

/** A message, a `ChatResult` or an `LLMResult`, which has a list of generations for each prompt. */
export function readLangchainAnswer(value: object): ResponseReading | undefined {
  if (isLangchainAnswer(value)) return readPrompts([[{ message: value }]], undefined);
  const generations = own(value, 'generations');
  if (!Array.isArray(generations)) return undefined;
  const isNested = Array.isArray(generations[0]);
  const prompts = (isNested ? generations : [generations]) as unknown[];
  const isResult = prompts.every((list) => asList(list).length > 0 && asList(list).every(isGeneration));
  const isText = !hasOwn(asList(prompts[0])[0], 'message');
  return isResult && (isNested || !isText) ? readPrompts(prompts as Json[][], own(value, 'llmOutput')) : undefined;
}

function isGeneration(value: unknown): boolean {
  const message = own(value, 'message');
  return message === undefined ? typeof own(value, 'text') === 'string' : isLangchainAnswer(message);
}

function readPrompts(prompts: readonly (readonly Json[])[], llmOutput: unknown): ResponseReading {
  const facts = prompts.map(([first]) => factsOf(first ?? {}));
  const { provider, id, model } = facts[0] ?? {};
  return readAnswer(
    {
      operation: hasOwn(prompts[0]?.[0], 'message')
        ? GEN_AI_OPERATION_NAME_VALUE_CHAT
        : GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
      provider,
      id,
      model,
      usage: facts.map(({ usage }) => usage).reduce(addUsage) ?? readCounts(own(llmOutput, 'tokenUsage')),
      isSummary: true,
    },
    prompts.flat().map(keepChoice),
  );
}

function keepChoice(generation: Json): Choice {
  const message = asRecord(generation['message']);
  return {
    message: snapshot(message === undefined ? { content: generation['text'] } : wireMessage(message)) as Json,
    finishReason: factsOf(generation).finishReason,
  };
}

export interface GenerationFacts extends Pick<ResponseReading, 'provider' | 'id' | 'model' | 'usage'> {
  finishReason: string | undefined;
}

const FINISH_REASONS = ['finish_reason', 'stop_reason', 'finishReason', 'stopReason', 'done_reason'];
const MODELS = ['model_name', 'model'];

/** What packages say of an answer, each in its own place and under its own names. */
export function factsOf(generation: Json): GenerationFacts {
  const message = asRecord(generation['message']) ?? {};
  const metadata = asRecord(message['response_metadata']) ?? {};
  const said = [metadata, asRecord(message['additional_kwargs']) ?? {}, asRecord(generation['generationInfo']) ?? {}];
  const provider = providerOfPackage(metadata['model_provider']);
  return {
    provider,
    id: asName(metadata['id']) ?? providersId(message['id']),
    model: first(said, MODELS),
    finishReason:
      first(said, FINISH_REASONS) ??
      asName(own(metadata['incomplete_details'], 'reason')) ??
      // Of OpenAI's Responses.
      asName(metadata['status']),
    usage: usageOf(message['usage_metadata'], metadata['usage'], metadata['model_provider'] === 'anthropic'),
  };
}

function first(holders: readonly Json[], names: readonly string[]): string | undefined {
  return asName(holders.map((holder) => firstOf(holder, names)).find(asName));
}

/** Where the provider sent none, LangChain makes one of its run's. */
function providersId(id: unknown): string | undefined {
  const name = asName(id);
  return name?.startsWith('run-') === true ? undefined : name;
}

/** The provider's own counts where they are all there; else what LangChain made of them: of a cached answer, zero. */
function usageOf(metadata: unknown, sent: unknown, isAnthropic: boolean): Usage | undefined {
  const usage = isAnthropic ? withCachedInput(readAnthropicUsage(sent), 'input_tokens') : readOpenaiUsage(sent);
  const made = readCounts(metadata);
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return made;
  return (made?.outputTokens ?? usage.outputTokens) === usage.outputTokens ? usage : made;
}

export function readCounts(usage: unknown): Usage | undefined {
  return readUsage(usage, COUNTS);
}

/** Of `usage_metadata`, whose input includes what was cached, and of the older `tokenUsage`. */
const COUNTS: CountNames = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  input_token_details: { cache_read: 'cacheReadInputTokens', cache_creation: 'cacheCreationInputTokens' },
  output_token_details: { reasoning: 'reasoningOutputTokens' },
  promptTokens: 'inputTokens',
  completionTokens: 'outputTokens',
};

import type { Usage } from '../core/record.js';
import { snapshot } from '../core/snapshot.js';
import { GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS } from '../semconv/gen-ai.js';
import { readAnswer } from './answer.js';
import { asList, asName, asNumber, asRecord, hasOwn, own, type Json } from './json.js';
import { dimensionsOf } from './openai-embeddings.js';
import { providerOfPackage } from './package-name.js';
import type { ResponseReading } from './provider.js';
import { addUsage, readUsage, type CountNames } from './usage.js';

/**
 * What `doGenerate` and `doEmbed` give, and what the SDK's functions return. Only data properties are looked at: those
 * of a streamed result that are getters make promises.
 */
export function readAiSdkAnswer(value: object): ResponseReading | undefined {
  const steps = asList(own(value, 'steps'));
  if (steps.length > 0 && steps.every(isGenerated)) return readSteps(steps);
  if (isGenerated(value)) return readGenerated(value);
  if (isObjectResult(value)) return readObject(value);
  return readEmbeddings(value);
}

/** `doGenerate`'s; a step of `generateText` is like it. */
function isGenerated(value: unknown): value is Json {
  return Array.isArray(own(value, 'content')) && finishReasonOf(value) !== undefined && hasOwn(value, 'usage');
}

function readGenerated(step: Json): ResponseReading {
  const provider = providerOfPackage(own(step['model'], 'provider'));
  return readAs(step, { content: snapshot(step['content']) }, { provider });
}

function readAs(value: Json, message: Json, facts: Partial<ResponseReading>): ResponseReading {
  const usage = readAiSdkUsage(value['usage'], value['providerMetadata']);
  return readAnswer({ ...facts, ...responseOf(value), usage }, [{ message, finishReason: finishReasonOf(value) }]);
}

/** The last step is the answer, and all of them were paid for. */
function readSteps(steps: readonly Json[]): ResponseReading {
  const readings = steps.map(readGenerated);
  const last = readings.at(-1) as ResponseReading;
  return { ...last, usage: readings.map(({ usage }) => usage).reduce(addUsage), isSummary: true };
}

function isObjectResult(value: object): value is Json {
  return hasOwn(value, 'object') && finishReasonOf(value) !== undefined && hasOwn(value['usage'], 'inputTokens');
}

function readObject(result: Json): ResponseReading {
  const object = snapshot(result['object']);
  const message = {
    get content() {
      return JSON.stringify(object);
    },
  };
  return readAs(result, message, { isSummary: true });
}

/** `doEmbed`'s has neither the value nor the values that were embedded. */
function readEmbeddings(value: object): ResponseReading | undefined {
  const embedding = own(value, 'embedding') ?? asList(own(value, 'embeddings'))[0];
  const usage = own(value, 'usage');
  if (!Array.isArray(embedding) || typeof own(usage, 'tokens') !== 'number') return undefined;
  const { tokens } = usage as Json;
  return {
    operation: GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
    ...responseOf(value as Json),
    // NaN where the provider sent none.
    usage: readUsage({ inputTokens: tokens }, COUNTS),
    embeddingDimensions: dimensionsOf(embedding),
    ...((hasOwn(value, 'value') || hasOwn(value, 'values')) && { isSummary: true }),
  };
}

/** Of an answer, of a step, of the last part of a stream. */
export function responseOf(value: Json): Pick<ResponseReading, 'id' | 'model'> {
  const response = asRecord(value['response']);
  return { id: asName(response?.['id']), model: asName(response?.['modelId']) };
}

/** The provider's own word for it, where the answer has that as well. */
export function finishReasonOf(value: unknown): string | undefined {
  const reason = own(value, 'finishReason');
  return (
    asName(own(value, 'rawFinishReason') ?? own(reason, 'raw')) ?? asName(own(reason, 'unified')) ?? asName(reason)
  );
}

export function readAiSdkUsage(usage: unknown, metadata: unknown): Usage | undefined {
  const nested = asRecord(own(usage, 'inputTokens'));
  if (nested !== undefined) {
    const { total: inputTokens, cacheRead: cachedInputTokens, cacheWrite: cacheWriteTokens } = nested;
    const { total: outputTokens, reasoning: reasoningTokens } = asRecord(own(usage, 'outputTokens')) ?? {};
    const inputTokenDetails = { cacheWriteTokens };
    return readUsage({ inputTokens, cachedInputTokens, inputTokenDetails, outputTokens, reasoningTokens }, COUNTS);
  }
  const counts = readUsage({ ...asRecord(usage), raw: undefined }, COUNTS);
  return counts === undefined || hasOwn(usage, 'inputTokenDetails') ? counts : asConvention(counts, metadata);
}

/** Of version 5, and of what the functions of all versions return. Since version 6 a model's are nested. */
const COUNTS: CountNames = {
  inputTokens: 'inputTokens',
  outputTokens: 'outputTokens',
  cachedInputTokens: 'cacheReadInputTokens',
  reasoningTokens: 'reasoningOutputTokens',
  inputTokenDetails: { cacheReadTokens: 'cacheReadInputTokens', cacheWriteTokens: 'cacheCreationInputTokens' },
  outputTokenDetails: { reasoningTokens: 'reasoningOutputTokens' },
};

/**
 * Version 5 passes on what the providers count: Anthropic's input leaves out what its cache had to do with, as Bedrock's
 * does, and Google's output leaves out the reasoning. Later versions include all.
 */
function asConvention(usage: Usage, metadata: unknown): Usage {
  const { inputTokens, outputTokens, reasoningOutputTokens = 0, cacheReadInputTokens = 0, raw } = usage;
  const read = { ...usage };
  const written = cacheWrittenOf(metadata);
  if (written !== undefined && inputTokens !== undefined) {
    read.inputTokens = inputTokens + cacheReadInputTokens + written;
    if (written > 0) read.cacheCreationInputTokens = written;
  }
  if (
    outputTokens !== undefined &&
    (inputTokens ?? 0) + outputTokens + reasoningOutputTokens === raw?.['totalTokens']
  ) {
    read.outputTokens = outputTokens + reasoningOutputTokens;
  }
  return read;
}

/** Undefined where neither Anthropic nor Bedrock answered. */
function cacheWrittenOf(metadata: unknown): number | undefined {
  const anthropic = own(metadata, 'anthropic');
  const bedrock = own(metadata, 'bedrock');
  if ((anthropic ?? bedrock) === undefined) return undefined;
  return (
    asNumber(own(anthropic, 'cacheCreationInputTokens') ?? own(own(bedrock, 'usage'), 'cacheWriteInputTokens')) ?? 0
  );
}

import { reportFailure } from '../core/report.js';
import type { Seam } from '../core/seam.js';
import { shared } from '../core/shared.js';
import { aiSdk } from './ai-sdk.js';
import { anthropic } from './anthropic.js';
import { awsBedrock } from './aws-bedrock.js';
import { cohere } from './cohere.js';
import { google } from './google.js';
import { langchain } from './langchain.js';
import { llamaindex } from './llamaindex.js';
import { mistral } from './mistral.js';
import { ollama } from './ollama.js';
import { openaiChat } from './openai-chat.js';
import { openaiCompletions } from './openai-completions.js';
import { openaiEmbeddings } from './openai-embeddings.js';
import { openaiMedia } from './openai-media.js';
import { openaiResponses } from './openai-responses.js';
import type { Fold, InnerCalls, Provider, RequestReading, ResponseReading } from './provider.js';

export { providerForUrl } from './hosts.js';
export { HANDLER_NAME } from './langchain.js';
export type { Fold, Provider, RequestReading, ResponseReading } from './provider.js';

/**
 * In the order in which they are asked. Responses and chunks look unlike each other; requests do not: Responses refuses
 * what only embeddings have and embeddings take any `input`, Chat Completions refuses what only Anthropic has and
 * Anthropic takes any `messages`. Bedrock, Google, Ollama, Cohere and Mistral's SDK take only what nobody else has.
 */
export const builtInProviders: readonly Provider[] = [
  aiSdk,
  langchain,
  llamaindex,
  awsBedrock,
  google,
  ollama,
  cohere,
  mistral,
  openaiMedia,
  openaiResponses,
  openaiEmbeddings,
  openaiCompletions,
  openaiChat,
  anthropic,
];

/** The application's own, each batch as it was added. */
const added = shared<{ batches: readonly (readonly Provider[])[] }>('providers', () => ({ batches: [] }));

/** Asks `providers` before all others; the returned function takes them out again. */
export function addProviders(providers: readonly Provider[]): () => void {
  if (providers.length === 0) return () => undefined;
  const batch = [...providers];
  added.batches = [batch, ...added.batches];
  return () => {
    added.batches = added.batches.filter((other) => other !== batch);
  };
}

/** Reads a complete response; undefined for anything else. Never throws. */
export function readResponse(value: unknown): Found<ResponseReading> | undefined {
  // Answers look unlike each other, so whoever knew the last one may be asked before the others.
  const known = added.batches.length === 0 && latest ? askEach([latest], value, read) : undefined;
  if (known !== undefined) return known;
  const found = ask(value, read);
  if (found !== undefined && builtInProviders.includes(found.provider)) latest = found.provider;
  return found;
}

let latest: Provider | undefined;

const read: Question<ResponseReading> = (provider, value) => provider.read(value);

/** Starts to fold a stream of which `chunk` is the first. Never throws. */
export function startFold(chunk: unknown): { provider: Provider; fold: Fold } | undefined {
  const found = ask(chunk, (provider, first) => provider.fold(first));
  return found && { provider: found.provider, fold: found.reading };
}

/** The request in what an SDK's client was given, which may be a command that holds it. Never throws. */
export function requestIn(given: object): object {
  return ask(given, (provider, value) => provider.unwrap?.(value))?.reading ?? given;
}

/** Reads a request body; `hint` is asked first. Never throws. */
export function readRequest(body: unknown, hint?: Provider): Found<RequestReading> | undefined {
  const hinted = hint && askEach([hint], body, (provider, value) => provider.request(value, true));
  return hinted ?? ask(body, (provider, value) => provider.request(value));
}

/** Where an SDK's object delivers its result. Never throws. */
export function seamOf(value: unknown): Seam | undefined {
  return ask(value, (provider, given) => provider.seam?.(given))?.reading;
}

/** Where a client makes its model calls itself. Never throws. */
export function innerCallsOf(value: unknown): InnerCalls | undefined {
  return ask(value, (provider, given) => provider.innerCalls?.(given))?.reading;
}

/** Whose SDK client (or resource of one) `value` is. Never throws. */
export function providerOfClient(value: unknown): Provider | undefined {
  return ask(value, (provider, given) => provider.client?.(given) || undefined)?.provider;
}

type Question<Reading> = (provider: Provider, value: object) => Reading | undefined;

interface Found<Reading> {
  provider: Provider;
  reading: Reading;
}

/** The first answer, and who gave it. */
function ask<Reading>(value: unknown, question: Question<Reading>): Found<Reading> | undefined {
  for (const batch of added.batches) {
    const found = askEach(batch, value, question);
    if (found !== undefined) return found;
  }
  return askEach(builtInProviders, value, question);
}

function askEach<Reading>(
  providers: readonly Provider[],
  value: unknown,
  question: Question<Reading>,
): Found<Reading> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const provider of providers) {
    try {
      const reading = question(provider, value);
      if (reading !== undefined) return { provider, reading };
    } catch (failure) {
      // The value may be a proxy, or have getters that throw: then the next one is asked.
      reportFailure(`the provider adapter ${provider.name} failed`, failure);
    }
  }
  return undefined;
}

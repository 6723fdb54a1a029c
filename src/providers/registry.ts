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
export function readResponse(value: unknown): { provider: Provider; reading: ResponseReading } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  // Answers look unlike each other, so whoever knew the last one may be asked before the others.
  const first = added.batches.length === 0 ? latest : undefined;
  const reading = first && attempt(first, read, value);
  if (first !== undefined && reading !== undefined) return { provider: first, reading };
  const found = ask(read, value);
  if (found !== undefined && builtInProviders.includes(found.provider)) latest = found.provider;
  return found && { provider: found.provider, reading: found.answer };
}

let latest: Provider | undefined;

/** Starts to fold a stream of which `chunk` is the first. Never throws. */
export function startFold(chunk: unknown): { provider: Provider; fold: Fold } | undefined {
  const found = ask(fold, chunk);
  return found && { provider: found.provider, fold: found.answer };
}

/** The request in what an SDK's client was given, which may be a command that holds it. Never throws. */
export function requestIn(given: object): object {
  return ask(unwrap, given, unwrapping)?.answer ?? given;
}

/** Reads a request body; `hint` is asked first. Never throws. */
export function readRequest(
  body: unknown,
  hint?: Provider,
): { provider: Provider; reading: RequestReading } | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const hinted = hint && attempt(hint, certainRequest, body);
  if (hint !== undefined && hinted !== undefined) return { provider: hint, reading: hinted };
  const found = ask(request, body);
  return found && { provider: found.provider, reading: found.answer };
}

/** Where an SDK's object delivers its result. Never throws. */
export function seamOf(value: unknown): Seam | undefined {
  return ask(seam, value)?.answer;
}

/** Where a client makes its model calls itself. Never throws. */
export function innerCallsOf(value: unknown): InnerCalls | undefined {
  return ask(innerCalls, value)?.answer;
}

/** Whose SDK client (or resource of one) `value` is. Never throws. */
export function providerOfClient(value: unknown): Provider | undefined {
  return ask(client, value)?.provider;
}

type Question<Answer> = (provider: Provider, value: object) => Answer | undefined;

const read: Question<ResponseReading> = (provider, value) => provider.read(value);
const fold: Question<Fold> = (provider, chunk) => provider.fold(chunk);
const unwrap: Question<object> = (provider, given) => provider.unwrap?.(given);
const request: Question<RequestReading> = (provider, body) => provider.request(body);
const certainRequest: Question<RequestReading> = (provider, body) => provider.request(body, true);
const seam: Question<Seam> = (provider, value) => provider.seam?.(value);
const innerCalls: Question<InnerCalls> = (provider, value) => provider.innerCalls?.(value);
const client: Question<true> = (provider, value) => provider.client?.(value) || undefined;

interface Found<Answer> {
  provider: Provider;
  answer: Answer;
}

const unwrapping = builtInProviders.filter((provider) => provider.unwrap !== undefined);

/** The first answer, and who gave it. */
function ask<Answer>(
  question: Question<Answer>,
  value: unknown,
  builtIn: readonly Provider[] = builtInProviders,
): Found<Answer> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const batch of added.batches) {
    const found = askEach(batch, question, value);
    if (found !== undefined) return found;
  }
  return askEach(builtIn, question, value);
}

function askEach<Answer>(
  providers: readonly Provider[],
  question: Question<Answer>,
  value: object,
): Found<Answer> | undefined {
  for (const provider of providers) {
    const answer = attempt(provider, question, value);
    if (answer !== undefined) return { provider, answer };
  }
  return undefined;
}

/** The value may be a proxy, or have getters that throw: then the next one is asked. */
function attempt<Answer>(provider: Provider, question: Question<Answer>, value: object): Answer | undefined {
  try {
    return question(provider, value);
  } catch (failure) {
    reportFailure(`the provider adapter ${provider.name} failed`, failure);
    return undefined;
  }
}

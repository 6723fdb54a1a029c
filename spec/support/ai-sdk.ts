import { createOpenAI } from '@ai-sdk/openai';
import * as six from 'ai';
import { createOpenAI as createOpenAIV2 } from 'ai-sdk-openai-v2';
import { createOpenAI as createOpenAIV4 } from 'ai-sdk-openai-v4';
import * as five from 'ai-v5';
import * as seven from 'ai-v7';

export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
}

export interface Streamed {
  textStream: AsyncIterable<string>;
  fullStream: AsyncIterable<{ type: string }>;
  partialObjectStream: AsyncIterable<object>;
  text: PromiseLike<string>;
  object: PromiseLike<object>;
  totalUsage: PromiseLike<Usage>;
  toTextStreamResponse(): Response;
}

/** What the three versions have in common, as far as the specs use it: their own types have little. */
export interface Sdk {
  generateText(options: object): Promise<{ text: string; totalUsage: Usage; steps: unknown[] }>;
  streamText(options: object): Streamed;
  generateObject(options: object): Promise<{ object: unknown }>;
  streamObject(options: object): Streamed;
  embed(options: object): Promise<{ embedding: number[]; usage: { tokens: number } }>;
  embedMany(options: object): Promise<{ embeddings: number[][]; usage: { tokens: number } }>;
  wrapLanguageModel(options: object): object;
  stepCountIs(count: number): unknown;
  tool(options: object): unknown;
  Output: { object(options: object): unknown };
}

export interface Models {
  chat(id: string): object;
  responses(id: string): object;
  embedding?(id: string): object;
  textEmbeddingModel?(id: string): object;
}

export interface Version {
  version: string;
  sdk: Sdk;
  openai(baseURL: string): Models;
}

/** Version 7 asks for Node 22, and runs on 20. */
export const VERSIONS: readonly Version[] = [
  { version: '5', sdk: five, openai: (baseURL: string) => createOpenAIV2({ baseURL, apiKey: 'k' }) },
  { version: '6', sdk: six, openai: (baseURL: string) => createOpenAI({ baseURL, apiKey: 'k' }) },
  { version: '7', sdk: seven, openai: (baseURL: string) => createOpenAIV4({ baseURL, apiKey: 'k' }) },
].map((one) => one as unknown as Version);

export function embeddingModel(models: Models, id: string): object {
  return (models.embedding ?? models.textEmbeddingModel)?.(id) ?? {};
}

/* eslint-disable @typescript-eslint/no-confusing-void-expression, @typescript-eslint/no-unused-vars, @typescript-eslint/no-extraneous-class -- only their types matter */
/** Checked by `tsc` in both decorator modes, never run. Each expected error is the one that the line above names. */
import type Anthropic from '@anthropic-ai/sdk';
import type { Content, FunctionCall, GenerateContentResponse, Part, ToolListUnion } from '@google/genai';
import * as six from 'ai';
import * as five from 'ai-v5';
import * as seven from 'ai-v7';
import type OpenAI from 'openai';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { tool } from '../../src/decorators/tool.js';
import { callTool, callTools } from '../../src/tools/call-tool.js';
import type { StandardSchema } from '../../src/tools/input.js';
import { toolsOf } from '../../src/tools/tools-of.js';
import type { Equal, Expect } from './equal.js';

const isbn = z.object({ isbn: z.string(), limit: z.number().default(3) });
const short = mini.object({ isbn: mini.string() });
const ofValibot = v.object({ isbn: v.string() });
const ofArktype = type({ isbn: 'string' });
const plain = { type: 'object', properties: { isbn: { type: 'string' } } } as const;
declare const anySchema: StandardSchema;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a library without types gives
declare const untypedSchema: any;

export class Accepted {
  @tool({ input: isbn }) all({ isbn: one, limit }: { isbn: string; limit: number }): string {
    return one.repeat(limit);
  }
  @tool({ input: isbn, description: 'x' }) part({ isbn: one }: { isbn: string }): string {
    return one;
  }
  @tool({ input: isbn }) none(): void {}
  @tool({ input: isbn }) anything(_given: unknown): void {}
  @tool({ input: isbn }) static async shared(_given: { isbn: string }): Promise<void> {
    await Promise.resolve();
  }
  @tool({ input: isbn }) *generated(this: Accepted, _given: { isbn: string }): Generator<string> {
    yield this.part({ isbn: '1' });
  }
  @tool({ input: isbn }) withOptions(_given: { isbn: string }, _options?: { toolCallId?: string }): void {}
  @tool({ input: { input: short, jsonSchema: z.toJSONSchema(short) } }) beside(_given: { isbn: string }): void {}
  @tool({ input: { input: ofValibot, jsonSchema: {} } }) valibot(_given: { isbn: string }): void {}
  @tool({ input: toStandardJsonSchema(ofValibot) }) valibotJson(_given: { isbn: string }): void {}
  @tool({ input: ofArktype }) arktype(_given: { isbn: string }): void {}
  @tool({ input: plain }) json(_given: { isbn: string }): void {}
  @tool({ input: { type: 'object' } }) literal(_given: { isbn: string }): void {}
  @tool({ input: anySchema }) untyped(_given: unknown): void {}
  @tool({ input: untypedSchema }) unchecked(_given: { isbn: string }): void {}
  @tool({ input: isbn }) protected guarded<T extends { isbn: string }>(given: Partial<T>): void {
    this.hidden({ isbn: String(given.isbn) });
  }
  @tool({ input: isbn }) private hidden(_given: { isbn: string }): void {}
}

export class Refused {
  // @ts-expect-error another type
  @tool({ input: isbn }) another({ isbn: one }: { isbn: number }): number {
    return one;
  }
  // @ts-expect-error a member that the schema does not give
  @tool({ input: isbn }) more(_given: { isbn: string; title: string }): void {}
  // @ts-expect-error a member alone
  @tool({ input: isbn }) member(_isbn: string): void {}
  // @ts-expect-error another type, of a static method
  @tool({ input: isbn }) static shared(_given: { isbn: number }): void {}
  // @ts-expect-error another type, of a schema with its JSON Schema beside it
  @tool({ input: { input: short, jsonSchema: {} } }) beside(_given: { isbn: number }): void {}
  // @ts-expect-error another type, of valibot
  @tool({ input: toStandardJsonSchema(ofValibot) }) valibot(_given: { isbn: number }): void {}
  // @ts-expect-error another type, of arktype
  @tool({ input: ofArktype }) arktype(_given: { isbn: number }): void {}
  // @ts-expect-error a text is no schema
  @tool({ input: 'isbn' }) noSchema(): void {}
  // @ts-expect-error an unknown option beside a schema
  @tool({ input: isbn, desc: 'x' }) unknownOption(_given: { isbn: string }): void {}
  // @ts-expect-error a field, with a schema
  @tool({ input: isbn }) field = 1;
  // @ts-expect-error an arrow property
  @tool({ input: isbn }) arrow = (_given: { isbn: string }): void => undefined;
  // @ts-expect-error a getter, with a schema
  @tool({ input: isbn }) get size(): number {
    return 1;
  }
}

// @ts-expect-error a class, with a schema
@tool({ input: isbn })
export class RefusedClass {}

const kept = tool({ input: isbn })((given: { isbn: string }) => given.isbn);
export type Kept = Expect<Equal<typeof kept, (given: { isbn: string }) => string>>;
// @ts-expect-error a function that takes another type
tool({ input: isbn })((given: { isbn: number }) => given.isbn)({ isbn: 1 });

const librarian = new Accepted();

// Definitions fit the SDKs as they are, and beside their own.
export const openai: OpenAI.ChatCompletionTool[] = toolsOf(librarian, 'openai');
export const responses: OpenAI.Responses.Tool[] = [...toolsOf(librarian, 'openai.responses'), { type: 'web_search' }];
export const anthropic: Anthropic.ToolUnion[] = toolsOf(librarian, 'anthropic');
export const gemini: ToolListUnion = [...toolsOf(librarian, 'gemini'), { googleSearch: {} }];
export const fiveTools: five.ToolSet = toolsOf(librarian, 'ai-sdk');
export const sixTools: six.ToolSet = toolsOf(librarian, 'ai-sdk');
export const sevenTools: seven.ToolSet = toolsOf(librarian, 'ai-sdk');
export const oneOfClass: OpenAI.ChatCompletionTool[] = toolsOf(Accepted, 'openai');
// @ts-expect-error an unknown vendor
toolsOf(librarian, 'cohere');

declare const completion: OpenAI.ChatCompletion;
declare const response: OpenAI.Responses.Response;
declare const message: Anthropic.Message;
declare const generated: GenerateContentResponse;
declare const fiveModel: five.LanguageModel;
declare const sixModel: six.LanguageModel;
declare const sevenModel: seven.LanguageModel;

export async function answers(): Promise<unknown[]> {
  const chat: OpenAI.ChatCompletionMessageParam[] = await callTools(librarian, completion);
  chat.push(...(await callTools(librarian, completion, { onError: (_error, name) => `${name} failed` })));
  const items: OpenAI.Responses.ResponseInput = await callTools(librarian, response);
  const turns: Anthropic.MessageParam[] = await callTools(librarian, message);
  const contents: Content[] = await callTools(librarian, generated);

  const asFive = await five.generateText({ model: fiveModel, prompt: '?', tools: toolsOf(librarian, 'ai-sdk') });
  const inFive: five.ModelMessage[] = await callTools(librarian, asFive);
  const asSix = await six.generateText({ model: sixModel, prompt: '?', tools: toolsOf(librarian, 'ai-sdk') });
  const inSix: six.ModelMessage[] = await callTools(librarian, asSix);
  const asSeven = await seven.generateText({ model: sevenModel, prompt: '?', tools: toolsOf(librarian, 'ai-sdk') });
  const inSeven: seven.ModelMessage[] = await callTools(librarian, asSeven);
  const streamed: six.ModelMessage[] = await callTools(librarian, six.streamText({ model: sixModel, prompt: '?' }));

  for (const call of completion.choices[0]?.message.tool_calls ?? []) {
    chat.push(await callTool(librarian, call));
  }
  for (const item of response.output) {
    if (item.type === 'function_call' || item.type === 'custom_tool_call') items.push(await callTool(librarian, item));
  }
  for (const block of message.content) if (block.type === 'tool_use') turns.push(await callTool(librarian, block));
  const calls: FunctionCall[] = generated.functionCalls ?? [];
  contents.push(...(await callTools(librarian, calls)));
  for (const part of generated.candidates?.[0]?.content?.parts ?? ([] as Part[])) {
    if (part.functionCall !== undefined) contents.push(await callTool(librarian, part));
  }
  for (const call of asSix.toolCalls) inSix.push(await callTool(librarian, call));
  // @ts-expect-error an answer is no call
  await callTool(librarian, 'lookUp');
  // @ts-expect-error an unknown option
  await callTools(librarian, completion, { retry: 1 });
  return [inFive, inSeven, streamed];
}

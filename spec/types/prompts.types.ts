/** Checked by `tsc`, never run. */
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages';
import type { ModelMessage } from 'ai';
import type OpenAI from 'openai';
import { definePrompt } from '../../src/prompts/define-prompt.js';
import { promptMessages, promptText } from '../../src/prompts/prompt-text.js';
import { renderPrompt } from '../../src/prompts/render-prompt.js';
import type { PromptValue, PromptVariableName } from '../../src/prompts/prompt-variables.js';
import type { Equal, Expect } from './equal.js';

const recommend = definePrompt(
  'Recommend a {genre} book for {reader.name}, {reader.age}. {{not}} {{{limit}}} {books:list}',
);

export const text: string = recommend({ genre: 'sf', reader: { name: 'Ann', age: 7 }, limit: 3, books: ['a'] });
// @ts-expect-error a missing variable
recommend({ genre: 'sf', reader: { name: 'Ann', age: 7 }, limit: 3 });
// @ts-expect-error no variables at all
recommend();
// @ts-expect-error a misspelt variable
recommend({ gnre: 'sf', reader: { name: 'Ann', age: 7 }, limit: 3, books: [] });
// @ts-expect-error one variable too many
recommend({ genre: 'sf', reader: { name: 'Ann', age: 7 }, limit: 3, books: [], not: 1 });
// @ts-expect-error a missing member
recommend({ genre: 'sf', reader: { name: 'Ann' }, limit: 3, books: [] });
// @ts-expect-error a variable that may be undefined
recommend({ genre: undefined as string | undefined, reader: { name: 'Ann', age: 7 }, limit: 3, books: [] });
// @ts-expect-error a text is no list
recommend({ genre: 'sf', reader: { name: 'Ann', age: 7 }, limit: 3, books: 'a' });

const chat = definePrompt(`
  SYSTEM: You know { library }. Your MESSAGES: {many}
  MESSAGES: {history}
  USER: {question}
`);
interface Turn {
  role: 'user' | 'tool';
  content: string[];
  id: number;
}
declare const turns: readonly Turn[];
chat.messages({ library: 'Oslo', many: 3, history: turns, question: null });
// @ts-expect-error a text is no list of messages
chat({ library: 'Oslo', many: 3, history: 'x', question: '?' });

export type Names = [
  Expect<Equal<PromptVariableName<'{a} {{b}} {c.d} {this.e} { f :list}'>, 'a' | 'c' | 'f'>>,
  Expect<Equal<Parameters<typeof chat>[0]['many'], PromptValue>>,
];

const without = definePrompt({ template: 'Hi }}{{', name: 'greet', version: '1' });
without();
// @ts-expect-error it has no variables
without({ a: 1 });

// @ts-expect-error there is no this
definePrompt('{this.reader}');
// @ts-expect-error there is no this
definePrompt({ template: 'Hi {genre} {this.reader}' });
// @ts-expect-error an unknown option
definePrompt({ template: 'Hi', params: [] });

const describe = definePrompt('Describe {cover:image} and {others:images} with {notes:parts} in {language}');
const cover = new Uint8Array();
const described = { cover, others: ['https://books.example/1.png', new URL('https://books.example')], notes: [{}] };
export const toOpenAI: OpenAI.ChatCompletionMessageParam[] = describe.messages(
  { ...described, language: '' },
  'openai',
);
export const toAnthropic: MessageParam[] = describe.messages({ ...described, language: () => 'sf' }, 'anthropic');
export const toResponses: OpenAI.Responses.ResponseInput = promptMessages({}, 'openai.responses');
export const toAiSdk: ModelMessage[] = promptMessages(undefined, 'ai-sdk');
// @ts-expect-error messages of another SDK
export const toOther: MessageParam[] = describe.messages({ ...described, language: '' }, 'openai');
// @ts-expect-error a template with images is no text
describe({ ...described, language: '' });
// @ts-expect-error images belong to an SDK
describe.messages({ ...described, language: '' });
// @ts-expect-error an SDK that is not known
describe.messages({ ...described, language: '' }, 'gemini');
// @ts-expect-error a missing variable, beside an SDK
describe.messages(described, 'openai');
// @ts-expect-error a number is no image
describe.messages({ ...described, cover: 7, language: '' }, 'openai');

definePrompt({ template: 'Hi', metadata: { team: 'books' }, tags: ['production'] });
// @ts-expect-error metadata of another type
definePrompt({ template: 'Hi', metadata: { team: ['books'] } });

recommend({ genre: () => 'sf', reader: { name: () => 'Ann', age: 7 }, limit: 3, books: () => ['a'] });
// @ts-expect-error a function that gives no list
recommend({ genre: 'sf', reader: { name: 'Ann', age: 7 }, limit: 3, books: () => 'a' });

declare const loaded: string;
definePrompt(loaded)({ anything: 1 });
definePrompt(loaded)();

interface Variables {
  genre: string;
}
declare const variables: Variables;
promptText(variables);
promptText();

// Messages fit the SDKs as they are, and beside their own.
export const openai: OpenAI.ChatCompletionMessageParam[] = promptMessages({ genre: 'sf' });
export const responses: OpenAI.Responses.ResponseInput = promptMessages();
export const anthropic: MessageParam[] = promptMessages();
export const both: OpenAI.ChatCompletionMessageParam[] = [
  ...chat.messages({ library: 'Oslo', many: 3, history: turns, question: '?' }),
  { role: 'tool', tool_call_id: '1', content: 'x' },
];

abstract class Desk {
  protected constructor(readonly reader: string) {}
}
export const rendered: string = renderPrompt(Desk, 'ask', variables);

import type { AttributeValue } from '@opentelemetry/api';
import { operationOf, type CallFacts } from './compare-call.js';
import { compare, isLlmSpan } from './compare.js';
import { formulaOf } from './formulas.js';
import { parseMessages, type OutputMessage } from './messages.js';
import type { Recording } from './recording.js';
import type { SpanView } from './spans.js';

/** Spoils a span; false where there is nothing of the kind to spoil. */
type Mutation = (span: SpanView, recording: Recording) => boolean;

const COUNTS = [
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.reasoning.output_tokens',
];

const MUTATIONS: Record<string, Mutation> = {
  ...Object.fromEntries(
    COUNTS.flatMap((key): [string, Mutation][] => [
      [`${key} doubled`, (span) => change(span, key, (count) => Number(count) * 2 || 1)],
      [`${key} lost`, (span) => change(span, key, () => undefined)],
      [`${key} invented`, (span) => invent(span, key, 77_777)],
    ]),
  ),
  'a number of the provider lost': (span, recording) => change(span, own(span, recording), () => undefined),
  'a number of the provider changed': (span, recording) =>
    change(span, own(span, recording), (count) => Number(count) + 1),
  'a finish reason swapped': (span) =>
    change(span, 'gen_ai.response.finish_reasons', ([, ...rest]: string[]) => ['swapped', ...rest]),
  'the finish reasons lost': (span) => change(span, 'gen_ai.response.finish_reasons', () => undefined),
  'the response id changed': (span) => change(span, 'gen_ai.response.id', (id) => `${String(id)}x`),
  'the response model changed': (span) => change(span, 'gen_ai.response.model', (model) => `${String(model)}x`),
  'the request model changed': (span) => change(span, 'gen_ai.request.model', (model) => `${String(model)}x`),
  'the operation changed': (span, { shape }) =>
    change(span, 'gen_ai.operation.name', () =>
      operationOf(shape) === 'embeddings' ? 'text_completion' : 'embeddings',
    ),
  'the embedding dimensions changed': (span) =>
    change(span, 'gen_ai.embeddings.dimension.count', (count) => Number(count) + 1),
  'the time to the first chunk lost': (span) => change(span, 'gen_ai.response.time_to_first_chunk', () => undefined),
  'the time to the first chunk invented': (span) => invent(span, 'gen_ai.response.time_to_first_chunk', 1),
  'the chunks miscounted': (span) => change(span, 'decotel.stream.chunks', (count) => Number(count) + 1),
  'streaming turned round': (span) => change(span, 'gen_ai.request.stream', () => false),
  'the outcome changed': (span) => change(span, 'decotel.outcome', () => 'cancelled'),
  'the status changed': (span) => ((span.status = span.status === 2 ? 0 : 2), true),
  'the error type lost': (span) => change(span, 'error.type', () => undefined),
  'an error type invented': (span) => invent(span, 'error.type', 'Error'),
  'an exception added': (span) => span.events.push({ name: 'exception', attributes: {} }) > 0,
  'the exception lost': (span) => span.events.splice(0).length > 0,
  'the text cut': (span) => edit(span, (messages) => replaceContent(messages, 'text')),
  'the reasoning cut': (span) => edit(span, (messages) => replaceContent(messages, 'reasoning')),
  'a document lost': (span, { expect }) =>
    expect.rerank_results !== undefined && change(span, 'gen_ai.retrieval.documents', () => '[]'),
  'the tool plan cut': (span) => edit(span, (messages) => replaceContent(messages, 'tool_plan')),
  'a message lost': (span) => edit(span, (messages) => messages.pop()?.parts.length),
  'the last tool call lost': (span) => edit(span, (messages) => dropLast(messages, 'tool_call')),
  'a tool call renamed': (span) => edit(span, (messages) => withCall(messages, (call) => (call.name = 'renamed'))),
  'the id of a tool call lost': (span) =>
    edit(span, (messages) => withCall(messages, (call) => call.id && delete call.id)),
  'the arguments of a tool call changed': (span) =>
    edit(span, (messages) => withCall(messages, (call) => (call.arguments = { changed: true }))),
  'the order of tool calls turned round': (span) => edit(span, turnRound),
  // Recordings do not name the tools that Groq ran itself.
  'a server tool call lost': (span, { expect }) =>
    expect.other_items !== undefined && edit(span, (messages) => dropLast(messages, 'server_tool_call')),
};

/** Spoils the spans of a call in every way that applies, and names the spoilt ones that the comparison let pass. */
export function mutate(
  spans: readonly SpanView[],
  recording: Recording,
  facts: CallFacts,
): { tried: number; missed: string[] } {
  const variants: [string, SpanView[]][] = [
    ['the span lost', spans.filter((span) => !isLlmSpan(span))],
    ['the span doubled', [...spans, ...spans.filter(isLlmSpan)]],
  ];
  for (const [name, mutation] of Object.entries(MUTATIONS)) {
    const spoilt = structuredClone(spans) as SpanView[];
    const span = spoilt.find(isLlmSpan);
    if (span !== undefined && mutation(span, recording)) variants.push([name, spoilt]);
  }
  const missed = variants.filter(([, spoilt]) => compare(spoilt, recording, facts).length === 0).map(([name]) => name);
  return { tried: variants.length, missed };
}

function change(span: SpanView, key: string | undefined, to: (value: never) => unknown): boolean {
  if (key === undefined || span.attributes[key] === undefined) return false;
  const value = to(span.attributes[key] as never);
  if (value === undefined) delete span.attributes[key];
  else span.attributes[key] = value as AttributeValue;
  return true;
}

function invent(span: SpanView, key: string, value: string | number): boolean {
  if (span.attributes[key] !== undefined) return false;
  span.attributes[key] = value;
  return true;
}

/** A number that stands on the span because no attribute of the conventions is it. */
function own(span: SpanView, { shape, expect }: Recording): string | undefined {
  const claimed = formulaOf(shape).claims(expect);
  return Object.keys(span.attributes).find(
    (key) => key.startsWith('decotel.usage.') && !claimed.includes(key.slice('decotel.usage.'.length)),
  );
}

function edit(span: SpanView, apply: (messages: OutputMessage[]) => unknown): boolean {
  const key = 'gen_ai.output.messages';
  const messages = parseMessages(span.attributes[key]);
  if (messages === undefined || !apply(messages)) return false;
  span.attributes[key] = JSON.stringify(messages);
  return true;
}

function replaceContent(messages: OutputMessage[], type: string): boolean {
  const part = messages[0]?.parts.find((candidate) => candidate.type === type && candidate.content !== '');
  if (part === undefined) return false;
  part.content = String(part.content).slice(1);
  return true;
}

function withCall(messages: OutputMessage[], apply: (call: OutputMessage['parts'][number]) => unknown): unknown {
  const call = messages.flatMap(({ parts }) => parts).find(({ type }) => type === 'tool_call');
  return call !== undefined && apply(call);
}

function dropLast(messages: OutputMessage[], type: string): boolean {
  const parts = messages.at(-1)?.parts ?? [];
  const index = parts.map((part) => part.type).lastIndexOf(type);
  return index >= 0 && parts.splice(index, 1).length > 0;
}

function turnRound(messages: OutputMessage[]): boolean {
  const parts = messages[0]?.parts ?? [];
  if (parts.filter(({ type }) => type === 'tool_call').length < 2) return false;
  const before = JSON.stringify(parts);
  // Calls without an id may look alike once what is secret in them is masked.
  return JSON.stringify(parts.reverse()) !== before;
}

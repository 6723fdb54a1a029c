import { isDeepStrictEqual } from 'node:util';
import type { Findings } from './findings.js';
import { contentsOf, parseMessages, partsOf, type OutputMessage, type Part } from './messages.js';
import type { Expectation, ExpectedToolCall, Recording } from './recording.js';
import type { SpanView } from './spans.js';

const OUTPUT = 'gen_ai.output.messages';

/** Wire shapes whose answers may hold several choices, each a message of its own. */
const WITH_CHOICES = new Set(['chat', 'completions', 'google']);

export function compareContent(findings: Findings, span: SpanView, recording: Recording): void {
  const { expect, shape } = recording;
  compareDocuments(findings, span, expect);
  const attribute = span.attributes[OUTPUT];
  if (attribute === undefined && !saysAnything(expect)) return;
  const messages = parseMessages(attribute);
  if (messages === undefined) return findings.add(OUTPUT, 'a JSON list of messages', attribute);
  const choices = WITH_CHOICES.has(shape) ? (expect.choices ?? 1) : 1;
  if (saysAnything(expect)) findings.equal(`${OUTPUT} (messages)`, choices, messages.length);
  findings.holds(
    `${OUTPUT} (finish_reason)`,
    messages.every(({ finish_reason }) => typeof finish_reason === 'string' && finish_reason !== ''),
    'one in each message',
    messages.map(({ finish_reason }) => finish_reason),
  );
  compareTexts(findings, messages, expect);
  compareReasoning(findings, messages, expect);
  compareToolCalls(findings, messages, expect);
  compareOtherItems(findings, messages, expect);
}

/** What was put in order, best first. */
function compareDocuments(findings: Findings, span: SpanView, { rerank_results: count }: Expectation): void {
  if (count === undefined) return;
  const result = span.attributes['gen_ai.retrieval.documents'];
  const documents: unknown = typeof result === 'string' ? JSON.parse(result) : undefined;
  findings.equal('gen_ai.retrieval.documents', count, Array.isArray(documents) ? documents.length : documents);
}

function saysAnything(expect: Expectation): boolean {
  return [
    expect.text,
    expect.refusal,
    expect.tool_plan,
    expect.reasoning_text,
    expect.audio_transcript,
    expect.tool_calls,
    expect.other_items,
  ].some((member) => member !== undefined);
}

function compareTexts(findings: Findings, messages: OutputMessage[], expect: Expectation): void {
  const { text = '', texts = [text], refusal, audio_transcript: transcript, tool_plan: plan = '' } = expect;
  findings.equal(`${OUTPUT} (tool plan)`, plan, contentsOf(messages, 'tool_plan').join(''));
  const spoken = messages.map((message) => contentsOf([message], 'text').join(''));
  if (refusal !== undefined) {
    const refusals = messages[0]?.parts.filter((part) => part.type !== 'reasoning' && part.content === refusal) ?? [];
    findings.equal(`${OUTPUT} (refusal)`, 1, refusals.length);
    if (refusals[0]?.type === 'text') return;
  }
  if (transcript !== undefined) {
    const said = JSON.stringify(messages).includes(JSON.stringify(transcript));
    findings.holds(`${OUTPUT} (audio transcript)`, said, transcript, messages);
    if (spoken[0] === transcript) return;
  }
  texts.forEach((expected, index) => findings.equal(`${OUTPUT} (text ${index})`, expected, spoken[index] ?? ''));
}

/** Thoughts come in pieces; what stands between them is the provider's choice of white space. */
function compareReasoning(findings: Findings, messages: OutputMessage[], expect: Expectation): void {
  const thought = contentsOf(messages.slice(0, 1), 'reasoning').join('');
  const bare = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const expected = expect.reasoning_text ?? '';
  if (thought !== expected && thought.replace(/\s/g, '') !== expected.replace(/\s/g, '')) {
    findings.add(`${OUTPUT} (reasoning)`, bare(expected), bare(thought));
  }
}

function compareToolCalls(findings: Findings, messages: OutputMessage[], expect: Expectation): void {
  const expected = expect.tool_calls ?? [];
  const actual = messages.flatMap((message, choice) =>
    partsOf([message], 'tool_call').map((part) => ({ part, choice })),
  );
  findings.equal(
    `${OUTPUT} (tool calls)`,
    expected.map(({ name }) => name),
    actual.map(({ part }) => part.name),
  );
  expected.forEach((call, index) => {
    const found = actual[index];
    if (found === undefined) return;
    findings.equal(`${OUTPUT} (tool call ${index}, id)`, call.id, found.part.id ?? undefined);
    if (call.choice !== undefined) findings.equal(`${OUTPUT} (tool call ${index}, choice)`, call.choice, found.choice);
    compareArguments(findings, index, call, found.part);
  });
}

function compareArguments(findings: Findings, index: number, call: ExpectedToolCall, part: Part): void {
  const expected = parsed(call.arguments);
  if (expected === undefined) return;
  const isSame = expected === '' ? isNothing(part.arguments) : sameButMasked(expected, part.arguments);
  if (!isSame) {
    findings.add(`${OUTPUT} (tool call ${index}, arguments)`, expected, part.arguments);
  }
}

/** Some providers send no text where a call has no arguments. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === '' || isDeepStrictEqual(value, {});
}

/** JSON text as its value; other text as it is. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** decotel masks members that are called like a secret, so a recorded password is not on the span. */
function sameButMasked(expected: unknown, actual: unknown): boolean {
  if (isDeepStrictEqual(expected, actual)) return true;
  if (!isObject(expected) || !isObject(actual)) return false;
  const names = Object.keys(expected);
  return (
    isDeepStrictEqual(names.sort(), Object.keys(actual).sort()) &&
    names.every((name) =>
      /password|secret|token|api_?key/i.test(name) && actual[name] === '[masked]'
        ? true
        : sameButMasked(expected[name], actual[name]),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the provider did itself (searched, ran code): a part for each call, for each result and for anything else. */
function compareOtherItems(findings: Findings, messages: OutputMessage[], expect: Expectation): void {
  const usual = new Set(['text', 'reasoning', 'tool_call', 'refusal']);
  const types = messages.flatMap(({ parts }) => parts.map(({ type }) => type)).filter((type) => !usual.has(type));
  const items = expect.other_items ?? [];
  const atLeast = (found: string[], expected: string[]): void =>
    findings.holds(`${OUTPUT} (other items)`, found.length >= expected.length, expected.join(', '), found.join(', '));
  const isCall = (item: string): boolean => /_(call|use)$|^executableCode$/.test(item);
  const isResult = (item: string): boolean => /_(result|output)$|^codeExecutionResult$/.test(item);
  atLeast(
    types.filter((type) => type === 'server_tool_call'),
    items.filter(isCall),
  );
  atLeast(
    types.filter((type) => type === 'server_tool_call_response'),
    items.filter(isResult),
  );
  atLeast(types, items);
}

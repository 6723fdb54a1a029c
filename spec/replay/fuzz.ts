import { withOtel } from 'decotel';
import { readRequest, readResponse, startFold, type ResponseReading } from '../../src/providers/registry.js';
import { checkAttributes, checkMessages } from '../support/conventions.js';
import type { PreparedCall } from './callers/caller.js';
import { Findings } from './findings.js';
import { Random } from './random.js';
import type { Recording } from './recording.js';
import { prepareCall, type Trial } from './replay.js';
import type { ReplayServer } from './server.js';
import type { SpanSource, SpanView } from './spans.js';
import { spoilValue } from './spoil-value.js';

export function isAnswered({ expect }: Recording): boolean {
  return expect.error === undefined;
}

/** A request and its answer, as an SDK gives it. */
interface Exchange {
  request: unknown;
  /** The chunks of a stream, or the one response. */
  values: readonly unknown[];
  isStream: boolean;
}

/**
 * Spoils requests, responses and chunks member by member: whatever they look like, reading them throws nothing, a
 * decorated method still delivers them and has one span, in which nothing is of a type that it should not be.
 */
export async function fuzz(
  recording: Recording,
  times: number,
  server: ReplayServer,
  source: SpanSource,
): Promise<Trial[] | undefined> {
  const call = await prepareCall(recording, server.base);
  if (call === undefined) return undefined;
  server.serve(recording);
  const exchange = await exchangeOf(call);
  const trials: Trial[] = [];
  for (let time = 0; time < times; time += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, times - time) }, (_, index) => `${recording.id} ${time + index}`);
    trials.push(...(await fuzzBatch(exchange, ids, source)));
  }
  return trials;
}

/** To wait for the spans of each by itself takes longer than all the rest. */
const BATCH = 50;

async function fuzzBatch(exchange: Exchange, ids: readonly string[], source: SpanSource): Promise<Trial[]> {
  const tried: { trial: Trial; findings: Findings; id: string }[] = [];
  for (const id of ids) {
    const { spoilt, kind, change } = spoilExchange(exchange, new Random(id));
    const findings = new Findings();
    readDirectly(findings, spoilt);
    await deliver(findings, spoilt, id);
    findings.equal('failures reported', [], source.takeReports());
    tried.push({ trial: { kind, detail: change, findings: findings.list }, findings, id });
  }
  const spans = await source.take();
  for (const { findings, id } of tried)
    compareSpans(
      findings,
      spans.filter(({ name }) => name === id),
    );
  // Content is rendered when the spans are looked at.
  tried.at(-1)?.findings.equal('failures reported in this batch', [], source.takeReports());
  return tried.map(({ trial }) => trial);
}

/** What the SDK makes of the recording, without its classes. */
async function exchangeOf(call: PreparedCall): Promise<Exchange> {
  const values: unknown[] = [];
  const answer = await call.send(call.client({ selfTracing: false }));
  const isStream = typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
  try {
    if (isStream) for await (const chunk of answer as AsyncIterable<unknown>) values.push(plain(chunk));
    else values.push(plain(answer));
  } catch {
    // A recorded error in the stream: what came before it is spoilt.
  }
  return { request: call.body, values, isStream };
}

function plain(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    // Some SDKs keep the raw response beside the answer.
    return JSON.parse(JSON.stringify(value)) as unknown;
  }
}

const REQUESTS_OF_TEN = 3;

function spoilExchange(exchange: Exchange, random: Random): { spoilt: Exchange; kind: string; change: string } {
  if (random.below(10) < REQUESTS_OF_TEN) {
    const { value, change } = spoilValue(exchange.request, random);
    return { spoilt: { ...exchange, request: value }, kind: 'request', change };
  }
  const { value, change } = spoilValue(exchange.values, random);
  // A request would be rendered with each of them, for nothing.
  return {
    spoilt: { ...exchange, request: undefined, values: value },
    kind: exchange.isStream ? 'chunk' : 'response',
    change,
  };
}

/** Without the engine, which would catch and report what is thrown. */
function readDirectly(findings: Findings, { request, values, isStream }: Exchange): void {
  try {
    const asked = readRequest(request)?.reading;
    asked?.systemInstructions?.();
    asked?.input?.();
    asked?.toolDefinitions?.();
    if (isStream) readChunks(values)?.output?.();
    else readResponse(values[0])?.reading.output?.();
  } catch (error) {
    findings.add('thrown by a reader', undefined, error instanceof Error ? error.stack : error);
  }
}

function readChunks(chunks: readonly unknown[]): ResponseReading | undefined {
  const fold = startFold(chunks[0])?.fold;
  for (const chunk of chunks) if (typeof chunk === 'object' && chunk !== null) fold?.add(chunk);
  return fold?.read();
}

/** The method returns what the spoilt exchange says, and its caller gets the very same. */
async function deliver(findings: Findings, { request, values, isStream }: Exchange, name: string): Promise<void> {
  const answer = isStream ? streamOf(values) : Promise.resolve(values[0]);
  const ask = withOtel({ name })((asked: unknown): unknown => (asked === request ? answer : undefined));
  const received: unknown[] = [];
  try {
    const answered = ask(request);
    if (isStream) for await (const chunk of answered as AsyncIterable<unknown>) received.push(chunk);
    else received.push(await answered);
  } catch (error) {
    findings.add('thrown into the caller', undefined, error instanceof Error ? error.stack : error);
  }
  const expected = isStream ? values : [values[0]];
  const isSame =
    received.length === expected.length && received.every((value, index) => Object.is(value, expected[index]));
  findings.holds('delivered', isSame, 'the same values', received);
}

async function* streamOf(values: readonly unknown[]): AsyncGenerator {
  yield* values;
}

/** What the application sends as the schema of a tool is recorded as it is. */
const TOOL_SCHEMA = /^gen_ai\.tool\.definitions\/\d+\/parameters/;

function compareSpans(findings: Findings, spans: readonly SpanView[]): void {
  findings.equal('spans', 1, spans.length);
  for (const { attributes } of spans) {
    const complaints = [...checkAttributes(attributes), ...checkMessages(attributes)];
    findings.equal(
      'attributes',
      [],
      complaints.filter((complaint) => !TOOL_SCHEMA.test(complaint)),
    );
    const outcome = attributes['decotel.outcome'];
    findings.holds('decotel.outcome', outcome === 'completed' || outcome === 'error', 'completed or error', outcome);
    for (const [key, value] of Object.entries(attributes)) {
      if (/^(gen_ai|decotel)\.usage\./.test(key)) findings.holds(key, Number(value) >= 0, 'a count', value);
    }
  }
}

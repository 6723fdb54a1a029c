import { isDeepStrictEqual } from 'node:util';
import { CALLERS } from './callers/registry.js';
import type { PreparedCall } from './callers/caller.js';
import type { CallFacts } from './compare-call.js';
import { compare } from './compare.js';
import { Findings, type Finding } from './findings.js';
import type { Recording } from './recording.js';
import type { ReplayServer } from './server.js';
import type { SpanSource, SpanView } from './spans.js';
import { deliverBare, deliverDecorated, isObserved, usesHelper, type Delivery, type Way } from './ways.js';

/** One recording called in one way: the spans it made and what is wrong with them. */
export interface CallResult {
  way: Way;
  spans: SpanView[];
  facts: CallFacts;
  findings: Finding[];
}

/** Undefined where no SDK here calls this recording. */
export async function replay(
  recording: Recording,
  ways: readonly Way[],
  server: ReplayServer,
  source: SpanSource,
): Promise<CallResult[] | undefined> {
  const caller = CALLERS.find(({ apis }) => apis.includes(recording.api));
  const call = await caller?.prepare(recording, server.base);
  if (call === undefined) return undefined;
  const results: CallResult[] = [];
  for (const way of ways) {
    if (usesHelper(way) && call.sendByHelper === undefined) continue;
    results.push(await replayOneWay(recording, call, way, server, source));
  }
  return results;
}

async function replayOneWay(
  recording: Recording,
  call: PreparedCall,
  way: Way,
  server: ReplayServer,
  source: SpanSource,
): Promise<CallResult> {
  server.serve(recording);
  const bare = await deliverBare(call, usesHelper(way));
  const late = await source.take();
  const delivered = await deliverDecorated(call, way);
  const spans = await source.take();
  const facts: CallFacts = {
    observed: isObserved(way),
    ...(bare.failed && { error: bare.error }),
    ...(call.chunks !== undefined && { chunks: call.chunks }),
    ...(call.providerName !== undefined && { providerName: call.providerName }),
  };
  const findings = new Findings();
  findings.equal(
    'spans after the former call had ended, or of a bare call',
    [],
    late.map(({ name }) => name),
  );
  findings.equal('failures that decotel reported', [], source.takeReports());
  compareDeliveries(findings, recording, bare, delivered);
  server.received.forEach(({ body }) => findings.equal('the request sent', call.body, body));
  findings.equal('requests (bare and decorated)', 2, server.received.length);
  return { way, spans, facts, findings: [...findings.list, ...compare(spans, recording, facts)] };
}

/** The method stays the method: with decotel the caller gets what it gets without. */
function compareDeliveries(findings: Findings, { expect }: Recording, bare: Delivery, delivered: Delivery): void {
  const failure = expect.error ?? expect.stream_error;
  if (failure === undefined && bare.failed) findings.add('the SDK itself', 'an answer', String(bare.error));
  if (failure !== undefined && !bare.failed) findings.add('the SDK itself', 'an error', 'an answer');
  findings.equal('delivered by the method', undefined, delivered.changed);
  findings.equal('delivered values', bare.values, delivered.values);
  if (!isDeepStrictEqual(errorFacts(bare), errorFacts(delivered))) {
    findings.add('delivered error', errorFacts(bare), errorFacts(delivered));
  }
}

/** What tells two errors of an SDK apart, their stacks aside. */
function errorFacts({ failed, error }: Delivery): unknown {
  if (!failed || !(error instanceof Error)) return failed ? error : undefined;
  const { status, code, type } = error as Error & { status?: unknown; code?: unknown; type?: unknown };
  return { class: error.constructor.name, name: error.name, message: error.message, status, code, type };
}

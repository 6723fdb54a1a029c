import { CALLERS } from './callers/registry.js';
import type { PreparedCall } from './callers/caller.js';
import type { CallFacts } from './compare-call.js';
import { compareDelivery, failsAsRecorded } from './compare-delivery.js';
import { compare } from './compare.js';
import { Findings, type Finding } from './findings.js';
import type { Recording } from './recording.js';
import type { ReplayServer } from './server.js';
import type { SpanSource, SpanView } from './spans.js';
import { deliverBare, deliverDecorated, isObserved, usesHelper, type Way } from './ways.js';

/** Something done with a recording, and what was wrong. */
export interface Trial {
  /** Whatever was done alike, for the sums at the end. */
  kind: string;
  /** Tells it from the others of its kind. */
  detail?: string;
  findings: Finding[];
}

/** One recording called in one way: the spans it made and what is wrong with them. */
export interface CallResult extends Trial {
  kind: Way;
  spans: SpanView[];
  facts: CallFacts;
}

/** Undefined where no SDK here calls this recording. */
export async function prepareCall(recording: Recording, base: string): Promise<PreparedCall | undefined> {
  const caller = CALLERS.find(({ apis }) => apis.includes(recording.api));
  return caller?.prepare(recording, base);
}

/** Undefined where no SDK here calls this recording. */
export async function replay(
  recording: Recording,
  ways: readonly Way[],
  server: ReplayServer,
  source: SpanSource,
): Promise<CallResult[] | undefined> {
  const call = await prepareCall(recording, server.base);
  if (call === undefined) return undefined;
  const results: CallResult[] = [];
  for (const way of ways) {
    if (usesHelper(way) && call.sendByHelper === undefined) continue;
    try {
      const result = await replayOneWay(recording, call, way, server, source);
      if (result !== undefined) results.push(result);
    } catch (error) {
      const findings = [{ subject: 'the replay itself', expected: 'a comparison', actual: String(error) }];
      results.push({ kind: way, spans: [], facts: { observed: isObserved(way) }, findings });
    }
  }
  return results;
}

/** Undefined where the SDK's helper, unlike its plain method, fails on the recording by itself. */
async function replayOneWay(
  recording: Recording,
  call: PreparedCall,
  way: Way,
  server: ReplayServer,
  source: SpanSource,
): Promise<CallResult | undefined> {
  server.serve(recording);
  const bare = await deliverBare(call, usesHelper(way));
  if (usesHelper(way) && bare.failed && !failsAsRecorded(recording)) return undefined;
  const late = await source.take();
  const delivered = await deliverDecorated(call, way);
  const spans = await source.take();
  const facts: CallFacts = {
    observed: isObserved(way),
    error: bare.error,
    // An SDK that throws at an error inside a stream keeps that event to itself.
    chunks: recording.expect.stream_error === undefined ? call.chunks : bare.values.length,
    model: call.model,
    providerName: providerNameOf(call, way),
    hidesUsage: call.hidesUsage,
  };
  const findings = new Findings();
  findings.equal(
    'spans after the former call had ended, or of a bare call',
    [],
    late.map(({ name }) => name),
  );
  findings.equal('failures reported', [], source.takeReports());
  compareDelivery(findings, recording, bare, delivered);
  server.received.forEach(({ body }) => findings.equal('the request sent', call.body, body));
  findings.equal('requests (bare and decorated)', 2, server.received.length);
  return { kind: way, spans, facts, findings: [...findings.list, ...compare(spans, recording, facts)] };
}

function providerNameOf(call: PreparedCall, way: Way): string | undefined {
  if (way === 'helper' && call.addressTellsProvider) return undefined;
  return (isObserved(way) ? call.clientProviderName : undefined) ?? call.providerName;
}

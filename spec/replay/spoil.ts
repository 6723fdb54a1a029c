import type { PreparedCall } from './callers/caller.js';
import { compareReceived } from './compare-delivery.js';
import { isLlmSpan } from './compare.js';
import { Findings, type Finding } from './findings.js';
import { Random } from './random.js';
import type { Recording } from './recording.js';
import { prepareCall, type Trial } from './replay.js';
import type { ReplayServer } from './server.js';
import type { SpanSource } from './spans.js';
import { spoilBody, type WireBody } from './spoil-body.js';
import { deliverBare, deliverDecorated, usesHelper, type Way } from './ways.js';

export function isStream({ streaming, response }: Recording): boolean {
  return streaming && response.status < 400;
}

/**
 * Answers with the recorded stream spoilt on the wire, one time after the other in each way: whoever called has to get
 * what a bare call of the SDK gets of the same bytes, and there is one ended span. Undefined where no SDK calls it.
 */
export async function spoil(
  recording: Recording,
  { spoil: times, ways }: { spoil: number; ways: readonly Way[] },
  server: ReplayServer,
  source: SpanSource,
): Promise<Trial[] | undefined> {
  const call = await prepareCall(recording, server.base);
  if (call === undefined) return undefined;
  const possible = ways.filter((way) => !usesHelper(way) || call.sendByHelper !== undefined);
  const trials: Trial[] = [];
  for (let time = 0; time < times; time++) {
    const way = possible[time % possible.length];
    if (way === undefined) break;
    const { spoiling, ...body } = spoilBody(recording.response, new Random(`${recording.api}/${recording.id}/${time}`));
    const findings = await spoilOnce(recording, call, body, way, server, source);
    trials.push({ kind: spoiling, detail: `${way} ${time}`, findings });
  }
  return trials;
}

async function spoilOnce(
  recording: Recording,
  call: PreparedCall,
  body: WireBody,
  way: Way,
  server: ReplayServer,
  source: SpanSource,
): Promise<Finding[]> {
  const findings = new Findings();
  server.serve(recording, body);
  const bare = await deliverBare(call, usesHelper(way));
  await source.take();
  // A helper of an SDK may leave a rejection unhandled by itself.
  const reports = source.takeReports();
  const delivered = await deliverDecorated(call, way);
  // An SDK that traces itself has a span of its own, which is no model call's.
  const spans = (await source.take()).filter((span) => span.scope === 'decotel' || isLlmSpan(span));
  findings.equal('reports', reports, source.takeReports());
  compareReceived(findings, bare, delivered);
  findings.equal(
    'spans',
    ['decotel'],
    spans.map(({ scope }) => scope),
  );
  for (const span of spans) {
    findings.equal('a span of a model call', true, isLlmSpan(span));
    // An answer may say itself that it failed.
    const outcomes = bare.failed ? ['error'] : ['completed', 'error'];
    const outcome = span.attributes['decotel.outcome'];
    findings.holds('decotel.outcome', outcomes.includes(String(outcome)), outcomes.join(' or '), outcome);
  }
  return findings.list;
}

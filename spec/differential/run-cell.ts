import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import type { Telemetry } from '../support/telemetry.js';
import { FROZEN, type AllowedDifference } from './allowed-differences.js';
import { Consumer } from './consumer.js';
import { Bare, Decorated } from './subjects.js';
import type { Expected, Idiom, Row } from './table.js';
import { Trace } from './trace.js';
import { turn } from './uses/moments.js';

/** Longer than any script takes by far. */
const HANGS_AFTER_MS = 2000;

/** What the spans say of a call. */
export interface SpanFacts {
  outcome: unknown;
  isError: boolean;
  errorType: unknown;
  isUnobserved: boolean;
}

export interface Seen {
  lines: readonly string[];
  wasOpen: readonly boolean[];
  traceIds: readonly (string | undefined)[];
}

export interface CellResult {
  bare: Seen;
  decorated: Seen;
  spans: SpanFacts[];
  expectedSpans: SpanFacts[];
  /** Calls that nothing but shutdown ended. */
  leftOpen: number;
  expectedOpen: number;
}

export type Subject = { give(make: (self: object) => unknown): unknown };

/** Runs a script against a method; what it leaves behind has time to show. */
export async function see(
  row: Row,
  { script }: Idiom<unknown>,
  subject: Subject,
  hangsAfterMs = HANGS_AFTER_MS,
): Promise<Seen> {
  const trace = new Trace();
  const consumer = consumerOf(row, trace, subject);
  await endingSoon(trace, () => script(consumer), hangsAfterMs);
  await turn();
  return seenBy(consumer);
}

/** The same without a wait for the script: nobody handles what it throws, and whoever listens tells the trace. */
export async function seeUnhandled(
  row: Row,
  { script }: Idiom<unknown>,
  subject: Subject,
  listen: (trace: Trace) => void,
): Promise<Seen> {
  const trace = new Trace();
  listen(trace);
  const consumer = consumerOf(row, trace, subject);
  await new Promise<void>((begun) => {
    setImmediate(() => {
      begun();
      void script(consumer);
    });
  });
  await untilQuiet(trace);
  return seenBy(consumer);
}

function consumerOf(row: Row, trace: Trace, subject: Subject): Consumer<unknown> {
  return new Consumer(trace, row, subject.give.bind(subject), () => openCallCount() > 0);
}

function seenBy({ trace, wasOpen, traceIds }: Consumer<unknown>): Seen {
  return { lines: [...trace.lines], wasOpen, traceIds };
}

async function endingSoon(trace: Trace, script: () => unknown, hangsAfterMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise((resolve) => (timer = setTimeout(resolve, hangsAfterMs)));
  await Promise.race([trace.attempt('script', script), hanging.then(() => trace.note('the script hangs'))]);
  clearTimeout(timer);
}

/** By turns, not by the clock, which may be late; RxJS tells of an error from a timer. */
async function untilQuiet(trace: Trace): Promise<void> {
  for (let before = -1; before < trace.lines.length;) {
    before = trace.lines.length;
    for (let count = 0; count < 8; count++) await turn();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export async function runCell(
  row: Row,
  cell: Idiom<unknown>,
  telemetry: Telemetry,
  subject: Subject = new Decorated(),
): Promise<CellResult> {
  const bare = await see(row, cell, new Bare());
  telemetry.clear();
  const decorated = await see(row, cell, subject);
  return resultOf(row, cell, bare, decorated, telemetry);
}

/** What a cell says, beside what it should: lines that only differ as allowed count as equal. */
export interface Judgement {
  difference: AllowedDifference | 'none' | undefined;
  expected: object;
  received: object;
}

export function judge(
  row: Row,
  { bare, decorated, spans, expectedSpans, leftOpen, expectedOpen }: CellResult,
): Judgement {
  const isFrozen = row.allowed?.includes(FROZEN) === true;
  const difference = compare(bare.lines, decorated.lines, row.allowed);
  const lines = difference === undefined ? decorated.lines : bare.lines;
  const endedEarly = !isFrozen && decorated.wasOpen.includes(false);
  return {
    difference: difference === 'none' && isFrozen ? FROZEN : difference,
    expected: { lines: bare.lines, isEmpty: false, spans: expectedSpans, leftOpen: expectedOpen, endedEarly: false },
    received: { lines, isEmpty: bare.lines.length === 0, spans, leftOpen, endedEarly },
  };
}

/** Ends what is still open, as shutdown does, and puts together what there is to compare. */
export function resultOf(
  row: Row,
  cell: Idiom<unknown>,
  bare: Seen,
  decorated: Seen,
  telemetry: Telemetry,
): CellResult {
  const leftOpen = openCallCount();
  endOpenCalls('shutdown');
  const expectedSpans = expectedOf(row, cell);
  return {
    bare,
    decorated,
    spans: byOutcome(telemetry.spans.map(factsOf)),
    expectedSpans,
    leftOpen,
    expectedOpen: expectedSpans.filter(({ outcome }) => outcome === 'shutdown').length,
  };
}

export function expectedOf(row: Row, { expected }: Idiom<unknown>): SpanFacts[] {
  const isUnobserved = row.allowed?.includes(FROZEN) === true;
  return byOutcome(
    expected.map((one) => {
      const outcome = isUnobserved ? 'completed' : outcomeOf(row, one);
      const isError = outcome === 'error';
      // An idiom that names the error itself brings it about.
      const errorType = one === 'ends' ? row.errorType : 'ConsumerError';
      return { outcome, isError, errorType: isError ? errorType : undefined, isUnobserved };
    }),
  );
}

function outcomeOf(row: Row, expected: Expected): Exclude<Expected, 'ends'> {
  return expected === 'ends' ? (row.ends ?? 'completed') : expected;
}

export function factsOf({ attributes, status }: ReadableSpan): SpanFacts {
  return {
    outcome: attributes['decotel.outcome'],
    isError: status.code === SpanStatusCode.ERROR,
    errorType: attributes['error.type'],
    isUnobserved: attributes['decotel.unobserved'] === true,
  };
}

function byOutcome(facts: SpanFacts[]): SpanFacts[] {
  return facts.sort((one, other) => String(one.outcome).localeCompare(String(other.outcome)));
}

/** The one allowed difference under which the traces agree; undefined where they differ otherwise. */
function compare(
  bare: readonly string[],
  decorated: readonly string[],
  allowed: readonly AllowedDifference[] = [],
): AllowedDifference | 'none' | undefined {
  const agree = (permits: (line: string, other: string) => boolean): boolean =>
    bare.length === decorated.length &&
    bare.every((line, index) => line === decorated[index] || permits(line, decorated[index] ?? ''));
  if (agree(() => false)) return 'none';
  return allowed.find(({ permits }) => agree(permits));
}

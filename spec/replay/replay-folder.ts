import type { ReplayOptions } from './arguments.js';
import { describeFinding } from './findings.js';
import { readFolder } from './folder.js';
import { fuzz, isAnswered } from './fuzz.js';
import { mutate } from './mutations.js';
import type { Recording } from './recording.js';
import { replay, type CallResult, type Trial } from './replay.js';
import { Report } from './report.js';
import { startServer } from './server.js';
import { startRecording } from './spans.js';
import { isStream, spoil } from './spoil.js';

export interface ReplayResult {
  passed: number;
  failed: number;
  unsupported: number;
  missedMutations: number;
}

/** Calls every recording of a folder again and prints what differs. */
export async function replayFolder(options: ReplayOptions, print: (line: string) => void): Promise<ReplayResult> {
  const { recordings, unreadable } = readFolder(options.folder);
  const report = new Report(print);
  const answered = new Map<string, number>();
  for (const { api } of recordings.filter(isAnswered)) answered.set(api, (answered.get(api) ?? 0) + 1);
  for (const { file, reason } of unreadable) report.fail('(unreadable)', `${file}: ${reason}`);
  const source = startRecording();
  const server = await startServer();
  try {
    for (const recording of recordings) {
      const name = `${recording.api}/${recording.id}`;
      if (!name.includes(options.only)) continue;
      if (options.spoil > 0) {
        if (isStream(recording)) reportTrials(report, recording, name, await spoil(recording, options, server, source));
      } else if (options.fuzz > 0) {
        const times = Math.ceil(options.fuzz / (answered.get(recording.api) ?? 1));
        if (isAnswered(recording)) reportTrials(report, recording, name, await fuzz(recording, times, server, source));
      } else {
        const results = await replay(recording, options.ways, server, source);
        reportTrials(report, recording, name, results);
        if (options.mutate) for (const result of results ?? []) reportMutations(report, recording, name, result);
      }
    }
    const late = await source.take();
    if (late.length > 0) report.fail('(at the end)', `${late.length} spans after the last call`);
  } finally {
    await server.close();
    await source.shutdown();
  }
  report.finish();
  return {
    passed: report.total('passed'),
    failed: report.total('failed'),
    unsupported: report.total('unsupported'),
    missedMutations: report.mutations.missed,
  };
}

function reportTrials(report: Report, recording: Recording, name: string, trials: Trial[] | undefined): void {
  if (trials === undefined) return report.count(recording.api, 'unsupported');
  const lines = trials.flatMap(({ kind, detail, findings }) => {
    const label = detail === undefined ? kind : `${kind}, ${detail}`;
    return findings.map((finding) => `${name} [${label}] ${describeFinding(finding)}`);
  });
  for (const { kind } of trials) report.countCall(kind);
  if (lines.length > 0) report.fail(recording.api, ...lines);
  else report.count(recording.api, 'passed');
}

/** Only spans that agree with their recording: of the others nobody knows what they should look like. */
function reportMutations(report: Report, recording: Recording, name: string, result: CallResult): void {
  if (result.findings.length > 0) return;
  const { tried, missed } = mutate(result.spans, recording, result.facts);
  report.countMutations(
    tried,
    missed.map((mutation) => `${name} [${result.kind}] ${mutation}`),
  );
}

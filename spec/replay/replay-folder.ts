import type { ReplayOptions } from './arguments.js';
import { describeFinding } from './findings.js';
import { readFolder } from './folder.js';
import { mutate } from './mutations.js';
import type { Recording } from './recording.js';
import { replay, type CallResult } from './replay.js';
import { Report } from './report.js';
import { startServer } from './server.js';
import { startRecording } from './spans.js';

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
  for (const { file, reason } of unreadable) report.fail('(unreadable)', `${file}: ${reason}`);
  const source = startRecording();
  const server = await startServer();
  try {
    for (const recording of recordings) {
      const name = `${recording.api}/${recording.id}`;
      if (!name.includes(options.only)) continue;
      const results = await replay(recording, options.ways, server, source);
      reportCalls(report, recording, name, results);
      if (options.mutate) for (const result of results ?? []) reportMutations(report, recording, name, result);
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

function reportCalls(report: Report, recording: Recording, name: string, results: CallResult[] | undefined): void {
  if (results === undefined) return report.count(recording.api, 'unsupported');
  const lines = results.flatMap(({ way, findings }) =>
    findings.map((finding) => `${name} [${way}] ${describeFinding(finding)}`),
  );
  for (const { way } of results) report.countCall(way);
  if (lines.length > 0) report.fail(recording.api, ...lines);
  else report.count(recording.api, 'passed');
}

/** Only spans that agree with their recording: of the others nobody knows what they should look like. */
function reportMutations(report: Report, recording: Recording, name: string, result: CallResult): void {
  if (result.findings.length > 0) return;
  const { tried, missed } = mutate(result.spans, recording, result.facts);
  report.countMutations(
    tried,
    missed.map((mutation) => `${name} [${result.way}] ${mutation}`),
  );
}

import type { ReplayOptions } from './arguments.js';
import { describeFinding } from './findings.js';
import { readFolder } from './folder.js';
import { mutate } from './mutations.js';
import { replay, type CallResult } from './replay.js';
import type { Recording } from './recording.js';
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
  const report = new Report();
  const mutations = { tried: 0, missed: 0 };
  for (const { file, reason } of unreadable) {
    print(`FAIL ${file}: ${reason}`);
    report.count('(unreadable)', 'failed');
  }
  const source = startRecording();
  const server = await startServer();
  try {
    for (const recording of recordings) {
      if (!nameOf(recording).includes(options.only)) continue;
      const results = await replay(recording, options.ways, server, source);
      report.count(recording.api, verdict(results));
      for (const result of results ?? []) {
        for (const finding of result.findings) {
          print(`FAIL ${nameOf(recording)} [${result.way}] ${describeFinding(finding)}`);
        }
        if (!options.mutate || result.findings.length > 0) continue;
        const { tried, missed } = mutate(result.spans, recording, result.facts);
        mutations.tried += tried;
        mutations.missed += missed.length;
        for (const mutation of missed) print(`MISSED ${nameOf(recording)} [${result.way}] ${mutation}`);
      }
    }
  } finally {
    await server.close();
    await source.shutdown();
  }
  print(report.table());
  if (options.mutate) print(`${mutations.tried - mutations.missed} of ${mutations.tried} spoilt spans found`);
  print(report.summary());
  return {
    passed: report.total('passed'),
    failed: report.total('failed'),
    unsupported: report.total('unsupported'),
    missedMutations: mutations.missed,
  };
}

function nameOf({ api, id }: Recording): string {
  return `${api}/${id}`;
}

function verdict(results: CallResult[] | undefined): 'passed' | 'failed' | 'unsupported' {
  if (results === undefined) return 'unsupported';
  return results.every(({ findings }) => findings.length === 0) ? 'passed' : 'failed';
}

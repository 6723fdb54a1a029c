/** Runs each cell against deliberate faults, until it fails under one of each sort; prints under which. */
import { writeSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { startTelemetry } from '../support/telemetry.js';
import { dropAll } from './drop-all.js';
import { FAULTS, type Fault } from './faults.js';
import { judge, resultOf, see, seeUnhandled, type CellResult, type Seen, type Subject } from './run-cell.js';
import { Bare } from './subjects.js';
import { useNames, type Idiom, type Row, type Use } from './table.js';
import type { Trace } from './trace.js';
import { rows } from './values/all.js';

/** A fault may well leave a consumer waiting. */
const HANGS_AFTER_MS = 100;

const telemetry = startTelemetry();
let current: Trace | undefined;
// What a fault leaves unhandled is for its own cell to see.
process.on('uncaughtException', (error, origin) => current?.note(origin, error));

function look(row: Row, use: Use, cell: Idiom<unknown>, subject: Subject): Promise<Seen> {
  current = undefined;
  if (use !== 'unhandled') return see(row, cell, subject, HANGS_AFTER_MS);
  return seeUnhandled(row, cell, subject, (trace) => void (current = trace));
}

function fails(row: Row, result: CellResult): boolean {
  const { expected, received } = judge(row, result);
  return !isDeepStrictEqual(received, expected);
}

/** The faults under which a cell fails: the first that spoils delivery, and the first that spoils spans. */
async function faultsOf(row: Row, use: Use, cell: Idiom<unknown>, faults: readonly Fault[]): Promise<Fault[]> {
  const found: Fault[] = [];
  const bare = await look(row, use, cell, new Bare());
  for (const fault of faults) {
    if (found.some(({ spoils }) => spoils === fault.spoils)) continue;
    telemetry.clear();
    const faulty = await look(row, use, cell, fault.subject);
    if (fails(row, resultOf(row, cell, bare, faulty, telemetry))) found.push(fault);
  }
  return found;
}

async function main(): Promise<void> {
  const found: [string, Use, string[]][] = [];
  for (const row of rows) {
    for (const use of useNames) {
      const cell = row.uses[use];
      if (typeof cell === 'string' || use === 'drop') continue;
      // Not always the same ones first, so that each has its turn.
      const turned = [...FAULTS.slice(found.length % FAULTS.length), ...FAULTS];
      found.push([row.title, use, (await faultsOf(row, use, cell, turned)).map(({ name }) => name)]);
    }
  }
  const dropped = new Map<Row, string[]>();
  for (const { name, subject } of FAULTS) {
    for (const [row, result] of await dropAll(rows, telemetry, subject)) {
      dropped.set(row, [...(dropped.get(row) ?? []), ...(fails(row, result) ? [name] : [])]);
    }
  }
  for (const [row, names] of dropped) found.push([row.title, 'drop', names]);
  process.stdout.write(JSON.stringify(found), () => process.exit());
}

main().catch((failure: unknown) => {
  writeSync(2, String((failure as Error).stack));
  process.exit(1);
});

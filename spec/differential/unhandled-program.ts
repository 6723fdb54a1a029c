/** Runs the column of what nobody handles; see unhandled.ts for how it is called. */
import { writeSync } from 'node:fs';
import { startTelemetry } from '../support/telemetry.js';
import { factsOf, resultOf, seeUnhandled, type CellResult } from './run-cell.js';
import { Bare, decoratorMode, Decorated } from './subjects.js';
import type { Row } from './table.js';
import { Trace } from './trace.js';
import { rows } from './values/all.js';

/** One process for all rows: a listener notes what would have ended it. */
async function runAll(): Promise<void> {
  let current = new Trace();
  process.on('uncaughtException', (error, origin) => current.note(origin, error));
  const listen = (trace: Trace): void => void (current = trace);
  const telemetry = startTelemetry();
  const results: [string, CellResult][] = [];
  for (const row of rows) {
    const cell = row.uses.unhandled;
    if (typeof cell === 'string') continue;
    const bare = await seeUnhandled(row, cell, new Bare(), listen);
    telemetry.clear();
    const decorated = await seeUnhandled(row, cell, new Decorated(), listen);
    results.push([row.title, resultOf(row, cell, bare, decorated, telemetry)]);
  }
  process.stdout.write(JSON.stringify({ decoratorMode, results }));
}

/** One row in a process that nothing protects. */
function runOne(row: Row, isDecorated: boolean): void {
  const cell = row.uses.unhandled;
  if (typeof cell === 'string') throw new Error(cell);
  const telemetry = startTelemetry();
  process.on('exit', () => writeSync(1, JSON.stringify(telemetry.spans.map(factsOf))));
  void seeUnhandled(row, cell, isDecorated ? new Decorated() : new Bare(), () => undefined);
}

const [title, subject] = process.argv.slice(2);
const row = rows.find((one) => one.title === title);
if (row === undefined) void runAll();
else runOne(row, subject === 'decorated');

import { createDecorator } from '../../src/decorators/create-decorator.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { dropAll } from './drop-all.js';
import { judge, runCell, type CellResult } from './run-cell.js';
import { useNames, type Row } from './table.js';
import { rows } from './values/all.js';

/** What a row's uses saw of a method with hooks, and what the hooks were told. */
let told: string[] = [];
const hooked = createDecorator({
  onStart: () => void told.push('start'),
  onValue: () => void told.push('value'),
  onChunk: () => undefined,
  onError: () => void told.push('error'),
  onEnd: ({ call }) => void told.push(`end ${call.outcome ?? ''}`),
});

class Librarian {
  @hooked
  give(make: (self: object) => unknown): unknown {
    return make(this);
  }
}

let telemetry: Telemetry;
let dropped: Map<Row, CellResult>;

beforeAll(async () => {
  telemetry = startTelemetry();
  dropped = await dropAll(rows, telemetry, new Librarian());
}, 60_000);

afterAll(() => telemetry.stop());

describe.each(rows.map((row) => [row.title, row] as const))('%s of a method with hooks', (_title, row) => {
  it.each(useNames.filter((use) => use !== 'unhandled' && typeof row.uses[use] !== 'string'))('%s', async (use) => {
    const cell = row.uses[use];
    if (typeof cell === 'string') throw new Error(cell);
    told = [];
    const result =
      dropped.get(use === 'drop' ? row : ({} as Row)) ?? (await runCell(row, cell, telemetry, new Librarian()));
    const { expected, received } = judge(row, result);
    expect(received).toEqual(expected);
    if (use === 'drop') return;
    const outcomes = result.spans.map(({ outcome }) => `end ${String(outcome)}`);
    expect(told.filter((one) => one.startsWith('end')).sort()).toEqual(outcomes.sort());
    expect(told.filter((one) => one === 'start')).toHaveLength(outcomes.length);
  });
});

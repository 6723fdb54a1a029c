import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { dropAll } from './drop-all.js';
import { Matrix } from './matrix.js';
import { Program } from './program.js';
import { judge, runCell, type CellResult } from './run-cell.js';
import { decoratorMode } from './subjects.js';
import { USES, useNames, type Idiom, type Row, type Use } from './table.js';
import { exitOf, runUnhandled } from './unhandled.js';
import { rows } from './values/all.js';

const matrix = new Matrix(rows);
let telemetry: Telemetry;
let program: Program;
let dropped: Map<Row, CellResult>;
let unhandled: Map<string, CellResult>;

beforeAll(async () => {
  telemetry = startTelemetry();
  program = await Program.compile('unhandled-program.ts');
  const inAnotherProcess = runUnhandled(program);
  dropped = await dropAll(rows, telemetry);
  unhandled = await inAnotherProcess;
}, 60_000);

afterAll(async () => {
  process.stdout.write(matrix.text(`decorated and bare method compared, ${decoratorMode} decorators`));
  program.remove();
  await telemetry.stop();
});

async function resultOf(row: Row, use: Use, cell: Idiom<unknown>): Promise<CellResult> {
  const result = { drop: dropped.get(row), unhandled: unhandled.get(row.title) }[use as string];
  return result ?? (await runCell(row, cell, telemetry));
}

describe.each(rows.map((row) => [row.title, row] as const))('%s', (_title, row) => {
  for (const use of useNames) {
    const cell = row.uses[use];
    if (typeof cell === 'string') continue;
    it(`${use}: ${USES[use]}`, async () => {
      matrix.set(row, use, 'failed');
      const { difference, expected, received } = judge(row, await resultOf(row, use, cell));
      expect(received).toEqual(expected);
      matrix.set(row, use, difference === 'none' ? 'passed' : (difference ?? 'failed'));
    });
  }
});

describe('a process that fails', () => {
  const failing = rows.filter(({ ends }) => ends === 'error' || ends === 'aborted');
  const oneOfEachKind = failing.filter(({ uses }, index) => failing.findIndex((row) => row.uses === uses) === index);

  it.each(oneOfEachKind.map((row) => [row.title, row] as const))('ends alike: %s', async (title, row) => {
    const [bare, decorated] = await Promise.all([exitOf(program, title, 'bare'), exitOf(program, title, 'decorated')]);
    expect([decorated.code, decorated.error]).toEqual([bare.code, bare.error]);
    expect(bare.spans).toEqual([]);
    expect(decorated.spans.map(({ outcome }) => outcome)).toEqual([row.ends]);
  });
});

describe('the matrix', () => {
  it('has 60 return values and a dozen uses, and says why a cell cannot apply: a quarter at most', () => {
    expect(rows.length).toBeGreaterThanOrEqual(60);
    expect(useNames.length).toBeGreaterThanOrEqual(12);
    expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
    expect(matrix.notApplicable.length).toBeLessThanOrEqual(matrix.cells / 4);
    for (const { reason } of matrix.notApplicable) expect(reason).toMatch(/\w{3,} \w+/);
  });

  it('allows no difference that no cell of the row needs', () => {
    expect(matrix.unneeded).toEqual([]);
  });
});

import { FAULTS } from './faults.js';
import { Program } from './program.js';
import { useNames, type Use } from './table.js';
import { rows } from './values/all.js';

/** Uses whose scripts look at nothing that came back, or at nothing that may not differ. */
const UNSEEING: readonly Use[] = ['inspect', 'leave', 'drop'];

type Found = [title: string, use: Use, faults: string[]][];

let found: Found;

beforeAll(async () => {
  const program = await Program.compile('faults-program.ts');
  const { code, stdout, stderr } = await program.run();
  program.remove();
  if (code !== 0) throw new Error(stderr);
  found = JSON.parse(stdout) as Found;
}, 120_000);

const namesOf = (sort: 'delivery' | 'spans'): Set<string> =>
  new Set(FAULTS.filter(({ spoils }) => spoils === sort).map(({ name }) => name));

describe('a cell of the differential matrix', () => {
  it('fails where a decorator keeps its spans wrongly', () => {
    const spans = namesOf('spans');
    const cells = rows.flatMap(({ uses }) => useNames.filter((use) => typeof uses[use] !== 'string'));
    expect(found).toHaveLength(cells.length);
    expect(found.filter(([, , names]) => !names.some((name) => spans.has(name)))).toEqual([]);
  });

  it('fails where a decorator delivers something else, if its script looks at what it gets', () => {
    const delivery = namesOf('delivery');
    const seeing = found.filter(([, use]) => !UNSEEING.includes(use));
    expect(seeing.filter(([, , names]) => !names.some((name) => delivery.has(name)))).toEqual([]);
  });

  it.each(FAULTS.map(({ name }) => name))('fails under the fault that %s', (fault) => {
    const cells = found.filter(([, , names]) => names.includes(fault)).length;
    process.stdout.write(`a decorated method that ${fault}: found by ${cells} cells\n`);
    expect(cells).toBeGreaterThan(10);
  });
});

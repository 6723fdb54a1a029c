/**
 * Plants each fault of `faults.mjs` in a copy of the sources and runs the specs of streams, spans and clients on it;
 * where those are content, the differential and the property specs too. Every fault must be found; the last line counts.
 * `node scripts/faults/check.mjs [--write] [words of the faults that are wanted]`; `--write` renews the table in
 * `docs/decisions`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './faults.mjs';

const NEAR = ['spec/streams', 'spec/spans', 'spec/clients/observe.spec'];
const FAR = ['spec/differential/differential', 'spec/properties', 'spec/decorators', 'spec/configure'];
const HANGS_AFTER_MS = 120_000;
const TABLE = 'docs/decisions/2026-11-21-faults-that-the-specs-find.md';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [write, wanted] = [
  process.argv.includes('--write'),
  process.argv
    .slice(2)
    .filter((word) => word !== '--write')
    .join(' '),
];

const copy = mkdtempSync(join(tmpdir(), 'decotel-faults-'));
for (const entry of [
  'src',
  'spec',
  'examples',
  'package.json',
  'tsconfig.json',
  'jest.config.cjs',
  'README.md',
  'docs',
])
  cpSync(join(root, entry), join(copy, entry), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

/** The first spec that fails, by file and name; undefined where all pass. */
function firstFailing(paths) {
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'legacy', '--bail', '--testPathPatterns'];
  const { signal, status, stderr } = spawnSync(process.execPath, [...jest, ...paths], {
    cwd: copy,
    timeout: HANGS_AFTER_MS,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  if (signal !== null) return { file: 'a spec', name: 'does not end' };
  if (status === 0) return undefined;
  const file = /^FAIL legacy (\S+)/m.exec(stderr)?.[1] ?? 'jest';
  return { file, name: /^ {2}● (.+)$/m.exec(stderr)?.[1] ?? 'does not run' };
}

function check({ what, file, find, replace }) {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(find).length !== 2) return { what, file, problem: `its text does not stand in ${file} once` };
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    const found = firstFailing(NEAR) ?? firstFailing(FAR);
    return found === undefined ? { what, file, problem: 'no spec found it' } : { what, file, found };
  } finally {
    writeFileSync(path, source);
  }
}

const sound = firstFailing(NEAR);
if (sound !== undefined) throw new Error(`a spec fails without any fault: ${sound.file}, ${sound.name}`);
const results = [];
for (const fault of FAULTS.filter(({ what }) => what.includes(wanted))) {
  const result = check(fault);
  results.push(result);
  console.log(
    result.problem === undefined
      ? `found     ${result.what}: ${result.found.file}, ${result.found.name}`
      : `SURVIVED  ${result.what}: ${result.problem}`,
  );
}
rmSync(copy, { recursive: true, force: true });

if (write) {
  const path = join(root, TABLE);
  const text = readFileSync(path, 'utf8');
  const rows = results.map(({ what, file, found, problem }) => {
    const by = found === undefined ? `**${problem}**` : `\`${found.file}\`: ${found.name.replaceAll('|', '\\|')}`;
    return `| ${what} | \`${file}\` | ${by} |`;
  });
  const table = ['| fault | in | a spec that fails |', '| --- | --- | --- |', ...rows].join('\n');
  writeFileSync(path, `${text.slice(0, text.search(/^\| fault /m))}${table}\n`);
}
const survivors = results.filter(({ problem }) => problem !== undefined).length;
console.log(`${results.length - survivors} passed, ${survivors} failed`);
process.exitCode = survivors === 0 ? 0 : 1;

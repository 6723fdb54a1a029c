/**
 * What is too slow for every change: the properties with many runs, the specs and the packed tarball on newer Nodes, the
 * core on Bun and Deno. `node scripts/verify-long.mjs property` does only what has the word in its title.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const NODES = ['node@22', 'node@24', 'node@26'];
const ON_NODE = ['node_modules/jest/bin/jest.js', 'scripts/packed.mjs', 'scripts/size.mjs'];
const CORE = 'scripts/core-runs.mjs';
const PROPERTIES = ['node_modules/jest/bin/jest.js', '--selectProjects', 'legacy', '--testPathPatterns', 'propert'];
const PROPERTY_RUNS = 200_000;
const seed = process.env.DECOTEL_PROPERTY_SEED ?? String(randomInt(2 ** 31));
const all = [
  {
    title: `${PROPERTY_RUNS} runs of each property, seed ${seed}, on node@20`,
    runtime: 'node@20',
    command: ['node', ...PROPERTIES],
    environment: { DECOTEL_PROPERTY_RUNS: String(PROPERTY_RUNS), DECOTEL_PROPERTY_SEED: seed },
  },
  ...NODES.flatMap((runtime) => ON_NODE.map((program) => ({ runtime, command: ['node', program] }))),
  { runtime: 'node@24', command: ['node', 'scripts/sdk3.mjs'] },
  { runtime: 'node@20', command: ['node', 'scripts/soak.mjs'] },
  { runtime: 'node@20', command: ['node', 'scripts/faults/check.mjs'] },
  { runtime: 'bun@1.4.5', command: ['bun', CORE] },
  { runtime: 'deno@2.9.6', command: ['deno', 'run', '--allow-all', CORE] },
];

const root = fileURLToPath(new URL('..', import.meta.url));
let passed = 0;
const failures = [];
const wanted = process.argv[2] ?? '';
const runs = all
  .map((run) => ({ title: `${run.command.at(-1)} on ${run.runtime}`, ...run }))
  .filter(({ title }) => title.includes(wanted));
for (const { title, runtime, command, environment } of runs) {
  console.log(`\n=== ${title}`);
  const started = Date.now();
  const { status } = spawnSync('npx', ['--yes', '--package', runtime, ...command], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
  if (status === 0) passed += 1;
  else failures.push(title);
}
for (const failure of failures) console.error(`FAILED  ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

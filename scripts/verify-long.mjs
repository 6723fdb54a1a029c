/** What is too slow for every change: the specs and the packed tarball on newer Nodes, the core on Bun and Deno. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NODES = ['node@22', 'node@24', 'node@26'];
const ON_NODE = ['node_modules/jest/bin/jest.js', 'scripts/packed.mjs', 'scripts/size.mjs'];
const CORE = 'scripts/core-runs.mjs';
const runs = [
  ...NODES.flatMap((runtime) => ON_NODE.map((program) => ({ runtime, command: ['node', program] }))),
  { runtime: 'node@20', command: ['node', 'scripts/soak.mjs'] },
  { runtime: 'bun@1.4.5', command: ['bun', CORE] },
  { runtime: 'deno@2.9.6', command: ['deno', 'run', '--allow-all', CORE] },
];

const root = fileURLToPath(new URL('..', import.meta.url));
let passed = 0;
const failures = [];
for (const { runtime, command } of runs) {
  const title = `${command.at(-1)} on ${runtime}`;
  console.log(`\n=== ${title}`);
  const started = Date.now();
  const { status } = spawnSync('npx', ['--yes', '--package', runtime, ...command], { cwd: root, stdio: 'inherit' });
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
  if (status === 0) passed += 1;
  else failures.push(title);
}
for (const failure of failures) console.error(`FAILED  ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

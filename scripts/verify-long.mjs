/** What is too slow for every change: the specs and the packed tarball on the newer Nodes. Needs a build. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NODES = ['22', '24', '26'];
const PROGRAMS = ['node_modules/jest/bin/jest.js', 'scripts/packed.mjs', 'scripts/size.mjs'];
const root = fileURLToPath(new URL('..', import.meta.url));

let passed = 0;
const failures = [];
for (const version of NODES) {
  for (const program of PROGRAMS) {
    const title = `${program} on Node ${version}`;
    console.log(`\n=== ${title}`);
    const started = Date.now();
    const { status } = spawnSync('npx', ['--yes', '--package', `node@${version}`, 'node', program], {
      cwd: root,
      stdio: 'inherit',
    });
    console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
    if (status === 0) passed += 1;
    else failures.push(title);
  }
}
for (const failure of failures) console.error(`FAILED  ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

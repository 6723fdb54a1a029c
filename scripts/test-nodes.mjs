/** The differential spec on every Node that decotel supports: what a bare method and a decorated one show. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NODES = ['node@20', 'node@22', 'node@24', 'node@26'];
const JEST = ['node', 'node_modules/jest/bin/jest.js', 'spec/differential'];

const root = fileURLToPath(new URL('..', import.meta.url));
const lines = [];
let passed = 0;
let failed = 0;
for (const runtime of NODES) {
  console.log(`\n=== ${runtime}`);
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 };
  const { status, stdout, stderr } = spawnSync('npx', ['--yes', '--package', runtime, ...JEST], options);
  console.log(stdout + stderr);
  const count = (word) => Number(new RegExp(`^Tests: .*?(\\d+) ${word}`, 'm').exec(stderr)?.[1] ?? 0);
  passed += count('passed');
  // A suite that does not start has no tests to count.
  const failures = count('failed') || (status === 0 ? 0 : 1);
  failed += failures;
  lines.push(`${runtime}: ${count('passed')} passed, ${failures} failed`);
}
console.log(lines.join('\n'));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

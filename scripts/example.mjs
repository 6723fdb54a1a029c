/** Runs `npm start` as the README says and checks that it ends by itself and prints what the README shows. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const MOST_MS = 120_000;
const root = fileURLToPath(new URL('..', import.meta.url));

const started = Date.now();
const { code, printed } = await start();
process.stdout.write(printed);

const problems = [];
if (code !== 0) problems.push(`npm start ended with ${code}`);
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const promised = /^```text\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? '';
if (!/invoke_agent[\s\S]*execute_tool[\s\S]*tokens/.test(promised)) problems.push('the README shows no tree');
if (!shapeOf(printed).includes(shapeOf(promised)))
  problems.push(`it printed something else than the README:\n${promised}`);
for (const problem of problems) console.error(`example: ${problem}`);
console.log(`npm start took ${((Date.now() - started) / 1000).toFixed(1)} s`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Everything but what differs from run to run: times, ids and the columns' widths. */
function shapeOf(text) {
  return text
    .replace(/\d+(\.\d+)? ?(ms|s)\b/g, 'TIME')
    .replace(/\b[0-9a-f]{32}\b/g, 'TRACE')
    .replace(/ {2,}/g, '  ')
    .trim();
}

function start() {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['start'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], timeout: MOST_MS });
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (part) => (text += part));
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ code: exitCode ?? signal, printed: text }));
  });
}

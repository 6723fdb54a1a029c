/**
 * Sends the spans of the example to real backends on loopback and reads them back through each backend's own API.
 * `npm run test:backends [-- collector phoenix mlflow]`; needs Python 3 and Go. What it installs stays in the folder that
 * DECOTEL_BACKENDS names, by default in the system's temporary folder.
 */
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collector } from './collector.mjs';
import { differences, factsOf } from './facts.mjs';
import { mlflow } from './mlflow.mjs';
import { phoenix } from './phoenix.mjs';
import { run } from './process.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.env.DECOTEL_BACKENDS ?? join(tmpdir(), 'decotel-backends');
const all = { collector, phoenix, mlflow };
const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;

for (const [word, backend] of Object.entries(all)) {
  if (wanted.length > 0 && !wanted.includes(word)) continue;
  console.log(`\n=== ${backend.name}`);
  try {
    await backend.prepare(folder);
    const { stop, sends, read } = await backend.start(folder);
    try {
      for (const { destination, given } of sends) await check(destination, given, read);
    } finally {
      await stop();
    }
  } catch (error) {
    failed += 1;
    console.error(`FAILED  ${error.message}`);
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function check(destination, given, read) {
  console.log(`\n${destination}(${JSON.stringify(given).slice(1, -1)})`);
  const printed = run('node', [join(here, 'send.mjs'), destination, JSON.stringify(given)], { cwd: here });
  const { sent, stats } = JSON.parse(printed);
  const expected = sent.map(factsOf);
  const seen = await read(sent[0].traceId);
  for (const span of seen) console.log(line(span));
  const problems = differences(expected, seen);
  for (const { name, lost, failed: refused } of stats) {
    if (lost + refused > 0) problems.push(`${name}: ${lost} spans lost, ${refused} refused`);
  }
  for (const problem of problems) console.error(`FAILED  ${problem}`);
  if (problems.length === 0) passed += 1;
  else failed += 1;
}

function line({ id, parent, name, model, inputTokens, outputTokens, input, output, tool }) {
  const calls = output
    .flatMap((message) => message.calls)
    .map((call) => `${call.name}(${JSON.stringify(call.arguments)})`);
  const said = [
    `${parent ?? 'root'} > ${id} ${name}`,
    model && `${model} ${inputTokens} → ${outputTokens} tokens, ${input.length} messages in`,
    calls.length > 0 && `asks for ${calls.join(', ')}`,
    output.some((message) => message.text !== '') && JSON.stringify(output[0].text),
    tool && `${tool.name}(${JSON.stringify(tool.arguments)})`,
  ];
  return `  ${said.filter(Boolean).join(' · ')}`;
}

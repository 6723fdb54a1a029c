/**
 * Runs the packed package in an application that brings OpenTelemetry's SDK 3.x: its provider is joined, its processors get
 * the spans, decotel's destination beside them the content. Needs a build, and a Node that SDK 3 runs on (22.15).
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SDK = ['@opentelemetry/api@1.10', '@opentelemetry/sdk-trace@3.1.1', '@opentelemetry/context-async-hooks@3.1.1'];
const root = fileURLToPath(new URL('..', import.meta.url));

const PROGRAM = `
import assert from 'node:assert/strict';
import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as sdk from '@opentelemetry/sdk-trace';
import { agent, span, tool, withOtel } from 'decotel';
import { configure, consoleJson } from 'decotel/configure';

const complaints = [];
const note = (...parts) => complaints.push(parts.join(' '));
diag.setLogger({ error: note, warn: note, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);

const exporter = new sdk.InMemorySpanExporter();
const printed = [];
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const spanProcessors = [new sdk.SimpleSpanProcessor({ exporter }), consoleJson({ write: (text) => printed.push(JSON.parse(text)) })];
trace.setGlobalTracerProvider(new sdk.TracerProvider({ spanProcessors }));
const telemetry = configure({ processors: [], content: true });

const lookUp = tool({ name: 'lookUp' })((isbn) => ({ isbn }));
const ask = withOtel({ name: 'ask' })(async function* () {
  lookUp('1');
  yield 'The Left Hand of ';
  yield 'Darkness';
});
const run = agent({ name: 'librarian' })(async () => {
  let text = '';
  for await (const piece of ask()) text += piece;
  return text;
});
const hostile = span({ name: 'hostile', attributes: { a: null, b: { c: 1n }, d: [1, 'x'], e: new Date(0), f: undefined, g: 2n } })(() => 1);

assert.equal(await run(), 'The Left Hand of Darkness');
assert.equal(hostile(), 1);
await assert.rejects(async () => withOtel({ name: 'fails' })(async () => { throw new RangeError('no'); })(), RangeError);
await telemetry.forceFlush();

const spans = new Map(exporter.getFinishedSpans().map((one) => [one.name, one]));
assert.deepEqual([...spans.keys()], ['execute_tool lookUp', 'ask', 'invoke_agent librarian', 'hostile', 'fails']);
const parent = (name) => spans.get(name).parentSpanContext?.spanId;
assert.equal(parent('execute_tool lookUp'), spans.get('ask').spanContext().spanId);
assert.equal(parent('ask'), spans.get('invoke_agent librarian').spanContext().spanId);
assert.equal(spans.get('ask').attributes['decotel.outcome'], 'completed');
assert.equal(spans.get('ask').attributes['decotel.result'], '"The Left Hand of Darkness"');
assert.equal(spans.get('fails').attributes['error.type'], 'RangeError');
assert.deepEqual(spans.get('fails').events.map((event) => event.name), ['exception']);
assert.equal(spans.get('fails').status.code, 2);
assert.equal(printed.length, 5);
assert.equal(printed[0].attributes['gen_ai.tool.call.arguments'], '{"isbn":"1"}');
await telemetry.shutdown();
assert.deepEqual(complaints, []);
console.log('returned', [...spans.keys()].join(', '));
`;

const folder = await mkdtemp(join(tmpdir(), 'decotel-sdk3-'));
let failed = 0;
try {
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const install = ['install', '--silent', '--no-audit', '--no-fund', join(folder, packed.trim()), ...SDK];
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  execFileSync('npm', install, { cwd: folder, stdio: 'inherit' });
  await writeFile(join(folder, 'main.js'), PROGRAM);
  console.log(execFileSync(process.execPath, ['main.js'], { cwd: folder, encoding: 'utf8' }).trim());
} catch (error) {
  failed = 1;
  console.error(`sdk3: ${error.message}`);
} finally {
  await rm(folder, { recursive: true });
}
console.log(`${1 - failed} passed, ${failed} failed`);
process.exitCode = failed;

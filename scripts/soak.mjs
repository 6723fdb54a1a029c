import { setImmediate, setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { span, withOtel } from 'decotel';
import { configure } from 'decotel/configure';

// A million decorated calls and 20,000 streams, a third of them abandoned, in one process: nothing may stay behind.
const CALLS = 1_000_000;
const STREAMS = 20_000;
const MOST_MEGABYTES = 5;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const EVENTS = ['beforeExit', 'exit', 'SIGTERM', 'SIGINT'];
const listenersBefore = new Map(EVENTS.map((name) => [name, process.listenerCount(name)]));

let ended = 0;
let outcomes = {};
const counter = {
  onStart() {},
  onEnd(finished) {
    ended++;
    const outcome = finished.attributes['decotel.outcome'];
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

const decotel = configure({ processors: [counter] });
const add = span('add')((number) => number + 1);
const ask = withOtel({ name: 'ask' })(async (question) => ({
  id: question,
  object: 'chat.completion',
  model: 'gpt-5-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Dune' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 2 },
}));
const stream = withOtel({ name: 'stream' })(async function* stream() {
  for (let index = 0; index < 20; index++) yield `chunk ${index} `;
});

async function heapMegabytes() {
  for (let round = 0; round < 6; round++) {
    collect();
    await setTimeout(30);
  }
  return process.memoryUsage().heapUsed / 1e6;
}

async function calls(count) {
  for (let index = 0; index < count; index += 2) {
    add(index);
    await ask(`question ${index}`);
  }
}

/** Of three streams one is read to its end, one is left early, one is abandoned after its first chunk. */
async function streams(count) {
  for (let index = 0; index < count; index++) {
    const generator = stream();
    if (index % 3 === 0) await generator.next();
    else for await (const chunk of generator) if (index % 3 === 1 && chunk.startsWith('chunk 5')) break;
    if (index % 500 === 0) await setImmediate();
  }
}

await calls(20_000);
await streams(600);
const before = await heapMegabytes();
for (let round = 0; round < 100 && decotel.stats().openCalls > 0; round++) await heapMegabytes();
ended = 0;
outcomes = {};

const began = performance.now();
await calls(CALLS);
await streams(STREAMS);
for (let round = 0; round < 100 && ended < CALLS + STREAMS; round++) await heapMegabytes();
const { openCalls } = decotel.stats();
await decotel.shutdown();
const grown = (await heapMegabytes()) - before;
const left = process.getActiveResourcesInfo().filter((name) => !/^(?:PipeWrap|TTYWrap)$/.test(name));
const listeners = EVENTS.filter((name) => process.listenerCount(name) > listenersBefore.get(name));

const checks = [
  [`${ended} of ${CALLS + STREAMS} spans ended: ${JSON.stringify(outcomes)}`, ended === CALLS + STREAMS],
  [`${openCalls} calls left open`, openCalls === 0],
  [`heap grew by ${grown.toFixed(2)} MB of at most ${MOST_MEGABYTES}`, grown < MOST_MEGABYTES],
  [`timers and handles left: ${left.join(', ') || 'none'}`, left.length === 0],
  [`process listeners left: ${listeners.join(', ') || 'none'}`, listeners.length === 0],
];
for (const [line, holds] of checks) console.log(`${holds ? 'ok  ' : 'FAIL'} ${line}`);
console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`);
const failed = checks.filter(([, holds]) => !holds).length;
console.log(`${checks.length - failed} passed, ${failed} failed`);
// No process.exit: a process that does not end by itself is a failure too.
process.exitCode = failed === 0 ? 0 : 1;

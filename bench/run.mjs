import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// decotel with full content beside a hand-written span with 15 attributes and no content: CPU time, ratios within a
// round, the median of all rounds. Machines are noisy: a ratio within a tenth of another says nothing.
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
const SUBJECTS = ['bare', 'raw-otel', 'decotel', 'unconfigured'];
const GOALS = {
  chat: 1.25,
  stream: Number(process.versions.node.split('.')[0]) >= 24 ? 1.3 : 1,
  tool: 1.25,
  agent: 1.25,
};

const processes = new Map();
for (const name of SUBJECTS) {
  const child = fork(fileURLToPath(new URL('subject.mjs', import.meta.url)), [name]);
  await answer(child);
  processes.set(name, child);
}

function answer(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`a subject ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (result) => {
      child.off('exit', ended);
      resolve(result);
    });
  });
}

function ask(name, workload) {
  const child = processes.get(name);
  child.send(workload);
  return answer(child);
}

const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

async function rounds(workload) {
  const times = Object.fromEntries(SUBJECTS.map((name) => [name, []]));
  for (let round = -3; round < ROUNDS; round++) {
    for (const name of SUBJECTS) {
      const time = await ask(name, workload);
      if (round >= 0) times[name].push(time);
    }
  }
  const ratio = (name) => median(times[name].map((time, round) => time / times['raw-otel'][round]));
  const added = (name) => median(times[name].map((time, round) => time - times.bare[round]));
  return { raw: median(times['raw-otel']), ours: median(times.decotel), ratio: ratio('decotel'), added };
}

const rows = [];
for (const workload of ['chat', 'stream', 'tool', 'agent']) {
  const { raw, ours, ratio, added } = await rounds(workload);
  const goal = GOALS[workload];
  rows.push([
    workload === 'stream' ? 'stream, per chunk' : workload,
    `${raw.toFixed(2)} µs`,
    `${ours.toFixed(2)} µs`,
    `${ratio.toFixed(2)}×`,
    `${goal}×`,
    verdict(ratio / goal),
  ]);
  if (workload === 'chat' || workload === 'tool') {
    const cost = added('unconfigured');
    rows.push([`${workload}, unconfigured`, '', '', `+${cost.toFixed(2)} µs`, '0.1 µs', verdict(cost / 0.1)]);
  }
}
const large = await rounds('large');
rows.push([
  '1 MB of history',
  `${large.raw.toFixed(1)} µs`,
  `${large.ours.toFixed(1)} µs`,
  `+${large.added('decotel').toFixed(1)} µs`,
  '60 µs',
  verdict(large.added('decotel') / 60),
]);
const heap = median([await ask('decotel', 'heap'), await ask('decotel', 'heap'), await ask('decotel', 'heap')]);
const bareHeap = median([await ask('bare', 'heap'), await ask('bare', 'heap'), await ask('bare', 'heap')]);
rows.push([
  'heap per open stream',
  `bare ${bareHeap.toFixed(1)} kB`,
  `${heap.toFixed(1)} kB`,
  '',
  '10 kB',
  verdict(heap / 10),
]);

/** Worse than one and a half times the goal is the design's fault. */
function verdict(share) {
  return share <= 1 ? 'met' : share <= 1.5 ? 'near' : 'MISSED';
}

const table = [['workload', 'raw-otel', 'decotel', 'cost', 'goal', ''], ...rows];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
console.log(`Node ${process.version}, ${ROUNDS} rounds`);
for (const row of table)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
for (const child of processes.values()) child.removeAllListeners('exit').disconnect();

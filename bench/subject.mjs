import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SUBJECTS } from './subjects.mjs';
import { measure, OPEN_CHUNKS, WORKLOADS } from './workloads.mjs';

// One subject in a process of its own: providers and caches are global.
const subject = await SUBJECTS[process.argv[2]]();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Kilobytes that one stream holds after 200 of its chunks were read and before it is over. */
async function heapOfOpenStreams() {
  const open = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 500; index++) {
    const stream = subject.stream(OPEN_CHUNKS + 10);
    for (let read = 0; read < OPEN_CHUNKS; read++) await stream.next();
    open.push(stream);
  }
  collect();
  const kilobytes = (process.memoryUsage().heapUsed - before) / open.length / 1000;
  for (const stream of open) await stream.return();
  return kilobytes;
}

process.on('message', async (workload) => {
  const result = workload === 'heap' ? await heapOfOpenStreams() : await measure(WORKLOADS[workload], subject);
  process.send(result);
});
process.send('ready');

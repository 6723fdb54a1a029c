import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs a command to its end; throws with what it printed where it fails. */
export function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}\n${stderr}`.trim().slice(-2000)}`,
  );
}

/** Starts a server and waits until `url` answers; returns what ends it and all that it started. */
export async function serve(command, args, { url, ...options }) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => (printed = (printed + part).slice(-4000)));
  const ended = new Promise((resolve) => {
    child.on('error', resolve);
    child.on('close', resolve);
  });
  let isOver = false;
  void ended.then(() => (isOver = true));
  const stop = async () => {
    if (!isOver) process.kill(-child.pid, 'SIGTERM');
    await Promise.race([ended, sleep(10_000)]);
    if (!isOver) process.kill(-child.pid, 'SIGKILL');
  };
  for (let tries = 0; tries < 240 && !isOver; tries++) {
    if (await answers(url)) return stop;
    await sleep(500);
  }
  await stop();
  throw new Error(`${command} does not answer at ${url}:\n${printed}`);
}

async function answers(url) {
  try {
    await fetch(url, { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Asks again until `read` gives something: backends store what they get a little later. */
export async function eventually(read) {
  for (let tries = 0; tries < 60; tries++) {
    const value = await read();
    if (value !== undefined) return value;
    await sleep(500);
  }
  throw new Error('nothing came back within 30 seconds');
}

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface NatsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A NATS server with JetStream on a free port of 127.0.0.1 and a folder of its own; throws where none is installed. */
export async function startNatsServer(): Promise<NatsServer> {
  const store = await mkdtemp(join(tmpdir(), 'nats-'));
  const server = spawn('nats-server', ['--addr', '127.0.0.1', '--port', '-1', '--jetstream', '--store_dir', store], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let log = '';
    server.once('error', reject);
    void ended.then(() => reject(new Error(`nats-server ended:\n${log}`)));
    server.stderr.setEncoding('utf8').on('data', (part: string) => {
      if (log.includes('Server is ready')) return;
      log += part;
      const [, address] = /Listening for client connections on (\S+)/.exec(log) ?? [];
      if (address !== undefined && log.includes('Server is ready')) resolve(`nats://${address}`);
    });
  });
  return {
    url,
    async close() {
      server.kill();
      await ended;
      await rm(store, { recursive: true, force: true });
    },
  };
}

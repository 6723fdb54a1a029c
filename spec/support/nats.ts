import { spawnSync } from 'node:child_process';

const hasNats = spawnSync('nats-server', ['--version']).status === 0;

/** `describe` where nats-server is installed, else one skipped suite that says so. CI must have it. */
export function describeWithNats(title: string, suite: () => void): void {
  if (hasNats) describe(title, suite);
  else if (process.env['CI'] !== undefined && process.env['CI'] !== '') {
    throw new Error('CI needs nats-server: apt-get install nats-server');
  } else describe.skip(`${title} (needs nats-server)`, () => it('is skipped', () => undefined));
}

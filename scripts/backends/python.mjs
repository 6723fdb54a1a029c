import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.mjs';

/** Installs a package of PyPI into a virtual environment of its own; returns the folder of its programs. */
export function install(folder, requirement) {
  const programs = join(folder, 'bin');
  if (!existsSync(join(folder, 'installed'))) {
    run('python3', ['-m', 'venv', folder]);
    run(join(programs, 'pip'), ['install', '--quiet', requirement]);
    run('touch', [join(folder, 'installed')]);
  }
  return programs;
}

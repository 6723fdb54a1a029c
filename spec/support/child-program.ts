import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const root = resolve(__dirname, '../..');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  printed: string;
  afterMs: number;
}

export interface ChildProgram {
  readonly process: ChildProcess;
  /** Waits until the program has printed `text`. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Runs a TypeScript program that imports from `./src` in a Node of its own. */
export function runChild(program: string, environment: Record<string, string> = {}): ChildProgram {
  const folder = mkdtempSync(join(tmpdir(), 'decotel-child-'));
  const outfile = join(folder, 'program.cjs');
  buildSync({
    stdin: { contents: program, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    outfile,
  });
  const startedAt = Date.now();
  const child = spawn(process.execPath, [outfile], {
    env: { PATH: process.env['PATH'], NODE_PATH: join(root, 'node_modules'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const changed = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (const check of changed) check();
    });
  }
  const ended = new Promise<Ended>((resolveEnded) => {
    child.on('close', (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      resolveEnded({ code, signal, printed: text, afterMs: Date.now() - startedAt });
    });
  });
  const printed = (expected: string): Promise<void> =>
    new Promise((resolvePrinted, reject) => {
      const check = (): void => {
        if (text.includes(expected)) resolvePrinted();
      };
      changed.add(check);
      check();
      void ended.then((end) => reject(new Error(`it ended (${String(end.code)}) and printed ${text}`)));
    });
  return { process: child, printed, ended };
}

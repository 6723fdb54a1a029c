import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { decoratorMode } from './subjects.js';

/** A program of this folder, compiled with the kind of decorators that the running specs have. */
export class Program {
  private readonly folder = mkdtempSync(join(tmpdir(), 'decotel-differential-'));
  private readonly outfile = join(this.folder, 'program.cjs');

  static async compile(file: string): Promise<Program> {
    const program = new Program();
    await build({
      entryPoints: [join(__dirname, file)],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      // A bundle starts in half the time, and it is started often.
      packages: 'bundle',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: decoratorMode === 'legacy' } },
      outfile: program.outfile,
    });
    return program;
  }

  run(...values: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return new Promise((done) => {
      const child = execFile(
        process.execPath,
        ['--expose-gc', this.outfile, ...values],
        { env: {}, maxBuffer: 64 * 1024 * 1024 },
        (_error, stdout, stderr) => done({ code: child.exitCode, stdout, stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

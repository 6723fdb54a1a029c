import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const root = new URL('..', import.meta.url);
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

function compile(...options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [compiler, '-p', 'tsconfig.json', '--inlineSources', ...options], {
      cwd: root,
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

await rm(new URL('dist', root), { recursive: true, force: true });
await mkdir(new URL('dist/cjs', root), { recursive: true });
// The package is "type": "module"; this makes the .js and .d.ts files of this folder CommonJS.
await writeFile(new URL('dist/cjs/package.json', root), '{ "type": "commonjs" }\n');
const codes = await Promise.all([
  compile('--outDir', 'dist/esm'),
  compile('--outDir', 'dist/cjs', '--module', 'commonjs', '--moduleResolution', 'bundler'),
]);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

/**
 * Builds `dist/esm` and `dist/cjs`: one file per entry of the package and one per part that entries share, since two
 * hundred small modules take six times as long to import. The declarations stay a file per module.
 */
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url);
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const ENTRIES = ['index', 'configure', 'providers', 'dialects', 'ai-sdk', 'langchain', 'messaging'];
const SHARED = { absWorkingDir: fileURLToPath(root), platform: 'node', target: 'node20', sourcemap: true };
/** esbuild keeps the order of loading by these. Ours has no effects, and bundlers would warn. A line stays for the map. */
const BARE_IMPORT = /^import "[^"]+";$/gm;

await rm(new URL('dist', root), { recursive: true, force: true });
await mkdir(new URL('dist/cjs', root), { recursive: true });
// The package is "type": "module"; this makes the .js and .d.ts files of this folder CommonJS.
await writeFile(new URL('dist/cjs/package.json', root), '{ "type": "commonjs" }\n');
const codes = await Promise.all([
  declarations('--outDir', 'dist/esm'),
  declarations('--outDir', 'dist/cjs', '--module', 'commonjs', '--moduleResolution', 'bundler'),
  javascript(),
]);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

function declarations(...options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [compiler, '-p', 'tsconfig.json', '--emitDeclarationOnly', ...options], {
      cwd: root,
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

/** esbuild parts ES modules only, so the CommonJS files are those, each converted alone. */
async function javascript() {
  const { outputFiles } = await build({
    ...SHARED,
    entryPoints: ENTRIES.map((entry) => `src/${entry}.ts`),
    outdir: 'dist/esm',
    format: 'esm',
    bundle: true,
    splitting: true,
    packages: 'external',
    chunkNames: 'shared/[hash]',
    write: false,
  });
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, path.endsWith('.js') ? text.replace(BARE_IMPORT, '') : text);
  }
  const entryPoints = outputFiles.map(({ path }) => path).filter((path) => path.endsWith('.js'));
  await build({ ...SHARED, entryPoints, outbase: 'dist/esm', outdir: 'dist/cjs', format: 'cjs' });
  return 0;
}

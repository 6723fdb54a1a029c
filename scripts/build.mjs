/**
 * Builds `dist/esm` and `dist/cjs`: one file with all that the core entry loads, and one per entry with the rest, since
 * two hundred small modules take six times as long to import. The declarations stay a file per module.
 */
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { rollup } from 'rollup';

const root = new URL('..', import.meta.url);
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const ENTRIES = ['index', 'configure', 'providers', 'dialects', 'ai-sdk', 'langchain', 'messaging'];
const typescript = {
  name: 'typescript',
  resolveId: (id, importer) =>
    /^\.\.?\/.*\.js$/.test(id) ? resolve(dirname(importer), id.replace(/js$/, 'ts')) : null,
  transform: (code, id) => transform(code, { loader: 'ts', target: 'node20', sourcefile: id, sourcemap: true }),
};

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

async function javascript() {
  const bundle = await rollup({
    input: Object.fromEntries(ENTRIES.map((entry) => [entry, source(`${entry}.ts`)])),
    external: (id) => !/^[./]/.test(id),
    plugins: [typescript],
    treeshake: { moduleSideEffects: false },
  });
  let core;
  for (const format of ['esm', 'cjs']) {
    await bundle.write({
      dir: fileURLToPath(new URL(`dist/${format}`, root)),
      format,
      exports: 'named',
      sourcemap: true,
      chunkFileNames: 'shared/[name].js',
      hoistTransitiveImports: false,
      minifyInternalExports: false,
      manualChunks(id, graph) {
        core ??= reachable(source('index.ts'), graph);
        return core.has(id) ? 'core' : undefined;
      },
    });
  }
  await bundle.close();
  return 0;
}

function source(path) {
  return fileURLToPath(new URL(`src/${path}`, root));
}

function reachable(id, { getModuleInfo }, found = new Set()) {
  if (found.has(id) || getModuleInfo(id)?.isExternal !== false) return found;
  found.add(id);
  for (const imported of getModuleInfo(id).importedIds) reachable(imported, { getModuleInfo }, found);
  return found;
}

/**
 * Holds the core entry to its ceiling: 25 kB minified and gzipped, nothing imported but `@opentelemetry/api` and Node's
 * own modules, and no OpenTelemetry SDK loaded by `import 'decotel'` or `require('decotel')`. Needs a build.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What it is now with a little room, so that it only shrinks towards the goal. */
const CEILING_BYTES = 68_000;
const ALLOWED = /^(node:|@opentelemetry\/api$)/;

const root = fileURLToPath(new URL('..', import.meta.url));
const problems = [];

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['dist/esm/index.js'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  minify: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  outdir: 'bundled',
});
const [output] = Object.values(metafile.outputs);
const compressed = gzipSync(outputFiles[0].contents, { level: 9 }).byteLength;
console.log(
  `core entry: ${kilobytes(outputFiles[0].contents.byteLength)} minified, ${kilobytes(compressed)} with gzip`,
);
const rooms = {};
for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
  const room = path.split('/').slice(2, -1).join('/') || 'index.js';
  rooms[room] = (rooms[room] ?? 0) + bytesInOutput;
}
for (const [room, bytes] of Object.entries(rooms).sort(([, one], [, other]) => other - one)) {
  console.log(`  ${kilobytes(bytes).padStart(8)}  ${room}`);
}
if (compressed > CEILING_BYTES) problems.push(`the core entry is larger than ${kilobytes(CEILING_BYTES)}`);
for (const [path, input] of Object.entries(metafile.inputs)) {
  for (const imported of input.imports) {
    if (imported.external && !ALLOWED.test(imported.path)) problems.push(`${path} imports ${imported.path}`);
  }
}

/** Both module systems load CommonJS packages, which the SDK is, through this cache. */
const LOADED = `JSON.stringify(Object.keys(require.cache))`;
const programs = {
  import: `import 'decotel'; import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); console.log(${LOADED});`,
  require: `require('decotel'); console.log(${LOADED});`,
};
for (const [manner, program] of Object.entries(programs)) {
  const type = manner === 'import' ? 'module' : 'commonjs';
  const printed = execFileSync(process.execPath, [`--input-type=${type}`, '-e', program], { cwd: root });
  const packages = new Set(
    JSON.parse(printed.toString()).map((path) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1]),
  );
  packages.delete(undefined);
  console.log(`${manner} of decotel loads: ${[...packages].join(', ')}`);
  for (const name of packages) if (!ALLOWED.test(name)) problems.push(`${manner} of decotel loads ${name}`);
}

for (const problem of problems) console.error(`size: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

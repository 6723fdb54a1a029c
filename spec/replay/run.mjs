import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

// Node 20 runs no TypeScript: the tool and the library's sources become one file. The SDKs and OpenTelemetry stay
// outside, as in an application.
const root = new URL('../../', import.meta.url);
const outfile = fileURLToPath(new URL('node_modules/.cache/decotel/replay.mjs', root));

await build({
  entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  alias: {
    decotel: fileURLToPath(new URL('src/index.ts', root)),
    'decotel/configure': fileURLToPath(new URL('src/configure.ts', root)),
  },
  outfile,
});

await import(pathToFileURL(outfile).href);

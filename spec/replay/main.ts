import { parseArguments, USAGE } from './arguments.js';
import { replayFolder } from './replay-folder.js';

// The recordings are compared with everything recorded, whatever the shell says.
for (const name of Object.keys(process.env)) if (/^(OTEL|DECOTEL)_/.test(name)) delete process.env[name];

try {
  const result = await replayFolder(parseArguments(process.argv.slice(2)), (line) => console.log(line));
  const isEmpty = result.passed + result.failed + result.unsupported === 0;
  process.exitCode = isEmpty || result.failed > 0 || result.missedMutations > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}

import type { Program } from './program.js';
import type { CellResult, SpanFacts } from './run-cell.js';
import { decoratorMode } from './subjects.js';

export interface Exit {
  code: number | null;
  /** What Node says of the error that ended the process, without stack and paths. */
  error: string[];
  spans: SpanFacts[];
}

/** What each row's script sees where nobody handles its failure. */
export async function runUnhandled(program: Program): Promise<Map<string, CellResult>> {
  const { code, stdout, stderr } = await program.run();
  if (code !== 0) throw new Error(`the program ended with ${String(code)}: ${stderr}`);
  const printed = JSON.parse(stdout) as { decoratorMode: string; results: [string, CellResult][] };
  if (printed.decoratorMode !== decoratorMode)
    throw new Error(`it was compiled with ${printed.decoratorMode} decorators`);
  return new Map(printed.results);
}

/** How a process ends that runs one row's script and nothing else. */
export async function exitOf(program: Program, title: string, subject: 'bare' | 'decorated'): Promise<Exit> {
  const { code, stdout, stderr } = await program.run(title, subject);
  const error = stderr.split('\n').filter((line) => /^\w*(Error|Exception|Uncaught)\b/.test(line));
  return { code, error, spans: JSON.parse(stdout) as SpanFacts[] };
}

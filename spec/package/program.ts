import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import { root } from './markdown.js';

export type DecoratorMode = 'legacy' | 'standard';
export const DECORATOR_MODES: DecoratorMode[] = ['legacy', 'standard'];

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs TypeScript as a process of its own, as a user would, against the sources of this package: only then is it seen
 * that the program ends by itself and what it prints.
 */
export async function runProgram(
  source: string,
  mode: DecoratorMode,
  environment: Record<string, string> = {},
): Promise<Ended> {
  const program = bundled(source, mode);
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: root,
    env: { ...quietEnvironment(), ...environment },
  });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (ended.stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (ended.stderr += part.toString()));
  child.stdin.end(program);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ ...ended, code });
    });
  });
}

/** TypeScript that imports this package, as one file that runs in the repository's root. */
export function bundled(source: string, mode: DecoratorMode, format: 'esm' | 'cjs' = 'esm'): string {
  // Not `build`: the service that it leaves running keeps jest from ending.
  const { outputFiles } = buildSync({
    stdin: { contents: source, loader: 'ts', resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    format,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: Object.fromEntries(entries().map(([name, path]) => [name, `./${path}`])),
    tsconfigRaw: { compilerOptions: { experimentalDecorators: mode === 'legacy' } },
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** What the compiler says about programs, strict, in one decorator mode. Names are where they would stand in `spec`. */
export function typeErrors(programs: Record<string, string>, mode: DecoratorMode): string[] {
  const folder = join(root, 'spec');
  const configPath = join(folder, `tsconfig.${mode}.json`);
  const read = (path: string) => ts.sys.readFile(path);
  const config = ts.getParsedCommandLineOfConfigFile(
    configPath,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const options = { ...config?.options, noEmit: true };
  const virtual = new Map(Object.entries(programs).map(([name, text]) => [join(folder, name), text]));
  const host = ts.createCompilerHost(options);
  host.fileExists = (path) => virtual.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => virtual.get(path) ?? read(path);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) => {
    const text = virtual.get(path);
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...virtual.keys()], options, host);
  return [...virtual.keys()]
    .flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
    .map((diagnostic) => ts.formatDiagnostic(diagnostic, host));
}

/** Where a subpath of the package comes from. */
function entries(): [string, string][] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object };
  return Object.keys(exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) =>
      subpath === '.' ? ['decotel', 'src/index.ts'] : [`decotel/${subpath.slice(2)}`, `src/${subpath.slice(2)}.ts`],
    );
}

/** Without what would change where spans go. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL_|DECOTEL_|OPENAI_)/.test(name)));
}

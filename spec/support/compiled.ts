import { transformSync as esbuild } from 'esbuild';
import { transformSync as swc } from '@swc/core';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

export type Mode = 'legacy' | 'standard';
export type Compiler = (source: string, mode: Mode) => string;

/** What people compile decorators with. */
export const COMPILERS: Record<string, Compiler> = {
  swc: (source, mode) =>
    swc(source, {
      swcrc: false,
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: mode === 'legacy' ? { legacyDecorator: true } : { decoratorVersion: '2023-11' },
      },
    }).code,
  typescript: (source, mode) =>
    transpileModule(source, {
      compilerOptions: {
        module: ModuleKind.CommonJS,
        target: ScriptTarget.ES2022,
        experimentalDecorators: mode === 'legacy',
      },
    }).outputText,
  esbuild: (source, mode) =>
    esbuild(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'es2022',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: mode === 'legacy' } },
    }).code,
};

/** The exports of a module that is compiled here and now; `given` is what it imports, whatever the name. */
export function compiled(source: string, mode: Mode, compile: Compiler, given: object): Record<string, unknown> {
  const module = { exports: {} };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is the spec's own
  new Function('exports', 'require', 'module', compile(source, mode))(module.exports, () => given, module);
  return module.exports;
}

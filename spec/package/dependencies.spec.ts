import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { root } from './markdown.js';

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

const IMPORT = /^(?:import|export) (type )?[^;]*?from '([^'.][^']*)'/gm;

describe('the package', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );

  // An installer that does not hoist hides what only a dependency depends on.
  it('depends on what it imports', () => {
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const undeclared = sources.flatMap((path) =>
      [...readFileSync(join(root, 'src', path), 'utf8').matchAll(IMPORT)]
        .map(([, , specifier = '']) => specifier)
        .filter((specifier) => !isBuiltin(specifier) && !declared.includes(packageOf(specifier)))
        .map((specifier) => `${path}: ${specifier}`),
    );
    expect(undeclared).toEqual([]);
  });

  it('says its version where it says one', () => {
    const text = readFileSync(join(root, 'src/spans/version.ts'), 'utf8');
    expect(/'(\d+\.\d+\.\d+[^']*)'/.exec(text)?.[1]).toBe(manifest.version);
    expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(`## ${manifest.version}`);
  });
});

describe('the specs', () => {
  // Someone who cloned this repository has nothing beside it: `npm test` must pass there.
  it('look for recordings and seeds only where their absence skips them', () => {
    const readers = readdirSync(join(root, 'spec'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.spec.ts'))
      .filter((path) => /'\.\.\/shared\//.test(readFileSync(join(root, 'spec', path), 'utf8')));
    expect(readers).toEqual([]);
  });
});

function packageOf(specifier: string): string {
  const [scope, name] = specifier.split('/');
  return specifier.startsWith('@') ? `${scope}/${name}` : (scope ?? specifier);
}

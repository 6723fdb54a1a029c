import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { blocksByPath, withAdded } from './guide.js';
import { codeBlocks, root } from './markdown.js';

const PAGE = 'docs/adding-a-provider.md';
const PROVIDER = 'src/providers/parrot.ts';
const SPEC = 'spec/providers/parrot.spec.ts';
const REGISTRY = 'src/providers/registry.ts';

/** The adapter of the page's program, as the page says that it becomes a file of decotel's. */
function adapter(blocks: Map<string, string>): string {
  const program = codeBlocks(PAGE).find((block) => block.isRunnable)?.text ?? '';
  const [written = ''] = program.split('// The application');
  return `${blocks.get(PROVIDER) ?? ''}\n${written.slice(written.indexOf('export const parrot'))}`;
}

describe('a provider that is added to decotel as the page says', () => {
  const blocks = blocksByPath(PAGE);
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'decotel-provider-'));
    for (const path of ['src', 'spec/support', 'spec/fixtures', 'spec/providers', 'jest.config.cjs', 'package.json']) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => {
    rmSync(copy, { recursive: true });
  });

  it('is one file, one spec with its fixtures, and one line', () => {
    const fixtures = [...blocks.keys()].filter((path) => path.startsWith('spec/fixtures/parrot/'));
    expect(fixtures).toHaveLength(3);
    expect([...blocks.keys()].sort()).toEqual([...fixtures, SPEC, PROVIDER, REGISTRY].sort());
    const diff = blocks.get(REGISTRY) ?? '';
    expect(diff.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+import'))).toEqual([
      '+  parrot,',
    ]);
  });

  it('keeps the contract that all others keep, and they keep theirs', async () => {
    const files = new Map([...blocks, [PROVIDER, adapter(blocks)]]);
    files.set(REGISTRY, withAdded(readFileSync(join(root, REGISTRY), 'utf8'), blocks.get(REGISTRY) ?? ''));
    for (const [path, text] of files) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    const jest = join(root, 'node_modules/jest/bin/jest.js');
    const specs = [SPEC, 'spec/providers/registry.spec.ts', 'spec/providers/ollama.spec.ts'];
    const args = [
      '--rootDir',
      copy,
      '--selectProjects',
      'legacy',
      '--json',
      '--runInBand',
      '--runTestsByPath',
      ...specs,
    ];
    const printed = await new Promise<string>((resolve) => {
      execFile(process.execPath, [jest, ...args], { cwd: copy, maxBuffer: 1e8 }, (_error, stdout) => resolve(stdout));
    });
    const result = JSON.parse(printed) as Result;
    const failed = result.testResults.flatMap(({ message }) => (message === '' ? [] : [message]));
    expect(failed).toEqual([]);
    expect(result.numTotalTestSuites).toBe(specs.length);
    const ofParrot = result.testResults.find(({ name }) => name.endsWith(SPEC))?.assertionResults ?? [];
    const titles = ofParrot.map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining([
        'is registered',
        'reads the request "greeting"',
        'reads the response "greeting"',
        'reads the same from the stream "greeting" as from the whole',
        'reads a reply',
      ]),
    );
  }, 60_000);
});

interface Result {
  numTotalTestSuites: number;
  testResults: { name: string; message: string; assertionResults: { title: string }[] }[];
}

describe('the page of what is read from whom', () => {
  const page = readFileSync(join(root, 'docs/providers.md'), 'utf8');

  it('has every adapter', () => {
    const source = readFileSync(join(root, REGISTRY), 'utf8');
    const list = /builtInProviders[^=]*= \[([^\]]*)\]/.exec(source)?.[1] ?? '';
    const adapters = list.split(',').flatMap((name) => name.trim() || []);
    const files = adapters.map(
      (name) => new RegExp(`import \\{ ${name} \\} from '\\./([\\w-]+)\\.js'`).exec(source)?.[1],
    );
    expect(files.length).toBeGreaterThan(9);
    expect(files.filter((file) => !page.includes(`\`${file}\``))).toEqual([]);
  });

  it('has every provider that an address tells', () => {
    const source = readFileSync(join(root, 'src/providers/hosts.ts'), 'utf8');
    const semconv = readFileSync(join(root, 'src/semconv/gen-ai.ts'), 'utf8');
    const named = [...source.matchAll(/\$\/,\s+(?:'([\w.-]+)'|(\w+)),?\s*\],$/gm)].map(
      ([, name, constant]) => name ?? new RegExp(`${constant} = '([^']+)'`).exec(semconv)?.[1],
    );
    expect(new Set(named).size).toBeGreaterThan(16);
    expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

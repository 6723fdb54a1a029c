import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtInDialects } from '../../src/dialects/registry.js';
import { blocksByPath, withAdded } from './guide.js';
import { codeBlocks, root } from './markdown.js';

const PAGE = 'docs/adding-a-dialect.md';
const DIALECT = 'src/dialects/telegraph.ts';
const SPEC = 'spec/dialects/telegraph.spec.ts';
const REGISTRY = 'src/dialects/registry.ts';

interface Result {
  testResults: { name: string; message: string; assertionResults: { title: string }[] }[];
}

describe('a dialect that is added to decotel as the page says', () => {
  const blocks = blocksByPath(PAGE);
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'decotel-dialect-'));
    for (const path of ['src', 'spec/support', 'spec/dialects', 'jest.config.cjs', 'package.json']) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => {
    rmSync(copy, { recursive: true });
  });

  it('is one file, one spec and one line', () => {
    expect([...blocks.keys()].sort()).toEqual([SPEC, DIALECT, REGISTRY].sort());
    const added = (blocks.get(REGISTRY) ?? '').split('\n').filter((line) => /^\+(?!import)/.test(line));
    expect(added).toEqual(['+  telegraph,']);
  });

  it('keeps the contract that all others keep, and they keep theirs', async () => {
    const program = codeBlocks(PAGE).find((block) => block.isRunnable)?.text ?? '';
    const [written = ''] = program.split('// The application');
    const files = new Map([
      ...blocks,
      [DIALECT, `${blocks.get(DIALECT) ?? ''}\n${written.slice(written.indexOf('const ATTR_'))}`],
      [REGISTRY, withAdded(readFileSync(join(root, REGISTRY), 'utf8'), blocks.get(REGISTRY) ?? '')],
    ]);
    for (const [path, text] of files) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    const jest = join(root, 'node_modules/jest/bin/jest.js');
    const specs = [SPEC, 'spec/dialects/registry.spec.ts', 'spec/dialects/gen-ai.spec.ts'];
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
    const { testResults } = JSON.parse(printed) as Result;
    expect(testResults.flatMap(({ message }) => (message === '' ? [] : [message]))).toEqual([]);
    expect(testResults).toHaveLength(specs.length);
    const titles = testResults.find(({ name }) => name.endsWith(SPEC))?.assertionResults.map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining(['reads no content before it is asked for', 'writes a word a message']),
    );
  }, 60_000);
});

it('the page of dialects has every dialect', () => {
  const page = readFileSync(join(root, 'docs/dialects.md'), 'utf8');
  expect(builtInDialects.map(({ name }) => name).filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
});

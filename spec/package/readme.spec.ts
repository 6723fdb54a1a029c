import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLoopbackOpenAI, type LoopbackOpenAI } from '../../examples/librarian/src/loopback-openai.js';
import { shapeOf } from '../support/shape-of.js';
import { codeBlocks, root } from './markdown.js';
import { DECORATOR_MODES, runProgram } from './program.js';

describe('the readme', () => {
  const source = readFileSync(join(root, 'examples/readme/src/main.ts'), 'utf8');
  const blocks = codeBlocks('README.md');
  let server: LoopbackOpenAI;

  beforeAll(async () => {
    server = await startLoopbackOpenAI();
  });
  afterAll(() => server.close());

  it('shows the example that is run here', () => {
    expect(blocks.filter((block) => block.isRunnable).map((block) => block.text)).toEqual([source]);
  });

  it.each(DECORATOR_MODES)('shows what the example prints (%s decorators)', async (mode) => {
    const environment = { OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: 'any' };
    const { code, stdout, stderr } = await runProgram(source, mode, environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(shapeOf(stdout)).toBe(shapeOf(blocks.find((block) => block.isRunnable)?.printed ?? ''));
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = ['README.md', 'CONTRIBUTING.md', 'docs/testing.md'].flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

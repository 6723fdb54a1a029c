import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, root, type CodeBlock } from './markdown.js';
import { DECORATOR_MODES, runProgram, typeErrors } from './program.js';

/** Decisions are for who changes decotel; all else is for who uses it. */
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && !name.startsWith('decisions'))
  .map((name) => `docs/${name}`);
const programs = pages.flatMap(codeBlocks).filter((block) => block.isRunnable);

describe('the pages in docs/', () => {
  it.each(pages)('%s has an example that runs, here or as a step of .ci/run', (page) => {
    const steps = readFileSync(join(root, '.ci/run'), 'utf8').split(/\s/);
    const isRun = ({ isRunnable, text }: CodeBlock) =>
      isRunnable || [...text.matchAll(/^npm run ([\w:-]+)/gm)].some(([, script]) => steps.includes(script ?? ''));
    expect(codeBlocks(page).some(isRun)).toBe(true);
  });

  it.each(DECORATOR_MODES)('hold examples that type-check (%s decorators)', (mode) => {
    const sources = Object.fromEntries(
      programs.map((block) => [`${block.page.replace(/\W/g, '-')}-${block.line}.ts`, block.text]),
    );
    expect(typeErrors(sources, mode)).toEqual([]);
  });

  describe.each(DECORATOR_MODES)('hold examples that run (%s decorators)', (mode) => {
    it.each(programs)('$page, line $line', async ({ text, printed }) => {
      const { code, stdout, stderr } = await runProgram(text, mode);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      if (printed !== undefined) expect(stdout).toBe(printed);
    });
  });
});

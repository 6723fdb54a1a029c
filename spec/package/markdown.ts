import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '../..');

/** A fenced block of a Markdown page. */
export interface CodeBlock {
  page: string;
  line: number;
  language: string;
  /** Marked ` ```ts runnable `: the page promises that it compiles and runs. */
  isRunnable: boolean;
  text: string;
  /** The ` ```text ` block that comes next before any other block: what the program prints. */
  printed?: string;
}

const FENCE = /^```(\w+)?( runnable)?\n([\s\S]*?)^```$/gm;

export function codeBlocks(page: string): CodeBlock[] {
  const markdown = readFileSync(join(root, page), 'utf8');
  const blocks: CodeBlock[] = [];
  for (const match of markdown.matchAll(FENCE)) {
    const [, language = '', runnable, text = ''] = match;
    const former = blocks.at(-1);
    if (language === 'text' && former?.isRunnable) former.printed ??= text;
    blocks.push({
      page,
      line: markdown.slice(0, match.index).split('\n').length,
      language,
      isRunnable: runnable !== undefined,
      text,
    });
  }
  return blocks;
}

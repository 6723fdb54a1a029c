import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './markdown.js';

/** The block of a guide that follows the first mention of each path. */
export function blocksByPath(page: string): Map<string, string> {
  const markdown = readFileSync(join(root, page), 'utf8');
  const blocks = new Map<string, string>();
  for (const [, path = '', text = ''] of markdown.matchAll(
    /`((?:src|spec)\/[\w./-]+\.\w+)`(?:(?!```)[^])*?\n```\w+\n([^]*?)^```$/gm,
  )) {
    blocks.set(path, text);
  }
  return blocks;
}

/** As `patch` would apply a diff that only adds, each line after the one that stands before it. */
export function withAdded(source: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const added = lines.flatMap((line, index) =>
    line.startsWith('+') ? [[lines[index - 1], line.slice(1)] as const] : [],
  );
  return added.reduce((text, [before, line]) => {
    if (before === undefined) return `${line}\n${text}`;
    const anchor = `${before.slice(1)}\n`;
    expect(text.split(anchor)).toHaveLength(2);
    return text.replace(anchor, `${anchor}${line}\n`);
  }, source);
}

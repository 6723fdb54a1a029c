import type { SpanFacts } from './span-facts.js';
import type { SpanTree, TreeNode } from './span-forest.js';
import { columns, fitted, padded, printable, type Paint, type Style } from './terminal.js';

interface Row {
  /** The lines that draw the tree, beside the name and below it. */
  readonly branch: string;
  readonly below: string;
  readonly name: string;
  readonly style: Style | undefined;
  readonly model: string;
  readonly tokens: string;
  readonly finish: string;
  readonly first: string;
  readonly duration: string;
  /** At the end of the line where there is room, else on a line of its own. */
  readonly ending: Note | undefined;
  readonly remark: Note | undefined;
}

interface Note {
  readonly text: string;
  readonly style: Style;
}

const GAP = '  ';
const SHORTEST_NAME = 24;
const LONGEST_MODEL = 32;
const LONGEST_FINISH = 20;
const LONGEST_ENDING = 48;

/** A tree as lines of at most `width` columns (100 or more) and an empty one, each ended by a line feed. */
export function treeText(tree: SpanTree<SpanFacts>, paint: Paint, width: number): string {
  const rows: Row[] = [];
  addRows(rows, tree.root, '', '');
  const lines = [paint(fitted(heading(tree), width), 'dim'), ...table(rows, paint, width)];
  if (tree.skipped > 0) lines.push(paint(`… and ${tree.skipped.toLocaleString('en')} more spans`, 'dim'));
  return `${lines.join('\n')}\n\n`;
}

function heading({ serviceName, traceId, late }: SpanTree<SpanFacts>): string {
  const parts = [serviceName === undefined ? '' : printable(serviceName), `trace ${traceId}`];
  if (late !== undefined) parts.push(`late, below ${printable(late)}`);
  return parts.filter(Boolean).join(' · ');
}

function addRows(rows: Row[], node: TreeNode<SpanFacts>, branch: string, indent: string): void {
  const children = [...node.children].sort((one, other) => one.startMs - other.startMs);
  rows.push(row(node, branch, `${indent}${children.length > 0 ? '│  ' : '   '}`));
  for (const [index, child] of children.entries()) {
    const isLast = index === children.length - 1;
    addRows(rows, child, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`);
  }
}

function row({ facts, startName }: TreeNode<SpanFacts>, branch: string, below: string): Row {
  return {
    branch,
    below,
    name: printable(facts?.name ?? startName),
    style: facts?.isOurs === false ? 'dim' : 'bold',
    model: fitted(printable(facts?.model ?? ''), LONGEST_MODEL),
    tokens: tokensText(facts),
    finish: facts === undefined ? '' : fitted(finishText(facts), LONGEST_FINISH),
    first: facts?.firstChunkMs === undefined ? '' : `first ${durationText(facts.firstChunkMs)}`,
    duration: facts === undefined ? '' : durationText(facts.durationMs),
    ending: endingNote(facts),
    remark: facts?.usageRemedy === undefined ? undefined : { text: `tokens ? (${facts.usageRemedy})`, style: 'yellow' },
  };
}

function endingNote(facts: SpanFacts | undefined): Note | undefined {
  if (facts === undefined) return { text: 'still running', style: 'yellow' };
  const { ending } = facts;
  return ending && { text: fitted(printable(ending.text), LONGEST_ENDING), style: ending.isError ? 'red' : 'yellow' };
}

function tokensText(facts: SpanFacts | undefined): string {
  const { inputTokens, outputTokens } = facts ?? {};
  if (inputTokens === undefined && outputTokens === undefined) return '';
  if (outputTokens === undefined) return `${countText(inputTokens)} tokens`;
  return `${countText(inputTokens)} → ${countText(outputTokens)} tokens`;
}

/** What came of a call, in a few words. */
function finishText({ finishReasons, documents, topK, dimensions }: SpanFacts): string {
  if (finishReasons !== undefined) return printable(finishReasons.join(', '));
  if (dimensions !== undefined) return `${countText(dimensions)} dimensions`;
  const found = documents === undefined ? '' : `${countText(documents)} document${documents === 1 ? '' : 's'}`;
  return [found, topK === undefined ? '' : `top ${countText(topK)}`].filter(Boolean).join(', ');
}

function countText(count: number | undefined): string {
  return count === undefined ? '?' : count.toLocaleString('en');
}

function durationText(durationMs: number): string {
  if (durationMs < 9.95) return `${durationMs.toFixed(1)} ms`;
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_995) return `${(durationMs / 1000).toFixed(2)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

type Column = 'model' | 'tokens' | 'finish' | 'first' | 'duration';

const COLUMNS: readonly { name: Column; side: 'left' | 'right'; style: Style | undefined }[] = [
  { name: 'model', side: 'right', style: 'cyan' },
  { name: 'tokens', side: 'left', style: undefined },
  { name: 'finish', side: 'right', style: 'green' },
  { name: 'first', side: 'left', style: 'dim' },
  { name: 'duration', side: 'left', style: undefined },
];

function table(rows: readonly Row[], paint: Paint, width: number): string[] {
  const { cells, taken } = layout(rows, width);
  const endingWidth = widest(rows, ({ ending }) => (ending === undefined ? 0 : columns(GAP + ending.text)));
  const isInline = taken + endingWidth + SHORTEST_NAME <= width;
  const nameWidth = Math.min(
    widest(rows, ({ branch, name }) => columns(branch + name)),
    Math.max(SHORTEST_NAME, width - taken - (isInline ? endingWidth : 0)),
  );
  return rows.flatMap((row) => {
    const { branch, below, ending, remark, style } = row;
    const name = fitted(row.name, Math.max(SHORTEST_NAME / 2, nameWidth - columns(branch)));
    const space = ' '.repeat(Math.max(0, nameWidth - columns(branch + name)));
    const line = paint(branch, 'dim') + paint(name, style) + space + cellsText(row, cells, paint);
    const noteLine = (note: Note): string => paint(below, 'dim') + paint(note.text, note.style);
    const end = isInline && ending !== undefined ? GAP + paint(ending.text, ending.style) : '';
    return [
      (line + end).trimEnd(),
      ...(isInline || ending === undefined ? [] : [noteLine(ending)]),
      ...(remark === undefined ? [] : [noteLine(remark)]),
    ];
  });
}

type Cell = (typeof COLUMNS)[number] & { readonly width: number };

/** The columns that any row uses, and how wide they are together; the model gives way where that is too much. */
function layout(rows: readonly Row[], width: number): { cells: Cell[]; taken: number } {
  const all = COLUMNS.map((column) => ({ ...column, width: widest(rows, (row) => columns(row[column.name])) }));
  const wanted = all.reduce((sum, cell) => sum + (cell.width > 0 ? GAP.length + cell.width : 0), 0);
  const excess = Math.max(0, wanted + SHORTEST_NAME - width);
  const cells = all
    .filter((cell) => cell.width > 0)
    .map((cell) => (cell.name === 'model' ? { ...cell, width: Math.max(1, cell.width - excess) } : cell));
  return { cells, taken: cells.reduce((sum, cell) => sum + GAP.length + cell.width, 0) };
}

function cellsText(row: Row, cells: readonly Cell[], paint: Paint): string {
  return cells
    .map(({ name, side, style, width }) => {
      const text = padded(fitted(row[name], width), width, side);
      return GAP + (row[name] === '' ? text : paint(text, row.style === 'dim' ? 'dim' : style));
    })
    .join('');
}

function widest(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((most, row) => Math.max(most, of(row)), 0);
}

import { ALLOWED_DIFFERENCES, type AllowedDifference } from './allowed-differences.js';
import { useNames, type Row, type Use } from './table.js';

/** `passed`, an allowed difference, or the failure that it is until its cell has run. */
export type Verdict = 'passed' | 'failed' | AllowedDifference;

/** Return values × uses, with what came of each. */
export class Matrix {
  private readonly verdicts = new Map<Row, Map<Use, Verdict>>();

  constructor(private readonly rows: readonly Row[]) {}

  set(row: Row, use: Use, verdict: Verdict): void {
    const verdicts = this.verdicts.get(row) ?? new Map<Use, Verdict>();
    this.verdicts.set(row, verdicts.set(use, verdict));
  }

  get cells(): number {
    return this.rows.length * useNames.length;
  }

  /** Cells that cannot apply, with their reasons. */
  get notApplicable(): { row: Row; use: Use; reason: string }[] {
    return this.rows.flatMap((row) =>
      useNames.flatMap((use) => {
        const reason = row.uses[use];
        return typeof reason === 'string' ? [{ row, use, reason }] : [];
      }),
    );
  }

  /** The allowed differences that a row names and no cell of it needs. */
  get unneeded(): string[] {
    return this.rows.flatMap((row) => {
      const used = new Set(this.verdicts.get(row)?.values());
      return (row.allowed ?? []).filter((one) => !used.has(one)).map(({ name }) => `${row.title}: ${name}`);
    });
  }

  text(title: string): string {
    const width = Math.max(...this.rows.map((row) => row.title.length));
    const line = (name: string, marks: readonly string[]): string =>
      [name.padEnd(width), ...marks.map((mark, index) => mark.padEnd(useNames[index]?.length ?? 0))]
        .join('  ')
        .trimEnd();
    return [
      `\n${title}`,
      line('', useNames),
      ...this.rows.map((row) =>
        line(
          row.title,
          useNames.map((use) => this.mark(row, use)),
        ),
      ),
      '',
      ...this.legend(),
    ].join('\n');
  }

  private mark(row: Row, use: Use): string {
    if (typeof row.uses[use] === 'string') return '–';
    const verdict = this.verdicts.get(row)?.get(use);
    if (verdict === undefined) return '?';
    return verdict === 'passed' ? '✓' : verdict === 'failed' ? '✗' : `≈${verdict.mark}`;
  }

  private legend(): string[] {
    const verdicts = [...this.verdicts.values()].flatMap((row) => [...row.values()]);
    const count = (wanted: Verdict): number => verdicts.filter((verdict) => verdict === wanted).length;
    const exempt = ALLOWED_DIFFERENCES.map((one) => ({ ...one, cells: count(one) }));
    const total = exempt.reduce((sum, { cells }) => sum + cells, 0);
    const { length } = this.notApplicable;
    return [
      `${this.cells} cells: ${count('passed')} equal (✓), ${total} with the one allowed difference (≈), ` +
        `${count('failed')} failed (✗), ${length} not applicable (–, ${((100 * length) / this.cells).toFixed(1)} %)`,
      ...exempt.map(({ mark, name, cells }) => `≈${mark} ${name}: ${cells}`),
      ...this.reasons(),
      '',
    ];
  }

  private reasons(): string[] {
    const uses = new Map<string, number>();
    for (const { reason } of this.notApplicable) uses.set(reason, (uses.get(reason) ?? 0) + 1);
    return [...uses].map(([reason, cells]) => `– ${reason}: ${cells}`);
  }
}

/** What became of the recordings of one api. */
export interface Tally {
  passed: number;
  failed: number;
  unsupported: number;
}

export class Report {
  private readonly tallies = new Map<string, Tally>();

  count(api: string, result: keyof Tally): void {
    const tally = this.tallies.get(api) ?? { passed: 0, failed: 0, unsupported: 0 };
    tally[result] += 1;
    this.tallies.set(api, tally);
  }

  total(result: keyof Tally): number {
    return [...this.tallies.values()].reduce((sum, tally) => sum + tally[result], 0);
  }

  table(): string {
    const rows = [...this.tallies].sort(([one], [other]) => (one < other ? -1 : 1));
    const width = Math.max(3, ...rows.map(([api]) => api.length));
    const line = (name: string, ...cells: (string | number)[]): string =>
      name.padEnd(width) + cells.map((cell) => String(cell).padStart(cell === 'not yet supported' ? 19 : 8)).join('');
    return [
      line('api', 'passed', 'failed', 'not yet supported'),
      ...rows.map(
        ([api, { passed, failed, unsupported }]) => line(api, passed, failed) + String(unsupported).padStart(19),
      ),
    ].join('\n');
  }

  summary(): string {
    const unsupported = this.total('unsupported');
    return [
      ...(unsupported > 0 ? [`${unsupported} not yet supported`] : []),
      `${this.total('passed')} passed, ${this.total('failed')} failed`,
    ].join('\n');
  }
}

/** What became of the recordings of one api. */
interface Tally {
  passed: number;
  failed: number;
  unsupported: number;
}

/** Prints what differs as it comes, and the sums at the end. */
export class Report {
  readonly mutations = { tried: 0, missed: 0 };
  private readonly tallies = new Map<string, Tally>();
  private readonly calls = new Map<string, number>();

  constructor(private readonly print: (line: string) => void) {}

  /** One recording that failed, and why. */
  fail(api: string, ...reasons: string[]): void {
    this.count(api, 'failed');
    for (const reason of reasons) this.print(`FAIL ${reason}`);
  }

  count(api: string, result: keyof Tally): void {
    const tally = this.tallies.get(api) ?? { passed: 0, failed: 0, unsupported: 0 };
    tally[result] += 1;
    this.tallies.set(api, tally);
  }

  countCall(way: string): void {
    this.calls.set(way, (this.calls.get(way) ?? 0) + 1);
  }

  countMutations(tried: number, missed: string[]): void {
    this.mutations.tried += tried;
    this.mutations.missed += missed.length;
    for (const mutation of missed) this.print(`MISSED ${mutation}`);
  }

  total(result: keyof Tally): number {
    return [...this.tallies.values()].reduce((sum, tally) => sum + tally[result], 0);
  }

  finish(): void {
    this.printTable();
    if (this.calls.size > 0)
      this.print(`calls: ${[...this.calls].map(([way, count]) => `${count} ${way}`).join(', ')}`);
    const { tried, missed } = this.mutations;
    if (tried > 0) this.print(`${tried - missed} of ${tried} spoilt spans found`);
    if (this.total('unsupported') > 0) this.print(`${this.total('unsupported')} not yet supported`);
    this.print(`${this.total('passed')} passed, ${this.total('failed')} failed`);
  }

  private printTable(): void {
    const rows = [...this.tallies].sort(([one], [other]) => (one < other ? -1 : 1));
    const width = Math.max(3, ...rows.map(([api]) => api.length));
    const row = (api: string, passed: unknown, failed: unknown, unsupported: unknown): void =>
      this.print(
        api.padEnd(width) + String(passed).padStart(8) + String(failed).padStart(8) + String(unsupported).padStart(19),
      );
    row('api', 'passed', 'failed', 'not yet supported');
    for (const [api, { passed, failed, unsupported }] of rows) row(api, passed, failed, unsupported);
  }
}

import { collectUntil } from '../support/collect.js';
import type { Telemetry } from '../support/telemetry.js';
import { expectedOf, factsOf, see, type CellResult, type Seen, type Subject } from './run-cell.js';
import { Bare, Decorated } from './subjects.js';
import type { Idiom, Row } from './table.js';

/** The column of what is dropped: all rows at once, since the garbage collector is slow. */
export async function dropAll(
  rows: readonly Row[],
  telemetry: Telemetry,
  subject: Subject = new Decorated(),
): Promise<Map<Row, CellResult>> {
  const dropped = rows.flatMap((row): [Row, Idiom<unknown>][] =>
    typeof row.uses.drop === 'string' ? [] : [[row, row.uses.drop]],
  );
  const bare = await Promise.all(dropped.map(([row, cell]) => see(row, cell, new Bare())));
  telemetry.clear();
  const decorated = await Promise.all(dropped.map(([row, cell]) => see(row, cell, subject)));
  await collectUntil(() => telemetry.spans.length >= dropped.length);
  return new Map(
    dropped.map(([row, cell], index) => [
      row,
      {
        bare: bare[index] as Seen,
        decorated: decorated[index] as Seen,
        spans: telemetry.spans
          .filter((span) => decorated[index]?.traceIds.includes(span.spanContext().traceId))
          .map(factsOf),
        expectedSpans: expectedOf(row, cell),
        leftOpen: 0,
        expectedOpen: 0,
      },
    ]),
  );
}

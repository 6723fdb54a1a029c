import type { Row } from '../table.js';
import { eventRows } from './events.js';
import { holderRows } from './holders.js';
import { iteratorRows } from './iterators.js';
import { nodeStreamRows } from './node-streams.js';
import { plainRows, thrownRows } from './plain.js';
import { promiseRows } from './promises.js';
import { sdkRows } from './sdks.js';
import { responseRows, webStreamRows } from './web-streams.js';

/** The rows of the matrix. */
export const rows: readonly Row[] = [
  ...plainRows,
  ...thrownRows,
  ...promiseRows,
  ...iteratorRows,
  ...webStreamRows,
  ...responseRows,
  ...nodeStreamRows,
  ...eventRows,
  ...holderRows,
  ...sdkRows,
];

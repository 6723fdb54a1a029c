import { ANOTHER_PROMISE, HIDDEN_PROPERTIES } from '../allowed-differences.js';
import type { Trace } from '../trace.js';
import { row, type Row } from '../table.js';
import {
  queryUses,
  rejectedSubclassUses,
  rejectedUses,
  resolvedUses,
  subclassUses,
  type Query,
} from '../uses/promises.js';
import { abortError, LibraryError } from './plain.js';

/** A promise with a method of its own, which its `then` hands down. */
class Request extends Promise<unknown> {
  tagged(tag: string): Promise<unknown> {
    return this.then((value) => [tag, value]);
  }
}

/** A query that is sent each time somebody asks for its result. */
function query(
  trace: Trace,
  answer: (resolve: (rows: unknown) => void, reject: (error: unknown) => void) => void,
): Query {
  const conditions: string[] = [];
  const builder: Query = {
    where(condition) {
      conditions.push(condition);
      trace.note('condition', condition);
      return builder;
    },
    then(onFulfilled, onRejected) {
      trace.note('query is sent', ...conditions, typeof onFulfilled, typeof onRejected);
      return new Promise(answer).then(onFulfilled, onRejected);
    },
  };
  return builder;
}

const failed = { ends: 'error', errorType: 'LibraryError' } as const;
const allowed = [ANOTHER_PROMISE];
const hidden = [HIDDEN_PROPERTIES];

export const promiseRows: readonly Row[] = [
  row('a promise', resolvedUses, async () => ({ title: 'Dune' }), { allowed }),
  row('a promise that settles later', resolvedUses, () => new Promise((resolve) => setImmediate(resolve, 'Dune')), {
    allowed,
  }),
  row('a promise with own properties', resolvedUses, () => Object.assign(Promise.resolve('Dune'), { id: 7 }), {
    allowed,
  }),
  row(
    'a rejected promise',
    rejectedUses,
    async () => {
      throw new LibraryError('closed');
    },
    { ...failed, allowed },
  ),
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a DOMException is one
  row('a promise rejected with an AbortError', rejectedUses, () => Promise.reject(abortError()), {
    ends: 'aborted',
    allowed,
  }),
  row('a subclass of Promise', subclassUses, () => new Request((resolve) => resolve({ title: 'Dune' })), {
    allowed: hidden,
  }),
  row(
    'a subclass of Promise that rejects',
    rejectedSubclassUses,
    () => new Request((_resolve, reject) => reject(new LibraryError('closed'))),
    { ...failed, allowed: hidden },
  ),
  row('a lazy thenable', queryUses, (trace) => query(trace, (resolve) => resolve(['a row'])), { allowed: hidden }),
  row(
    'a lazy thenable that rejects',
    queryUses,
    (trace) => query(trace, (_resolve, reject) => reject(new LibraryError('closed'))),
    { ...failed, allowed: hidden },
  ),
];

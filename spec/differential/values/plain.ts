import { row, type Row } from '../table.js';
import { collectionUses, thrownUses, valueUses } from '../uses/values.js';

class Book {
  constructor(readonly title: string) {}

  shout(): string {
    return this.title.toUpperCase();
  }
}

export class LibraryError extends Error {}

export function abortError(): unknown {
  const controller = new AbortController();
  controller.abort();
  return controller.signal.reason;
}

const raises = (make: () => unknown): Row['make'] => {
  return () => {
    throw make();
  };
};

export const plainRows: readonly Row[] = [
  row('undefined', valueUses, () => undefined),
  row('null', valueUses, () => null),
  row('a number', valueUses, () => 42),
  row('a string', collectionUses, () => 'Dune'),
  row('an object', valueUses, () => ({ title: 'Dune', year: 1965 })),
  row('an array', collectionUses, () => ['Dune', 'Emma']),
  row('a Map', collectionUses, () => new Map([['Dune', 1965]])),
  row('a frozen object', valueUses, () => Object.freeze({ title: 'Dune' })),
  row('an instance of a class', valueUses, () => new Book('Dune')),
  row('this', valueUses, (_trace, self) => self),
  row('a function', valueUses, () => () => 'called'),
];

export const thrownRows: readonly Row[] = [
  row(
    'throws an Error',
    thrownUses,
    raises(() => new LibraryError('closed')),
    {
      ends: 'error',
      errorType: 'LibraryError',
    },
  ),
  row(
    'throws a string',
    thrownUses,
    raises(() => 'closed'),
    { ends: 'error', errorType: '_OTHER' },
  ),
  row('throws an AbortError', thrownUses, raises(abortError), { ends: 'aborted' }),
];

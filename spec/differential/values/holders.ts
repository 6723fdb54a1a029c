import type { Trace } from '../trace.js';
import { ANOTHER_PROMISE, HIDDEN_PROPERTIES } from '../allowed-differences.js';
import { row, type Row } from '../table.js';
import { holderUses, lazyUses, type Holder, type Lazy } from '../uses/holders.js';
import { numbers } from './iterators.js';

function holder(trace: Trace): Holder {
  return {
    textStream: trace.made(numbers(trace)) as AsyncGenerator<string>,
    fullStream: trace.made(numbers(trace)) as AsyncGenerator<object>,
  };
}

function lazy(trace: Trace): Lazy {
  let text: string | undefined;
  return {
    get text() {
      trace.note('getter starts the work');
      return (text ??= 'Dune');
    },
  };
}

export const holderRows: readonly Row[] = [
  row('an object with several streams', holderUses, holder, { allowed: [HIDDEN_PROPERTIES, ANOTHER_PROMISE] }),
  row('an object with a lazy getter', lazyUses, lazy),
];

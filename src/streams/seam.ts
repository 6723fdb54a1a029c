import type { EmitterSeam, Seam } from '../core/seam.js';
import { outcomeOf } from './abort.js';
import { coverMethod } from './cover.js';
import { coverEmission } from './emitter.js';
import { coverIteration } from './iterator.js';
import { isNativePromise, nativeThen, type Watch } from './promise.js';
import type { Tap } from './sink.js';

/** Watches an SDK's object at the places that its adapter named. */
export function watchSeam(value: object, seam: Seam, tap: Tap, watch: Watch): boolean {
  const state = { isParsed: false };
  for (const name of seam.results ?? []) coverPromise(value, name, tap, watch, state, true);
  for (const name of seam.responses ?? []) coverPromise(value, name, tap, watch, state, false);
  for (const name of seam.iterators ?? []) coverIteration(value, name, tap, seam.signal?.(value));
  if (seam.parser !== undefined) {
    coverMethod(value, seam.parser, (parse, self, values) => {
      if (!tap.ended) tap.raw(values[1]);
      return parse.apply(self, values);
    });
  }
  if (seam.emitter !== undefined) watchEvents(value, seam.emitter, tap, watch);
  return true;
}

/**
 * Covers a method that returns a promise, the same one where it is asked again. Once the SDK has parsed its response, it
 * reads the body itself; `withResponse()` asks for the raw one only to show it.
 */
function coverPromise(
  value: object,
  name: string,
  tap: Tap,
  watch: Watch,
  state: { isParsed: boolean },
  isResult: boolean,
): void {
  let source: unknown;
  let derived: unknown;
  const isShown = (): boolean => tap.ended || (state.isParsed && !isResult);
  coverMethod(value, name, (original, self, values) => {
    state.isParsed ||= isResult;
    const result = original.apply(self, values);
    if (result === source) return derived;
    if (isShown() || typeof result !== 'object' || result === null || !isNativePromise(result)) return result;
    source = result;
    derived = nativeThen(
      result,
      (data) => (isShown() ? data : tap.deliver(data, watch)),
      (error) => {
        tap.end(outcomeOf(error), error);
        throw error;
      },
    );
    return derived;
  });
}

function watchEvents(value: object, seam: EmitterSeam, tap: Tap, watch: Watch): void {
  const deliver = (): unknown => tap.deliver(seam.result(value), watch);
  if (seam.ended(value)) {
    deliver();
    return;
  }
  // An emitter's iterator aborts the request on `break`; to the call that is a consumer who stopped early.
  coverMethod(value, Symbol.asyncIterator, (iterate, self, values) => {
    const iterator = iterate.apply(self, values);
    if (typeof iterator === 'object' && iterator !== null) {
      coverMethod(iterator, 'return', (stop, stopped, given) => {
        tap.end('cancelled');
        return stop.apply(stopped, given);
      });
    }
    return iterator;
  });
  coverEmission(value, seam.method, tap, (event, _detail, [, ...details]) => {
    const meaning = seam.meaning(String(event), details);
    if (meaning?.type === 'chunk') tap.chunk(meaning.chunk);
    else if (meaning?.type === 'error') tap.end(outcomeOf(meaning.error), meaning.error);
    else if (meaning?.type === 'abort') tap.end('aborted');
    else if (meaning?.type === 'end') deliver();
  });
}

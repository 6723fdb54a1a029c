import type { EmitterSeam, Seam } from '../core/seam.js';
import { cover, isCoverable, methodOf } from './cover.js';
import { coverIteration } from './iterator.js';
import { isAbort } from './abort.js';
import { isNativePromise, nativeThen, type Watch } from './promise.js';
import { watchBody } from './body.js';
import { tapOn, type Sink, type Tap } from './sink.js';

/** Watches an SDK's object at the places that its adapter named. */
export function watchSeam(value: object, seam: Seam, sink: Sink, watch: Watch): object {
  if (!isCoverable(value)) {
    sink.unobserved();
    return value;
  }
  const tap = tapOn(value, sink);
  const state: SeamState = { isParsed: false };
  for (const name of seam.results ?? []) coverResult(value, name, tap, state, watch);
  for (const name of seam.responses ?? []) coverResponse(value, name, tap, state, sink);
  for (const name of seam.iterators ?? []) coverIteration(value, name, tap, seam.signal?.(value));
  if (seam.parser !== undefined) coverParser(value, seam.parser, tap);
  if (seam.emitter !== undefined && coverEmitter(value, seam.emitter, tap, watch)) return value;
  sink.pending(value, true);
  return value;
}

interface SeamState {
  /** The SDK reads the body itself; its raw response is only looked at. */
  isParsed: boolean;
}

function coverResult(value: object, name: string, tap: Tap, state: SeamState, watch: Watch): void {
  const original = methodOf(value, name);
  if (original === undefined) return;
  let source: unknown;
  let derived: unknown;
  cover(value, name, function (this: unknown, ...values) {
    state.isParsed = true;
    const result = original.apply(this, values);
    if (result === source) return derived;
    if (tap.ended || typeof result !== 'object' || result === null || !isNativePromise(result)) return result;
    source = result;
    derived = nativeThen(result, (data) => tap.deliver(data, watch), failing(tap));
    return derived;
  });
}

function coverResponse(value: object, name: string, tap: Tap, state: SeamState, sink: Sink): void {
  const original = methodOf(value, name);
  if (original === undefined) return;
  cover(value, name, function (this: unknown, ...values) {
    const result = original.apply(this, values);
    // `withResponse()` parses first and then asks for the response: its body is the SDK's.
    if (state.isParsed || tap.ended || typeof result !== 'object' || result === null) return result;
    if (!isNativePromise(result)) return result;
    return nativeThen(
      result,
      (response) => {
        if (!state.isParsed && !tap.ended) watchBody(response as Response, sink);
        return response;
      },
      failing(tap),
    );
  });
}

function coverParser(value: object, name: string, tap: Tap): void {
  const original = methodOf(value, name);
  if (original === undefined) return;
  cover(value, name, function (this: unknown, ...values) {
    if (!tap.ended) tap.raw(values[1]);
    return original.apply(this, values);
  });
}

/** True when everything had been emitted already. */
function coverEmitter(value: object, seam: EmitterSeam, tap: Tap, watch: Watch): boolean {
  if (seam.ended(value)) {
    tap.deliver(seam.result(value), watch);
    return true;
  }
  const original = methodOf(value, seam.method);
  if (original === undefined) return false;
  coverBreak(value, tap);
  cover(value, seam.method, function (this: unknown, ...values) {
    const [event, ...details] = values;
    const meaning = tap.ended ? undefined : seam.meaning(String(event), details);
    if (meaning?.type === 'chunk') tap.chunk(meaning.chunk);
    // Before the object goes on: it emits `end` from within `error`.
    else if (meaning?.type === 'error') tap.end(isAbort(meaning.error) ? 'aborted' : 'error', meaning.error);
    else if (meaning?.type === 'abort') tap.end('aborted');
    try {
      return original.apply(this, values);
    } finally {
      if (meaning?.type === 'end') tap.deliver(seam.result(value), watch);
    }
  });
  return false;
}

/** An emitter's iterator aborts the request on `break`; to the call that is a consumer who stopped early. */
function coverBreak(value: object, tap: Tap): void {
  const iterate = methodOf(value, Symbol.asyncIterator);
  if (iterate === undefined) return;
  cover(value, Symbol.asyncIterator, function (this: unknown, ...values) {
    const iterator = iterate.apply(this, values);
    const stop = typeof iterator === 'object' && iterator !== null ? methodOf(iterator, 'return') : undefined;
    if (stop !== undefined) {
      cover(iterator as object, 'return', function (this: unknown, ...rest) {
        tap.end('cancelled');
        return stop.apply(this, rest);
      });
    }
    return iterator;
  });
}

function failing(tap: Tap): (error: unknown) => never {
  return (error) => {
    tap.end(isAbort(error) ? 'aborted' : 'error', error);
    throw error;
  };
}

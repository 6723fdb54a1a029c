import { EventEmitter } from 'node:events';
import { Observable } from 'rxjs';
import { HIDDEN_PROPERTIES } from '../allowed-differences.js';
import type { Trace } from '../trace.js';
import { row, type Row } from '../table.js';
import { emitterUses, eventTargetUses } from '../uses/emitters.js';
import { observableUses } from '../uses/observables.js';
import { LibraryError } from './plain.js';

/** Runs the steps on one turn of the event loop each, until it is told to stop; notes what a step throws. */
function play(trace: Trace, steps: readonly (() => unknown)[], isOver = (): boolean => false): void {
  const [step, ...rest] = steps;
  setImmediate(() => {
    if (step === undefined || isOver()) return;
    trace.try('source goes on', step);
    play(trace, rest, isOver);
  });
}

function emitter(trace: Trace, failsAt = -1): EventEmitter {
  const source = new EventEmitter();
  const emits = ['a', 'b', 'c'].map((value, index) =>
    index === failsAt
      ? () => source.emit('error', new LibraryError(`failed at ${index}`))
      : () => source.emit('data', value),
  );
  play(trace, failsAt < 0 ? [...emits, () => source.emit('end')] : emits.slice(0, failsAt + 1));
  return source;
}

function eventTarget(trace: Trace, fails = false): EventTarget {
  const target = new EventTarget();
  const message = (data: string) => () => target.dispatchEvent(Object.assign(new Event('message'), { data }));
  const last = fails
    ? () =>
        target.dispatchEvent(
          Object.assign(new Event('error', { cancelable: true }), { error: new LibraryError('failed') }),
        )
    : () => target.dispatchEvent(new Event('end'));
  play(trace, [message('a'), message('b'), last]);
  return target;
}

/** Cold: it starts anew for each subscriber, one value a turn. */
function cold(trace: Trace, failsAt = -1): Observable<unknown> {
  return new Observable((subscriber) => {
    trace.note('producer starts');
    const values = ['a', 'b', 'c'].map((value, index) =>
      index === failsAt ? () => subscriber.error(new LibraryError(`failed at ${index}`)) : () => subscriber.next(value),
    );
    play(trace, [...values, () => subscriber.complete()], () => subscriber.closed);
    return () => trace.note('producer is torn down');
  });
}

const allowed = [HIDDEN_PROPERTIES];
const failed = { ends: 'error', errorType: 'LibraryError' } as const;

export const eventRows: readonly Row[] = [
  row('an EventEmitter', emitterUses, (trace) => emitter(trace), { allowed }),
  row('an EventEmitter that emits an error', emitterUses, (trace) => emitter(trace, 1), { ...failed, allowed }),
  row('an EventTarget', eventTargetUses, (trace) => eventTarget(trace), { allowed }),
  row('an EventTarget with an error event', eventTargetUses, (trace) => eventTarget(trace, true), {
    ...failed,
    allowed,
  }),
  row('an Observable', observableUses, (trace) => cold(trace), { allowed }),
  row('an Observable that errors', observableUses, (trace) => cold(trace, 2), { ...failed, allowed }),
];

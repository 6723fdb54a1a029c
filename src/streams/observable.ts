import { cover, isCoverable, methodOf, type Method } from './cover.js';
import { tapOn, type Sink, type Tap } from './sink.js';

/** RxJS and whatever follows its interoperation point. */
export function isObservable(value: object): boolean {
  return (
    methodOf(value, 'subscribe') !== undefined &&
    (methodOf(value, 'pipe') !== undefined || methodOf(value, '@@observable') !== undefined)
  );
}

/**
 * The same observable: each subscription is a call of its own, the first one this call, later ones of `again`. What
 * the producer does while it is subscribed to is the method's work.
 */
export function watchObservable(observable: object, sink: Sink, again: () => Sink | undefined): object {
  const subscribe = methodOf(observable, 'subscribe');
  if (subscribe === undefined || !isCoverable(observable)) {
    sink.unobserved();
    return observable;
  }
  let next: Sink | undefined = sink;
  tapOn(observable, sink);
  cover(observable, 'subscribe', function (this: unknown, ...values) {
    const current = next ?? again();
    next = undefined;
    if (current === undefined) return subscribe.apply(this, values);
    const tap = tapOn({}, current);
    const observer = watchedObserver(values, tap);
    const subscription = current.enter(subscribe, this, observer);
    if (typeof subscription === 'object' && subscription !== null) watchSubscription(subscription, tap);
    return subscription;
  });
  sink.pending(observable, true);
  return observable;
}

/** An operator's subscriber is seen in place: the chain of subscriptions hangs on the object. Callbacks are wrapped. */
function watchedObserver(values: unknown[], tap: Tap): unknown[] {
  const [first, onError, onComplete, ...rest] = values;
  if (typeof first === 'object' && first !== null && methodOf(first, 'add') !== undefined) {
    coverObserver(first, tap);
    return values;
  }
  const observer = (
    typeof first === 'object' ? first : { next: first, error: onError, complete: onComplete }
  ) as Observer | null;
  const { next, error, complete } = observer ?? {};
  return [
    {
      next(value: unknown) {
        tap.chunk(value);
        next?.call(observer, value);
      },
      // Without an error handler the library reports the error itself, so there must not be one.
      error:
        error &&
        function (failure: unknown) {
          tap.end('error', failure);
          error.call(observer, failure);
        },
      complete() {
        tap.end('completed');
        complete?.call(observer);
      },
    },
    ...rest,
  ];
}

interface Observer {
  next?: Method;
  error?: Method;
  complete?: Method;
}

function coverObserver(observer: object, tap: Tap): void {
  const tell: Record<string, (value: unknown) => void> = {
    next: (value) => tap.chunk(value),
    error: (failure) => tap.end('error', failure),
    complete: () => tap.end('completed'),
  };
  for (const [name, notify] of Object.entries(tell)) {
    const original = methodOf(observer, name);
    if (original === undefined) continue;
    cover(observer, name, function (this: unknown, ...values) {
      notify(values[0]);
      return original.apply(this, values);
    });
  }
}

function watchSubscription(subscription: object, tap: Tap): void {
  if ((subscription as { closed?: unknown }).closed === true) tap.end('completed');
  const unsubscribe = methodOf(subscription, 'unsubscribe');
  if (unsubscribe === undefined || tap.ended) return;
  const fail = methodOf(subscription, 'error');
  if (fail !== undefined) {
    cover(subscription, 'error', function (this: unknown, ...values) {
      tap.end('error', values[0]);
      return fail.apply(this, values);
    });
  }
  cover(subscription, 'unsubscribe', function (this: unknown, ...values) {
    tap.end('cancelled');
    return unsubscribe.apply(this, values);
  });
}

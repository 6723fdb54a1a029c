import { outcomeOf } from './abort.js';
import { coverMethod, isCoverable, methodOf, uncover } from './cover.js';
import { Tap, type Sink } from './sink.js';

export function isObservable(value: object): boolean {
  return methodOf(value, 'subscribe') !== undefined && (methodOf(value, 'pipe') !== undefined || givesItself(value));
}

/** At the interoperation point an observable gives itself; a store gives another object. */
function givesItself(value: object): boolean {
  const names: PropertyKey[] = ['@@observable', (Symbol as { observable?: symbol }).observable ?? '@@observable'];
  try {
    return names.some((name) => methodOf(value, name)?.call(value) === value);
  } catch {
    return false;
  }
}

/**
 * The same observable: each subscription is a call of its own, the first one the call that returned it. What the
 * producer does while it is subscribed to is the method's work.
 */
export function watchObservable(observable: object, sink: Sink): object {
  const known = subscriptions.get(observable) ?? watchSubscriptions(observable);
  if (known === undefined) sink.unobserved();
  else {
    known.add(sink);
    sink.pending(observable, true);
  }
  return observable;
}

const subscriptions = new WeakMap<object, Subscriptions>();

function watchSubscriptions(observable: object): Subscriptions | undefined {
  if (!isCoverable(observable) || subscriberFor(observable, []) === undefined) return undefined;
  uncover(observable);
  const known = new Subscriptions();
  const isCovered = coverMethod(observable, 'subscribe', (subscribe, self, values) => {
    const [inner, ...others] = known.take();
    const subscriber = inner && subscriberFor(observable, values);
    if (inner === undefined || subscriber === undefined) return subscribe.apply(self, values);
    const tap = new Tap(subscriber, inner);
    // It waits for what may come at any time, like a promise.
    tap.idles = false;
    inner.pending(subscriber, false);
    for (const sink of others) tap.add(sink);
    tap.noteConsumer();
    coverSubscriber(subscriber, tap);
    try {
      const subscription = tap.enter(subscribe, self, [subscriber]);
      if (subscriber.closed) tap.end('cancelled');
      return subscription;
    } catch (error) {
      tap.end('error', error);
      throw error;
    }
  });
  if (!isCovered) return undefined;
  subscriptions.set(observable, known);
  return known;
}

interface Subscriber {
  readonly closed: boolean;
}

interface ObservableClass {
  new (subscribe: (subscriber: unknown) => void): { subscribe(...values: unknown[]): unknown };
}

/**
 * What RxJS itself makes of the arguments of `subscribe`: callbacks get a subscriber, an operator's is taken as it is.
 * An observable that does nothing hands it out before anything runs. Undefined where another library subscribes otherwise.
 */
function subscriberFor(observable: object, values: unknown[]): Subscriber | undefined {
  if (!givesItself(observable)) return undefined;
  let base = observable;
  for (let next: unknown = base; isSubscribable(next); next = Object.getPrototypeOf(base)) base = next;
  const Base = base.constructor as unknown as ObservableClass;
  let made: unknown;
  const subscription = new Base((subscriber) => {
    made = subscriber;
  }).subscribe(...values);
  if (typeof made !== 'object' || made === null || made !== subscription) return undefined;
  return methodOf(made, 'unsubscribe') === undefined ? undefined : (made as Subscriber);
}

function isSubscribable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && methodOf(value, 'subscribe') !== undefined;
}

/** Seen in place: chains of subscriptions hang on the object, and an error without a handler stays one. */
function coverSubscriber(subscriber: Subscriber, tap: Tap): void {
  const tell = {
    next: (value: unknown) => tap.chunk(value),
    error: (failure: unknown) => tap.end(outcomeOf(failure), failure),
    complete: () => tap.end('completed'),
  };
  for (const [name, notify] of Object.entries(tell)) {
    coverMethod(subscriber, name, (original, self, values) => {
      notify(values[0]);
      return tap.leave(original, self, values);
    });
  }
  coverMethod(subscriber, 'unsubscribe', (unsubscribe, self, values) => {
    if (tap.ended) return unsubscribe.apply(self, values);
    try {
      return tap.enter(unsubscribe, self, values);
    } finally {
      // An operator may put it off, as `groupBy` does while a group is read.
      if (subscriber.closed) tap.end('cancelled');
    }
  });
}

/** A call that returned the observable, and what makes one like it. */
class Returned {
  readonly #again: () => Sink | undefined;
  #isTaken = false;

  constructor(readonly sink: Sink) {
    this.#again = sink.again();
  }

  get isWaiting(): boolean {
    return !this.#isTaken && !this.sink.ended;
  }

  take(): Sink | undefined {
    if (!this.isWaiting) return this.#again();
    this.#isTaken = true;
    return this.sink;
  }
}

/** The calls that returned one observable. Those inside one another share each subscription. */
class Subscriptions {
  /** Of each group, the outer call comes first. */
  #groups: Returned[][] = [];

  add(sink: Sink): void {
    const returned = new Returned(sink);
    const newest = this.#groups.at(-1);
    if (newest?.[0] !== undefined && sink.encloses(newest[0].sink)) newest.unshift(returned);
    else this.#groups = [...this.#groups.filter(isWaiting), [returned]];
  }

  /** The calls of one more subscription, the inner ones first. */
  take(): Sink[] {
    const group = this.#groups.find(isWaiting) ?? this.#groups.at(-1) ?? [];
    const taken: Sink[] = [];
    const takeFrom = (index: number): void => {
      const returned = group[index];
      if (returned === undefined) return;
      const sink = returned.take();
      if (sink === undefined) return takeFrom(index + 1);
      taken.unshift(sink);
      // Made again, an inner call is the child of the outer one once more.
      sink.enter(() => takeFrom(index + 1), undefined, []);
    };
    takeFrom(0);
    return taken;
  }
}

function isWaiting(group: readonly Returned[]): boolean {
  return group.some((returned) => returned.isWaiting);
}

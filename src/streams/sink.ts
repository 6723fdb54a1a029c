import type { Outcome } from '../core/record.js';
import type { Enter, Method } from './cover.js';

/** What a watched value tells the call that returned it. No method throws. */
export interface Sink {
  /** Runs a piece of the call's own work, such as one step of a generator's body, where the call runs. */
  enter(work: Method, self: unknown, values: unknown[]): unknown;
  /** The call is over: it needs to hear no more. */
  readonly ended: boolean;
  /** True when the call takes care of this value itself; then it is not watched. */
  takes(value: object): boolean;
  /** The value ends only when somebody consumes it: `target` is the object whose collection means nobody will. */
  pending(target: object, idles: boolean): void;
  /** An SDK parses its raw response: `{ response, options }`. */
  raw(properties: unknown): void;
  chunk(value: unknown): void;
  /** What is written in chunks of bytes: an event, a line. */
  said(value: object): void;
  /** A value that is not watched any further: what a method returned, what a promise resolved to. */
  resolved(value: unknown): void;
  /** At most the first call counts. */
  end(outcome: Outcome, error?: unknown): void;
  /** Makes calls like this one, for a value that can be used many times; undefined where one is not to be recorded. */
  again(): () => Sink | undefined;
  /** True when `inner` was called inside this call, and so may have made what this one returned. */
  encloses(inner: Sink): boolean;
  /** Keeps where the consumer is now: what it does when the call's work calls it is not that call's. */
  outside(): Enter;
  /** The value cannot be watched. */
  unobserved(): void;
  /** What the caller gets in place of an error that a promise was rejected with; throws where that stands. */
  instead?(error: unknown): unknown;
}

/**
 * The taps on one returned object. A second decorated method that returns the same object listens to the same taps:
 * whoever came first, the inner one, is told first, and every chunk is counted once per call.
 */
export class Tap {
  ended = false;
  /** False for what its consumer may hold without reading on for as long as it likes. */
  idles = true;
  #sinks: readonly Sink[];
  #iteration: object | undefined = undefined;
  /** Out of each call that listens, to where the consumer is; none where nothing of the consumer's is called. */
  #waysOut: readonly Enter[] = [];

  /** `owner` is kept for as long as anything derived from it is in use: its collection means abandonment. */
  constructor(
    readonly owner: object,
    readonly first: Sink,
  ) {
    this.#sinks = [first];
  }

  add(sink: Sink): void {
    // An object may outlive thousands of calls that return it.
    this.#sinks = [...this.#sinks.filter((other) => other === this.first || !other.ended), sink];
    sink.pending(this.owner, this.idles);
    if (this.#waysOut.length > 0) this.noteConsumer();
  }

  /** Keeps where the code that asks is now, unless that is inside a call that listens. */
  noteConsumer(): void {
    this.#waysOut = this.leave(() => this.#sinks.map((sink) => sink.outside()), undefined, []) as Enter[];
  }

  /** Runs what is the consumer's, such as its handlers, where the consumer is. */
  leave(work: Method, self: unknown, values: unknown[]): unknown {
    const inner = this.#waysOut.reduceRight<Method>((next, wayOut) => () => wayOut(next, self, values), work);
    return inner.apply(self, values);
  }

  enter(work: Method, self: unknown, values: unknown[]): unknown {
    return this.first.enter(work, self, values);
  }

  /** Of several iterations at once, the first to give something is the one that counts. */
  follows(iteration: object): boolean {
    return (this.#iteration ??= iteration) === iteration;
  }

  raw(properties: unknown): void {
    for (const sink of this.#sinks) sink.raw(properties);
  }

  chunk(value: unknown): void {
    for (const sink of this.#sinks) sink.chunk(value);
  }

  end(outcome: Outcome, error?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    for (const sink of this.#sinks) sink.end(outcome, error);
  }

  /** Passes a value that came out of this object on to all who listen; returns what the consumer gets. */
  deliver(value: unknown, watch: (value: unknown, sink: Sink) => unknown): unknown {
    if (this.ended) return value;
    this.ended = true;
    return this.#sinks.reduce((delivered, sink) => watch(delivered, sink), value);
  }
}

const taps = new WeakMap<object, Tap>();

export function tapOf(value: object): Tap | undefined {
  return taps.get(value);
}

export function tapOn(value: object, sink: Sink): Tap {
  const tap = new Tap(value, sink);
  taps.set(value, tap);
  return tap;
}

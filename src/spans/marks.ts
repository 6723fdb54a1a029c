import type { CallRecord, ErrorRecord } from '../core/record.js';
import { shared } from '../core/shared.js';
import { traceparentOf } from './traceparent.js';
import type { Call } from './call.js';

/** What is known of a call that has ended; no content. */
export interface EndedCall extends Pick<
  CallRecord,
  'operation' | 'provider' | 'functionName' | 'request' | 'response' | 'usage' | 'streamChunks' | 'outcome'
> {
  /** W3C `traceparent` of its span. */
  readonly traceparent: string | undefined;
  readonly error: Pick<ErrorRecord, 'type' | 'name'> | undefined;
}

/**
 * What an object knows of the call that returned it. It leads to the call only until the call's record is complete:
 * objects may live long, and a record holds a whole conversation.
 */
export class Mark {
  #call: Call | undefined;
  #known: EndedCall | undefined = undefined;
  #ended: Promise<EndedCall> | undefined = undefined;
  #resolve: ((call: EndedCall) => void) | undefined = undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  get traceparent(): string | undefined {
    return this.#known === undefined ? traceparentOf(this.#reporter?.span?.spanContext()) : this.#known.traceparent;
  }

  get #reporter(): Call | undefined {
    return this.#call?.reportedBy ?? this.#call;
  }

  /** Somebody waits for the end: the record is put together there and then. */
  get isAwaited(): boolean {
    return this.#resolve !== undefined;
  }

  get ended(): Promise<EndedCall> {
    const reporter = this.#reporter;
    if (reporter?.ended === true && reporter.span !== undefined) reporter.completeRecord();
    return (this.#ended ??= new Promise((resolve) => {
      if (this.#known === undefined) this.#resolve = resolve;
      else resolve(this.#known);
    }));
  }

  /** The call that reports this one has a complete record. At most the first time counts. */
  settle({ record, span }: Call): void {
    if (this.#known !== undefined) return;
    const { operation, provider, functionName, request, response, usage, streamChunks, outcome, error } = record;
    this.#known = {
      ...{ operation, provider, functionName, request, response, usage, streamChunks, outcome },
      error: error && { type: error.type, name: error.name },
      traceparent: traceparentOf(span?.spanContext()),
    };
    this.#call = undefined;
    this.#resolve?.(this.#known);
  }
}

/** Returns what it is given as if it had made it, so that a field of a class can be put on any object. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- only its constructor is of use
class Given {
  constructor(value: object) {
    return value;
  }
}

/**
 * A private field, put on objects from outside: no property that anyone sees, and half the price of one that is not
 * enumerable. A WeakMap with an entry per call costs the garbage collector more than the call does.
 */
const marked = shared(
  'marks',
  () =>
    class Marked extends Given {
      #mark: Mark;

      constructor(value: object, mark: Mark) {
        super(value);
        this.#mark = mark;
      }

      static of(value: object): Mark | undefined {
        return #mark in value ? value.#mark : undefined;
      }
    },
);

/** `value` is what the call of `mark` returned; of several calls that pass it on, the innermost counts. */
export function setMark(value: object, mark: Mark): void {
  if (marked.of(value) === undefined) new marked(value, mark);
}

export function markOf(value: unknown): Mark | undefined {
  return typeof value === 'object' && value !== null ? marked.of(value) : undefined;
}

import { trace as spans } from '@opentelemetry/api';
import type { Row } from './table.js';
import type { Trace } from './trace.js';

/** What a script has in hand. */
export class Consumer<V> {
  /** Of the span that is active in the method, once for each call. */
  readonly traceIds: (string | undefined)[] = [];
  /** Whether a call was still open, each time the script said that it must be. */
  readonly wasOpen: boolean[] = [];

  constructor(
    readonly trace: Trace,
    private readonly row: Pick<Row, 'make' | 'isPromised'>,
    private readonly give: (make: (self: object) => unknown) => unknown,
    private readonly isOpen: () => boolean,
  ) {}

  /** Calls the method, without a look at what comes back. */
  start(): unknown {
    return this.give((self) => {
      this.traceIds.push(spans.getActiveSpan()?.spanContext().traceId);
      return this.trace.made(this.row.make(this.trace, self));
    });
  }

  /** Calls the method and notes whether the very object that it returned came back. */
  call(): V {
    const value = this.start();
    this.trace.arrives(value);
    return value as V;
  }

  /** The value that the row is about: what comes back, or what the returned promise resolves to. */
  async open(): Promise<V> {
    if (this.row.isPromised !== true) return this.call();
    const value = (await this.start()) as V;
    this.trace.arrives(value);
    return value;
  }

  /** The value is in the middle of being used: its span must not have ended. */
  midway(): void {
    this.wasOpen.push(this.isOpen());
  }
}

import type { Outcome } from '../../src/core/record.js';
import type { Method } from '../../src/streams/cover.js';
import type { Sink } from '../../src/streams/sink.js';

/** A sink that notes what it is told. */
export class RecordingSink implements Sink {
  readonly chunks: unknown[] = [];
  /** What was written in chunks. */
  readonly words: object[] = [];
  readonly values: unknown[] = [];
  readonly ends: [Outcome, unknown][] = [];
  readonly raws: unknown[] = [];
  readonly targets: object[] = [];
  wasUnobserved = false;

  get ended(): boolean {
    return this.ends.length > 0;
  }

  entered = 0;

  enter(work: Method, self: unknown, values: unknown[]): unknown {
    this.entered++;
    return work.apply(self, values);
  }
  takes(): boolean {
    return false;
  }
  pending(target: object): void {
    this.targets.push(target);
  }
  raw(properties: unknown): void {
    this.raws.push(properties);
  }
  chunk(value: unknown): void {
    this.chunks.push(value);
  }
  said(value: object): void {
    this.words.push(value);
  }
  resolved(value: unknown): void {
    this.values.push(value);
    this.ends.push(['completed', undefined]);
  }
  end(outcome: Outcome, error?: unknown): void {
    this.ends.push([outcome, error]);
  }
  again(): () => Sink | undefined {
    return () => undefined;
  }
  encloses(): boolean {
    return false;
  }
  outside(): (work: Method, self: unknown, values: unknown[]) => unknown {
    return (work, self, values) => work.apply(self, values);
  }
  unobserved(): void {
    this.wasUnobserved = true;
    this.ends.push(['completed', undefined]);
  }

  get outcomes(): Outcome[] {
    return this.ends.map(([outcome]) => outcome);
  }
}

import type { Outcome } from '../core/record.js';
import type { BodyText } from './body-text.js';
import type { Enter, Method } from './cover.js';
import type { Sink } from './sink.js';

/**
 * Parts of one returned value that are read each by itself. The call is over when none that somebody began to read is
 * left open; the first one read is what is recorded.
 */
export class Parts {
  readonly #reading = new Set<Part>();
  #first: Part | undefined = undefined;

  constructor(
    readonly sink: Sink,
    /** Kept for as long as one of its parts is in use: most callers take the parts and let go of it. */
    readonly whole: object,
  ) {}

  /** `text`: what is written in its chunks, where they are bytes. */
  add(text?: BodyText): Sink {
    return new Part(this, text);
  }

  begins(part: Part): boolean {
    this.#reading.add(part);
    this.#first ??= part;
    return this.#first === part;
  }

  ends(part: Part, outcome: Outcome, error: unknown): void {
    this.#reading.delete(part);
    if (outcome === 'error' || this.#reading.size === 0) this.sink.end(outcome, error);
  }
}

class Part implements Sink {
  #isOver = false;

  constructor(
    private readonly parts: Parts,
    private readonly text: BodyText | undefined,
  ) {}

  get ended(): boolean {
    return this.parts.sink.ended;
  }

  enter(work: Method, self: unknown, values: unknown[]): unknown {
    // What a source does once it is cancelled is no reading.
    if (!this.#isOver) this.parts.begins(this);
    return this.parts.sink.enter(work, self, values);
  }
  chunk(value: unknown): void {
    if (!this.parts.begins(this)) return;
    this.parts.sink.chunk(value);
    this.text?.add(value).forEach((written) => this.parts.sink.said(written));
  }
  said(value: object): void {
    if (this.parts.begins(this)) this.parts.sink.said(value);
  }
  resolved(value: unknown): void {
    this.#sayLastLine();
    this.parts.sink.resolved(value);
  }
  end(outcome: Outcome, error?: unknown): void {
    this.#sayLastLine();
    const whole = outcome === 'completed' ? this.text?.end() : undefined;
    if (whole !== undefined) this.resolved(whole);
    this.#isOver = true;
    this.parts.ends(this, outcome, error);
  }
  raw(properties: unknown): void {
    this.parts.sink.raw(properties);
  }
  takes(value: object): boolean {
    return this.parts.sink.takes(value);
  }
  again(): () => Sink | undefined {
    return this.parts.sink.again();
  }
  encloses(inner: Sink): boolean {
    return this.parts.sink.encloses(inner);
  }
  outside(): Enter {
    return this.parts.sink.outside();
  }
  /** The whole is what must not be collected unread. */
  pending(): void {
    // Whoever made the parts told of it.
  }
  unobserved(): void {
    // The other parts may still be watched.
  }

  /** Nothing need come after it. */
  #sayLastLine(): void {
    const last = this.text?.isLines === true ? this.text.end() : undefined;
    if (last !== undefined) this.said(last);
  }
}

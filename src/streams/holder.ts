import type { Outcome } from '../core/record.js';
import { methodOf, type Enter, type Method } from './cover.js';
import { isReadableStream } from './readable-stream.js';
import type { Sink } from './sink.js';

/** An object with more members is data, not a handful of streams. */
const MOST_MEMBERS = 24;

/**
 * The names of the members of `holder` that are streams: `{ stream, response }` and the like. Only data properties are
 * looked at; a getter may be what starts the work.
 */
export function heldStreams(holder: object): string[] {
  const names: string[] = [];
  let members = 0;
  for (const name in holder) {
    if (++members > MOST_MEMBERS) break;
    const own = Object.getOwnPropertyDescriptor(holder, name);
    const value: unknown = own?.value;
    // A member that cannot be replaced could only be locked.
    const isReplaceable = own?.writable === true || own?.configurable === true;
    if (isReplaceable && typeof value === 'object' && value !== null && isStream(value)) names.push(name);
  }
  return names;
}

function isStream(value: object): boolean {
  if (Array.isArray(value)) return false;
  return isReadableStream(value) || methodOf(value, Symbol.asyncIterator) !== undefined;
}

/** Watches each stream of the holder; only what the caller consumes is consumed. The holder stays the same object. */
export function watchHolder(
  holder: object,
  names: readonly string[],
  sink: Sink,
  watch: (value: unknown, sink: Sink) => unknown,
): object {
  const held = new HeldStreams(sink, holder);
  for (const name of names) {
    const own = Object.getOwnPropertyDescriptor(holder, name);
    const watched = watch(own?.value, held.member());
    if (watched !== own?.value) Reflect.defineProperty(holder, name, { ...own, value: watched });
  }
  sink.pending(holder, true);
  return holder;
}

/** The call is over when no stream that somebody began to read is left open; the first one read is what is recorded. */
class HeldStreams {
  private readonly reading = new Set<Member>();
  private first: Member | undefined = undefined;

  constructor(
    readonly sink: Sink,
    /** Kept for as long as one of its streams is in use: most callers take the streams and let go of it. */
    readonly holder: object,
  ) {}

  member(): Sink {
    return new Member(this);
  }

  begins(member: Member): boolean {
    this.reading.add(member);
    this.first ??= member;
    return this.first === member;
  }

  ends(member: Member, outcome: Outcome, error: unknown): void {
    this.reading.delete(member);
    if (outcome === 'error' || this.reading.size === 0) this.sink.end(outcome, error);
  }
}

class Member implements Sink {
  constructor(private readonly held: HeldStreams) {}

  get ended(): boolean {
    return this.held.sink.ended;
  }

  enter(work: Method, self: unknown, values: unknown[]): unknown {
    this.held.begins(this);
    return this.held.sink.enter(work, self, values);
  }
  chunk(value: unknown): void {
    if (this.held.begins(this)) this.held.sink.chunk(value);
  }
  resolved(value: unknown): void {
    this.held.sink.resolved(value);
  }
  end(outcome: Outcome, error?: unknown): void {
    this.held.ends(this, outcome, error);
  }
  raw(properties: unknown): void {
    this.held.sink.raw(properties);
  }
  takes(value: object): boolean {
    return this.held.sink.takes(value);
  }
  again(): () => Sink | undefined {
    return this.held.sink.again();
  }
  encloses(inner: Sink): boolean {
    return this.held.sink.encloses(inner);
  }
  outside(): Enter {
    return this.held.sink.outside();
  }
  /** The holder is what must not be collected unread. */
  pending(): void {
    // See watchHolder.
  }
  unobserved(): void {
    // The other streams may still be watched.
  }
}

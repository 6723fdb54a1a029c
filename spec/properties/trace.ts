import { isNativeError } from 'node:util/types';
import { isNamed, nameOf } from './values.js';

/** Something that happened: a label, and whatever came with it. */
export type Happening = readonly unknown[];

/** What happened in one run. */
export class Trace {
  readonly source: Happening[] = [];
  /** What the consumer did and saw, in order. */
  readonly consumer: Happening[] = [];
  /** Of that, what it did, and what it saw of each iterator when a promise settled. */
  private readonly steps: Happening[] = [];
  private readonly settled: Record<string, Happening[]> = {};

  get length(): number {
    return this.source.length + this.consumer.length;
  }

  did(...happening: Happening): void {
    this.consumer.push(happening);
    this.steps.push(happening);
  }

  saw(side: string | number, ...happening: Happening): void {
    this.consumer.push(happening);
    (this.settled[side] ??= []).push(happening);
  }

  /**
   * Each in its own order: what a promise settles to may reach the consumer of a decorated method a microtask later,
   * while the source goes on.
   */
  sides(): Record<string, readonly Happening[]> {
    return { source: this.source, consumer: this.steps, ...this.settled };
  }
}

/** Throws where the traces are not the same: order, labels, and values and errors by identity. */
export function expectSame(bareTrace: Trace, decoratedTrace: Trace): void {
  const sides = decoratedTrace.sides();
  for (const [side, bare] of Object.entries(bareTrace.sides())) {
    const decorated = sides[side] ?? [];
    for (let index = 0; index < Math.max(bare.length, decorated.length); index++) {
      const one = bare[index];
      const other = decorated[index];
      if (one !== undefined && other !== undefined && areSame(one, other)) continue;
      throw new Error(
        `side ${side} differs at ${index}: bare ${shown(one)}, decorated ${shown(other)}\n` +
          `bare\n${listed(bare)}\ndecorated\n${listed(decorated)}`,
      );
    }
  }
  if (Object.keys(sides).length !== Object.keys(bareTrace.sides()).length) throw new Error('more sides than bare');
}

function areSame(one: Happening, other: Happening): boolean {
  return one.length === other.length && one.every((value, index) => isSame(value, other[index]));
}

/** The engine makes a new TypeError each time, and Node a new error with a code. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  const complaint = complaintOf(one);
  return complaint !== undefined && complaint === complaintOf(other);
}

function complaintOf(value: unknown): string | undefined {
  if (!isNativeError(value) || isNamed(value)) return undefined;
  return value.name === 'TypeError' || 'code' in value ? `${value.name}: ${value.message}` : undefined;
}

function listed(happenings: readonly Happening[]): string {
  return happenings.map((happening) => `  ${shown(happening)}`).join('\n');
}

function shown(happening: Happening | undefined): string {
  return happening === undefined ? 'nothing' : happening.map(nameOf).join(' ');
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits until nothing happens any more. A source that waits for a turn says so when the turn has come. */
export async function quiet(trace: Trace): Promise<void> {
  let before: number;
  do {
    before = trace.length;
    await turn();
    await turn();
  } while (trace.length !== before);
}

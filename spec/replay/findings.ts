import { isDeepStrictEqual } from 'node:util';

/** One difference between what was expected and what a span says. */
export interface Finding {
  subject: string;
  expected: unknown;
  actual: unknown;
}

export class Findings {
  readonly list: Finding[] = [];

  add(subject: string, expected: unknown, actual: unknown): void {
    this.list.push({ subject, expected, actual });
  }

  equal(subject: string, expected: unknown, actual: unknown): void {
    if (!isDeepStrictEqual(expected, actual)) this.add(subject, expected, actual);
  }

  /** For what is right or wrong rather than equal to something. */
  holds(subject: string, condition: boolean, expected: string, actual: unknown): void {
    if (!condition) this.add(subject, expected, actual);
  }
}

const LONGEST = 160;

export function describeFinding({ subject, expected, actual }: Finding): string {
  return `${subject}: expected ${shown(expected)}, got ${shown(actual)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

import type { Random } from './random.js';

/** A copy of a value with one member spoilt, and what was done to it. The value itself stays as it is. */
export interface Spoilt<T> {
  value: T;
  change: string;
}

/** How likely a walk goes on down from a member that has members of its own. */
const DEEPER_OF_TEN = 7;

export function spoilValue<T>(value: T, random: Random, path = ''): Spoilt<T> {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 0) return { value, change: `${path} has nothing to spoil` };
  const key = random.pick(keys as [string, ...string[]]);
  const place = `${path}.${key}`;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const member = copy[key];
  if (hasMembers(member) && random.below(10) < DEEPER_OF_TEN) {
    const below = spoilValue(member, random, place);
    copy[key] = below.value;
    return { value: copy as T, change: below.change };
  }
  const change = random.pick(CHANGES);
  change.apply(copy, key, random);
  return { value: copy as T, change: `${place} ${change.name}` };
}

function hasMembers(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

interface Change {
  name: string;
  apply(holder: Record<string, unknown>, key: string, random: Random): void;
}

const CHANGES: readonly [Change, ...Change[]] = [
  { name: 'dropped', apply: drop },
  { name: 'is null', apply: (holder, key) => void (holder[key] = null) },
  { name: 'of another type', apply: (holder, key) => void (holder[key] = otherType(holder[key])) },
  { name: 'is an odd number', apply: (holder, key, random) => void (holder[key] = random.pick(ODD_NUMBERS)) },
  { name: 'is junk', apply: (holder, key, random) => void (holder[key] = random.pick(JUNK)) },
  { name: 'doubled', apply: double },
];

const ODD_NUMBERS = [1e308, 2 ** 60, -1, -7.5, 0.5, NaN, Infinity, -Infinity] as const;

const JUNK: readonly [unknown, ...unknown[]] = [
  [null],
  [[[]]],
  {},
  [],
  '',
  'x'.repeat(70_000),
  true,
  { type: 5, text: { text: [] }, content: [null, 1, 'x', { type: null }], index: -1, id: {} },
  nested(200),
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": null, "toString": 1}'),
];

function nested(depth: number): unknown {
  return depth === 0 ? 'deep' : { content: [nested(depth - 1)] };
}

function drop(holder: Record<string, unknown>, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

/** A list gets the same item twice, an object the same value under the next of its names. */
function double(holder: Record<string, unknown>, key: string): void {
  if (Array.isArray(holder)) return void holder.splice(Number(key), 0, holder[Number(key)]);
  const keys = Object.keys(holder);
  holder[keys[(keys.indexOf(key) + 1) % keys.length] ?? key] = holder[key];
}

function otherType(value: unknown): unknown {
  if (Array.isArray(value)) return Object.fromEntries(value.entries());
  switch (typeof value) {
    case 'string':
      return [value];
    case 'number':
      return String(value);
    case 'boolean':
      return Number(value);
    case 'object':
      return value === null ? {} : Object.values(value);
    default:
      return 0;
  }
}

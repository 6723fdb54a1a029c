import type { Usage } from '../core/record.js';
import type { Json } from './json.js';

/** A token count that the conventions name. */
export type Count = Exclude<keyof Usage, 'raw'>;

/** The provider's own names, and the names in what it nests, of the counts that mean exactly what a convention means. */
export interface CountNames {
  readonly [name: string]: Count | CountNames | undefined;
}

/** Reads token counts; every other number is kept under its own name. Undefined where no number was sent. */
export function readUsage(usage: unknown, names: CountNames): Usage | undefined {
  const counts: Usage = {};
  return collect(usage, names, '', counts, 0) ? counts : undefined;
}

type Numbers = Readonly<Record<string, number>>;

/** What came later in a stream overlays what came before. */
export function overlayUsage(former: Usage | undefined, later: Usage | undefined): Usage | undefined {
  return joinUsage(former, later, (one, other) => ({ ...one, ...other }));
}

/** Of several answers that make one. */
export function addUsage(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  return joinUsage(one, other, (numbers, more) => {
    const total = { ...numbers };
    for (const name in more) total[name] = (total[name] ?? 0) + (more[name] ?? 0);
    return total;
  });
}

function joinUsage(
  one: Usage | undefined,
  other: Usage | undefined,
  join: (one: Numbers, other: Numbers) => Numbers,
): Usage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const { raw, ...counts } = one;
  const { raw: otherRaw, ...otherCounts } = other;
  return { ...join(counts, otherCounts), raw: raw && otherRaw ? join(raw, otherRaw) : (raw ?? otherRaw) };
}

/** Undefined where there is none. */
export function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce((sum, count) => (count === undefined ? sum : (sum ?? 0) + count), undefined);
}

/** For providers whose own count of the input, under `uncached`, leaves out what a cache had to do with. */
export function withCachedInput(usage: Usage | undefined, uncached: string): Usage | undefined {
  const count = usage?.raw?.[uncached];
  if (usage === undefined || count === undefined) return usage;
  const { cacheReadInputTokens = 0, cacheCreationInputTokens = 0 } = usage;
  return { ...usage, inputTokens: count + cacheReadInputTokens + cacheCreationInputTokens };
}

/** Deeper numbers, and lists, break the ones above them down. */
const DEEPEST = 3;

/** True if there was a number. */
function collect(value: unknown, names: CountNames, parent: string, counts: Usage, depth: number): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > DEEPEST) return false;
  let any = false;
  for (const key in value) {
    const member = (value as Json)[key];
    const known = Object.hasOwn(names, key) ? names[key] : undefined;
    if (typeof member !== 'number') {
      any = collect(member, typeof known === 'object' ? known : {}, dotted(parent, key), counts, depth + 1) || any;
    } else if (member >= 0) {
      any = true;
      // DeepSeek sends its cache hits twice, under its own name and under OpenAI's.
      if (typeof known === 'string' && (counts[known] ??= member) === member) continue;
      (counts.raw ??= {})[dotted(parent, key)] = member;
    }
  }
  return any;
}

/** Names recur with every response: joining them anew costs more than all the rest of reading a usage. */
const joined = new Map<string, Map<string, string>>();
const MOST_JOINED = 200;

function dotted(parent: string, key: string): string {
  if (parent === '') return key;
  const children = joined.get(parent) ?? new Map<string, string>();
  const known = children.get(key);
  if (known !== undefined) return known;
  const name = `${parent}.${key}`;
  if (joined.size + children.size < MOST_JOINED) joined.set(parent, children.set(key, name));
  return name;
}

import type { Usage } from '../core/record.js';
import type { Json } from './json.js';

/** A token count that the conventions name. */
export type Count = Exclude<keyof Usage, 'raw'>;

/** The provider's own names, nested ones joined by dots, of the counts that mean exactly what a convention means. */
export type CountNames = ReadonlyMap<string, Count>;

/** Reads token counts; every other number is kept under its own name. Undefined where no number was sent. */
export function readUsage(usage: unknown, names: CountNames): Usage | undefined {
  const counts: Usage = {};
  collect(usage, '', names, counts, 0);
  return Object.keys(counts).length > 0 ? counts : undefined;
}

/** What came later in a stream overlays what came before. */
export function overlayUsage(former: Usage | undefined, later: Usage | undefined): Usage | undefined {
  if (former === undefined || later === undefined) return later ?? former;
  const raw = former.raw || later.raw ? { ...former.raw, ...later.raw } : undefined;
  return { ...former, ...later, raw };
}

/** Deeper numbers, and lists, break the ones above them down. */
const DEEPEST = 3;

function collect(value: unknown, parent: string, names: CountNames, counts: Usage, depth: number): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const key in value) {
    const member = (value as Json)[key];
    if (typeof member === 'number') add(member, dotted(parent, key), names, counts);
    else if (depth < DEEPEST) collect(member, dotted(parent, key), names, counts, depth + 1);
  }
}

function add(number: number, name: string, names: CountNames, counts: Usage): void {
  const count = names.get(name);
  if (count === undefined) (counts.raw ??= {})[name] = number;
  else if (counts[count] === undefined) counts[count] = number;
  // DeepSeek sends its cache hits twice, under its own name and under OpenAI's.
  else if (counts[count] !== number) (counts.raw ??= {})[name] = number;
}

/** Names recur with every response: joining them anew costs more than all the rest of reading a usage. */
const joined = new Map<string, Map<string, string>>();
const MOST_JOINED = 200;

function dotted(parent: string, key: string): string {
  if (parent === '') return key;
  let children = joined.get(parent);
  const known = children?.get(key);
  if (known !== undefined) return known;
  const name = `${parent}.${key}`;
  if (children === undefined && joined.size < MOST_JOINED) joined.set(parent, (children = new Map<string, string>()));
  if (children !== undefined && children.size < MOST_JOINED) children.set(key, name);
  return name;
}

/**
 * What DESIGN's first promise lets a decorated method do differently. A cell whose traces are equal needs none; any
 * other passes under the one that its row names.
 */
export interface AllowedDifference {
  readonly name: string;
  readonly mark: string;
  /** Whether `decorated` may stand where the bare method's trace has `bare`. */
  readonly permits: (bare: string, decorated: string) => boolean;
}

/** "A native promise is another native promise that settles alike, at most one microtask later." */
export const ANOTHER_PROMISE: AllowedDifference = {
  name: 'another native promise that settles alike, at most one microtask later',
  mark: 'p',
  permits: (bare, decorated) =>
    decorated === bare.replace('gets the same Promise', 'gets another Promise') ||
    microtasks(decorated) === microtasks(bare) + 1,
};

/** "A web `ReadableStream` is another one of the same type (bytes stay bytes), demand passed one to one." */
export const ANOTHER_STREAM: AllowedDifference = {
  name: 'another web stream of the same type, demand passed one to one',
  mark: 's',
  permits: (bare, decorated) =>
    decorated === bare.replace('gets the same ReadableStream', 'gets another ReadableStream'),
};

/** "Non-enumerable own properties may appear on a returned object." */
export const HIDDEN_PROPERTIES: AllowedDifference = {
  name: 'own properties that are not enumerable',
  mark: 'o',
  permits: (bare, decorated) =>
    isLonger(/^(hidden|has): (.*)$/, bare, decorated) ||
    // An inherited name is not enumerated once an own property of that name is not.
    isLonger(/^(for in): (.*)$/, decorated, bare),
};

/** "A frozen object cannot be watched: its span ends at return and says `decotel.unobserved`." */
export const FROZEN: AllowedDifference = {
  name: 'a frozen object is not watched, and its span says so',
  mark: 'f',
  permits: () => false,
};

export const ALLOWED_DIFFERENCES = [ANOTHER_PROMISE, ANOTHER_STREAM, HIDDEN_PROPERTIES, FROZEN];

function microtasks(line: string): number {
  return Number(/^settles after (\d+) microtasks$/.exec(line)?.[1] ?? NaN);
}

/** A list of names with some more in it. */
function isLonger(list: RegExp, bare: string, decorated: string): boolean {
  const [, title, before] = list.exec(bare) ?? [];
  const [, sameTitle, after] = list.exec(decorated) ?? [];
  if (title === undefined || title !== sameTitle) return false;
  const names = new Set(after?.split(' '));
  return (before?.split(' ') ?? []).every((name) => name === '' || names.has(name));
}

import type { Parameters } from 'fast-check';

const RUNS = 'DECOTEL_PROPERTY_RUNS';
const SEED = 'DECOTEL_PROPERTY_SEED';
/** No run is that slow on any machine; it bounds what hangs. */
const MOST_MS_PER_RUN = 20;

/** How often a property runs where the environment does not say. */
const CI_RUNS = 300;
const runs = Number(process.env[RUNS] ?? CI_RUNS);

/** A property that always fails must not shrink for longer than it ran. */
export function propertyRuns<T>(): Parameters<T> {
  const seed = process.env[SEED];
  return { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) };
}

/** The time limit of a property. */
export const propertyMs = 20_000 + runs * MOST_MS_PER_RUN;

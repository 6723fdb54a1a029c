const KEY = Symbol.for('decotel.v0');

type Slots = Record<string, unknown>;

/**
 * State that the ESM and the CJS copy of the package must share. Each room keeps one slot; the first copy that asks
 * creates it.
 */
export function shared<T>(slot: string, create: () => T): T {
  const holder = globalThis as unknown as Record<symbol, Slots | undefined>;
  const slots = (holder[KEY] ??= {});
  return (slots[slot] ??= create()) as T;
}

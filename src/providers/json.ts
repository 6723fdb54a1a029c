/** A JSON object off the wire: members may be missing, null, or of another type than documented. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: readonly unknown[] = [];

/** `value` as an object that is no array; undefined for anything else. */
export function asRecord(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** `value` as an array; empty for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : NOTHING;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** An id, a model, a reason: not empty (Azure's first chunk has `""`); some servers number their responses. */
export function asName(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

/**
 * An own member of any object of the caller's. No getter is run, inherited or own: those of the AI SDK's results create
 * a promise when they are read, which then rejects unhandled.
 */
export function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

/** What `record` says under the first of `names` that it says anything under: servers name the same thing differently. */
export function firstOf(record: Json, names: readonly string[]): unknown {
  for (const name of names) {
    const member = record[name] ?? undefined;
    if (member !== undefined) return member;
  }
  return undefined;
}

export function hasOwn(value: unknown, key: string): value is Json {
  return typeof value === 'object' && value !== null && Object.prototype.hasOwnProperty.call(value, key);
}

/** True if `value` has a method of that name, its own or an inherited one. */
export function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Json)[name] === 'function';
}

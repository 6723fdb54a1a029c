import { Content, type ContentKind } from './content.js';
import { maskIdentifier } from './masking.js';
import type { Lazy } from './record.js';

/** A text or list that says something: what an application or a provider left empty is no attribute. */
export function filled<T extends string | readonly unknown[]>(value: T | undefined | null): T | undefined {
  return value != null && value.length > 0 ? value : undefined;
}

export function whole(value: number | undefined | null): number | undefined {
  return value != null && Number.isSafeInteger(value) ? value : undefined;
}

export function finite(value: number | undefined | null): number | undefined {
  return value != null && Number.isFinite(value) ? value : undefined;
}

/** Content that is built when it is first read; an empty list is none. */
export function listContent(kind: ContentKind, list: Lazy<readonly unknown[]> | undefined | null): Content | undefined {
  return list == null ? undefined : new Content(kind, () => filled(list()));
}

/** The members of metadata that an attribute can hold and that say something, by names that may be an attribute's. */
export function stated(
  metadata: Readonly<Record<string, string | number | boolean>> | undefined | null,
): Record<string, string | number | boolean> {
  const says = (value: unknown): boolean =>
    value !== null && value !== undefined && value !== '' && (typeof value !== 'number' || Number.isFinite(value));
  const entries = Object.entries(metadata ?? {}).filter(([, value]) => says(value));
  return Object.fromEntries(entries.map(([key, value]) => [maskIdentifier(key), value]));
}

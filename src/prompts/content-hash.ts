/**
 * A short hash of a text: 12 hex digits, the same in every runtime and process. It tells versions of a prompt apart,
 * it protects nothing. cyrb53 (public domain) instead of `node:crypto`: loading that costs more than hashing every
 * template of an application, and it is absent where only `node:async_hooks` is polyfilled.
 */
export function contentHash(text: string): string {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return hex((high >>> 0) & 0xffff, 4) + hex(low >>> 0, 8);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

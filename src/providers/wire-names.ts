import { Media } from '../core/media.js';

/** Members whose own members are named by the application. */
const FREE: ReadonlySet<string> = new Set([
  'arguments',
  'parameters',
  'parameterDefinitions',
  'parameter_definitions',
  'outputs',
  'document',
  'documents',
  'metadata',
  'parsed',
]);

/**
 * A copy of what an SDK gives or takes under the names of the wire: `finishReason` becomes `finish_reason` again. Names
 * below `depth` stay as they are.
 */
export function wireNames(value: unknown, depth = Infinity): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null || value instanceof Media) return value;
  if (Array.isArray(value)) return value.map((item) => wireNames(item, depth));
  const wire: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    wire[wireName(key)] = FREE.has(key) ? member : wireNames(member, depth - 1);
  }
  return wire;
}

function wireName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

import { Media } from './media.js';
import type { CallRecord } from './record.js';

/** What a tool was given, as an object: the one object that the tool takes, or its arguments by name. */
export function toolArguments(value: unknown): unknown {
  if (value === undefined || hasMembers(value)) return value;
  if (!Array.isArray(value)) return { arguments: value };
  if (value.length === 0) return undefined;
  return value.length === 1 && hasMembers(value[0]) ? value[0] : { arguments: value };
}

/** Media are an object only once they are JSON. */
export function hasMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Media);
}

/** What a call was given: of a tool as an object. */
export function givenTo({ tool, arguments: given }: CallRecord): unknown {
  return tool == null ? given : toolArguments(given);
}

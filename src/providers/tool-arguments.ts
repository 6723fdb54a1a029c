/**
 * Arguments of a tool call as the conventions want them: an object where the text is one; any other text stays text
 * (a custom tool's input, arguments cut off by a token limit).
 */
export function toolArguments(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? undefined;
  if (!/^\s*\{/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

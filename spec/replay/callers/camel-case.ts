/** Members whose own members the application names. */
const FREE = new Set(['arguments', 'parameters', 'data', 'metadata', 'parameter_definitions']);

/** A body of the wire as the SDKs of Mistral and Cohere take it: `max_tokens` is their `maxTokens`. */
export function camelCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(camelCase);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      FREE.has(name) ? (member as unknown) : camelCase(member),
    ]),
  );
}

/** Messages (or parts of one) without what went into tools and came out of them; anything else as it is. */
export function withoutToolContent(value: unknown): unknown {
  return Array.isArray(value) ? value.map(withoutTool) : value;
}

/** Of a tool's part what remains is that there was a call, and which. */
function withoutTool(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const { type, id, name, parts, ...rest } = item as Readonly<Record<string, unknown>>;
  if (Array.isArray(parts)) return { ...item, parts: withoutToolContent(parts) };
  switch (type) {
    case 'tool_call':
      return { type, id, name };
    case 'tool_call_response':
      return { type, id, response: null };
    case 'server_tool_call':
    case 'server_tool_call_response':
      return { type, id, name, [type]: { type: (rest[type] as { type?: unknown } | undefined)?.type } };
    default:
      return item;
  }
}

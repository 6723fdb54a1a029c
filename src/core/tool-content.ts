/** What a part of a message keeps where the content of tools is switched off: that there was a call, and which. */
const KEPT: Readonly<Record<string, (part: Record<string, unknown>) => object>> = {
  tool_call: ({ type, id, name }) => ({ type, id, name }),
  tool_call_response: ({ type, id }) => ({ type, id, response: null }),
  server_tool_call: ({ type, id, name, server_tool_call }) => ({
    type,
    id,
    name,
    server_tool_call: { type: typeOf(server_tool_call) },
  }),
  server_tool_call_response: ({ type, id, server_tool_call_response }) => ({
    type,
    id,
    server_tool_call_response: { type: typeOf(server_tool_call_response) },
  }),
};

/** Messages (or parts of one) without what went into tools and came out of them; anything else as it is. */
export function withoutToolContent(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    const { type, parts } = item as { type?: unknown; parts?: unknown };
    if (Array.isArray(parts)) return { ...item, parts: withoutToolContent(parts) };
    const keep = typeof type === 'string' && Object.hasOwn(KEPT, type) ? KEPT[type] : undefined;
    return keep === undefined ? item : keep(item as Record<string, unknown>);
  });
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
}

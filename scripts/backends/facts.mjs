/**
 * What must be right of a span in every backend, however it stores it. A backend that shows less than was sent has lost
 * it; nothing is asked for that was not sent.
 */

/** From attributes of the GenAI conventions. */
export function factsOf({ id, parent, name, attributes }) {
  const tool = attributes['gen_ai.tool.name'];
  return {
    id,
    parent: parent || null,
    name,
    model: attributes['gen_ai.request.model'] ?? null,
    answeredBy: attributes['gen_ai.response.model'] ?? null,
    inputTokens: attributes['gen_ai.usage.input_tokens'] ?? null,
    outputTokens: attributes['gen_ai.usage.output_tokens'] ?? null,
    input: messages(attributes['gen_ai.input.messages']),
    output: messages(attributes['gen_ai.output.messages']),
    tool: tool === undefined ? null : { name: tool, arguments: parsed(attributes['gen_ai.tool.call.arguments']) },
  };
}

function messages(json) {
  return (parsed(json) ?? []).map(({ role, parts }) => ({
    role,
    text: parts.map(textOf).join(''),
    calls: parts
      .filter((part) => part.type === 'tool_call')
      .map((part) => ({ id: part.id, name: part.name, arguments: part.arguments })),
  }));
}

function textOf({ type, content, response }) {
  if (type === 'text') return content;
  if (type !== 'tool_call_response') return '';
  return typeof response === 'string' ? response : JSON.stringify(response);
}

export function parsed(json) {
  return typeof json === 'string' ? JSON.parse(json) : (json ?? null);
}

/** The differences between what was sent and what came back, in words. */
export function differences(sent, seen) {
  const found = new Map(seen.map((span) => [span.id, span]));
  const problems = [];
  if (seen.length !== sent.length) problems.push(`${sent.length} spans were sent, ${seen.length} came back`);
  for (const span of sent) {
    const back = found.get(span.id);
    if (back === undefined) {
      problems.push(`${span.name}: is missing`);
      continue;
    }
    for (const [fact, value] of Object.entries(span)) {
      // OpenInference has one name for both models.
      if (fact === 'model' && [value, span.answeredBy].includes(back.model)) continue;
      if (fact === 'answeredBy' && !('answeredBy' in back)) continue;
      const [expected, got] = [JSON.stringify(value), JSON.stringify(back[fact])];
      if (expected !== got) problems.push(`${span.name}: ${fact}: sent ${expected}, came back ${got}`);
    }
  }
  return problems;
}

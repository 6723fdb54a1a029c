import { asList, asName, asRecord, asText, own, type Json } from './json.js';

/** An event of an interaction, or the whole of one, respelt as a response of `generateContent`. */
export function interactionChunk(event: object): object {
  const { interaction = event, step, delta, error } = event as Json;
  const { id, model, usage, status, steps, errors } = asRecord(interaction) ?? {};
  // What the user said may be among the steps of one that is asked for later.
  const said = [...asList(steps), step, delta].map(asRecord).filter((one) => one && one['type'] !== 'user_input');
  return {
    responseId: id,
    modelVersion: model,
    usageMetadata: usage,
    error: error ?? asList(errors)[0],
    candidates: [{ finishReason: status, content: { parts: said.flatMap(stepParts) } }],
  };
}

interface Content {
  role: string;
  parts: Json[];
}

/** The input of an interaction, a text, contents or the steps so far, respelt likewise. */
export function interactionContents(input: unknown): Content[] {
  const contents: Content[] = [];
  for (const value of [input].flat()) {
    const role = roleOf(value);
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...stepParts(value));
    else contents.push({ role, parts: stepParts(value) });
  }
  return contents;
}

function roleOf(value: unknown): string {
  const { role, type } = asRecord(value) ?? {};
  if (type === 'function_result') return 'tool';
  return asName(role) ?? (/^(thought|model_output)$|_(call|result)$/.test(asText(type) ?? '') ? 'model' : 'user');
}

/** A step, a delta or a content as parts. Signatures, which are encrypted, and annotations are left out. */
function stepParts(value: unknown): Json[] {
  const { type, id, call_id, signature: _, content, ...step } = asRecord(value) ?? {};
  const { name, arguments: args, result: response, text, data, uri } = step;
  const kind = asText(type) ?? '';
  if (kind === 'thought') return asList(step['summary']).map(thought);
  if (kind === 'thought_summary') return [thought(content)];
  if (kind === 'function_result') return [{ functionResponse: { id: call_id, name, response } }];
  if (content !== undefined) return [content].flat().flatMap(stepParts);
  if (kind === '') return [{ text: value }];
  const [, tool_type, end] = /^(.+)_(call|result)$/.exec(kind) ?? [];
  if ((end ?? text ?? data ?? uri ?? args) === undefined) return [];
  // A search's result is something else in other APIs.
  return [{ ...step, id, call_id, tool_type, type: end === 'result' ? `${tool_type}_output` : type }];
}

function thought(content: unknown): Json {
  return { text: own(content, 'text'), thought: true };
}

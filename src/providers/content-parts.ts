import { Media } from '../core/media.js';
import type { Part } from '../core/messages.js';
import { asList, asName, asRecord, asText, firstOf, hasOwn, own, type Json } from './json.js';
import {
  filePart,
  mediaPart,
  otherPart,
  reasoningPart,
  saidPart,
  serverToolCallPart,
  serverToolCallResponsePart,
  textPart,
  toolCallPart,
  toolCallResponsePart,
  type Modality,
} from './part.js';
import { toolArguments } from './tool-arguments.js';
import { wireNames } from './wire-names.js';

/** Content however an API spells it: a text, or a list of texts and parts. */
export function contentParts(content: unknown): Part[] {
  if (Array.isArray(content)) return content.flatMap(contentPart);
  const part = textPart(content);
  return part === undefined ? [] : [part];
}

/** The same, undefined where it says nothing. */
export function someParts(content: unknown): Part[] | undefined {
  const parts = content === '' ? [] : contentParts(content);
  return parts.length > 0 ? parts : undefined;
}

/** One piece of it; none for what says nothing, such as reasoning that is encrypted. */
export function contentPart(value: unknown): Part[] {
  const text = textPart(value);
  if (text !== undefined) return [text];
  const given = asRecord(value) ?? {};
  const type = asName(given['type']);
  // What Gemini and Converse send has no type, but one member that holds it and tells what it is.
  const part = wireNames(given, type === undefined ? 2 : 1) as Json;
  const names =
    type === undefined ? Object.keys(part).filter((name) => (part[name] ?? undefined) !== undefined) : [type];
  for (const [pattern, read] of READERS) {
    const kind = names.find((name) => pattern.test(name));
    if (kind === undefined) continue;
    const found = read((type === undefined ? asRecord(part[kind]) : undefined) ?? part, kind);
    return found === undefined ? [otherPart(value)] : [found].flat();
  }
  const [only, ...others] = Object.keys(given);
  const isHolder = type === undefined && only !== undefined && others.length === 0 && typeof given[only] === 'object';
  return [otherPart(isHolder ? { type: only, content: given[only] } : value)];
}

type Reader = (part: Json, kind: string) => Part | Part[] | undefined;

/**
 * What all APIs call the parts of a message: OpenAI's Chat Completions and Responses, Anthropic's Messages, Bedrock's
 * Converse, Gemini, the AI SDK and LangChain. The first that fits counts.
 */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^(input_|output_)?text$/, readText],
  [/^(thinking|reasoning)$/, readReasoning],
  [/^reasoning_content$/, readConverseReasoning],
  // Its data are encrypted: only that it was there says anything.
  [/^redacted_thinking$/, (_, type) => ({ type })],
  [/^refusal$/, ({ refusal }, type) => saidPart(type, refusal)],
  [/^(tool_use|tool-call|(function|custom_tool)_call)$/, readToolCall],
  [/^tool[_-](result|error)$|^function_response$|_call_output$/, readToolResult],
  [/^(message|citations_content)$/, ({ content }) => contentParts(content)],
  [/^guard_content$/, ({ type: _type, guard_content, ...held }) => contentPart(guard_content ?? held)],
  [/_(call|use)$|^executable_code$/, readServerCall],
  [/_(output|tool_result|execution_result)$|^tool_response$/, readServerResult],
  [
    /^((input_|reasoning-)?(image|audio|video|document|file|media)(_url|_data|-.*)?|inline_data|container_upload)$/,
    readMedia,
  ],
  [/^(cache_point|thought_signature)$/, () => []],
];

function readText({ text, thought }: Json): Part | Part[] | undefined {
  return thought === true ? reasoningParts([text]) : textPart(text);
}

/** Mistral's models think in a list of texts; Responses has a summary, or (of open models) the reasoning itself. */
function readReasoning({ thinking, reasoning, text, summary, content }: Json): Part[] {
  const whole = Array.isArray(thinking) ? thinking.map((piece) => asText(own(piece, 'text')) ?? '').join('') : thinking;
  const pieces = [...asList(summary), ...asList(content)].map((piece) => own(piece, 'text'));
  return reasoningParts([whole ?? reasoning ?? text, ...pieces]);
}

/** `{ reasoningText: { text, signature } }`, or encrypted bytes. */
function readConverseReasoning({ reasoning_text }: Json): Part[] {
  const text = asRecord(reasoning_text);
  return text === undefined ? [{ type: 'redacted_thinking' }] : reasoningParts([text['text']]);
}

function reasoningParts(texts: readonly unknown[]): Part[] {
  return texts.map(reasoningPart).filter((part) => part !== undefined);
}

/** What both ends of a call name it by. */
function idOf({ call_id, tool_call_id, tool_use_id, id }: Json): unknown {
  return call_id ?? tool_call_id ?? tool_use_id ?? id;
}

function readToolCall(part: Json): Part | Part[] {
  const name = part['name'] ?? part['tool_name'];
  const input = part['input'] ?? part['arguments'] ?? part['args'];
  if (part['provider_executed'] !== true) return toolCallPart(idOf(part), name, input) ?? [];
  const type = asText(name) ?? '';
  return serverToolCallPart(idOf(part), type, { type, input });
}

function readToolResult(part: Json, kind: string): Part {
  const { name, tool_name, content, output, response, result, error, is_error, status, provider_executed } = part;
  // Of a tool that a provider of the AI SDK ran itself.
  if (result !== undefined || provider_executed === true) {
    return serverToolCallResponsePart(idOf(part), { type: asText(tool_name) ?? '', result: result ?? output });
  }
  const given = content ?? output ?? response ?? error;
  const isContent = Array.isArray(given) && kind === 'tool_result';
  const answer = toolCallResponsePart(idOf(part), isContent ? contentParts(given) : toolOutput(given));
  if (is_error === true || status === 'error') return { ...answer, is_error: true };
  // Gemini's calls need not have an id: the name tells which one is answered.
  return kind === 'function_response' ? { ...answer, name } : answer;
}

/** Text stays text, content becomes parts, what the AI SDK tags loses its tag, and what a shell printed stays as it is. */
export function toolOutput(output: unknown): unknown {
  if (Array.isArray(output)) {
    const isContent = output.every((piece) => hasOwn(piece, 'type') || typeof piece === 'string');
    return isContent ? contentParts(output) : output;
  }
  const { type, value } = asRecord(output) ?? {};
  if (typeof type !== 'string' || value === undefined) return output;
  return type === 'content' ? contentParts(value) : value;
}

/** Members of a server tool's call that hold what came out of it; Groq's say what of. */
const RESULTS = /^(outputs?|result|error|((search|code|browser)_)?results)$/;
/** Members that every item has, and that the part spells itself. */
const ENVELOPE = /^(type|id|call_id|tool_use_id|tool_type|status|name|index|cache_control)$/;

/** `web_search_call`, `mcp_call`…: the call and its results are one item. Anthropic's and Gemini's are two. */
export function readServerCall(item: Json, kind: string): Part[] {
  const call: Record<string, unknown> = {};
  const response: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(item)) {
    if (ENVELOPE.test(key) || value === null || value === undefined) continue;
    if (RESULTS.test(key)) response[key] = value;
    else call[key] = key === 'arguments' || key === 'input' ? toolArguments(value) : value;
  }
  const type = serverToolOf(item, kind);
  const part = serverToolCallPart(idOf(item), asName(item['name']) ?? type, { ...call, type });
  if (Object.keys(response).length === 0) return [part];
  return [part, serverToolCallResponsePart(idOf(item), { ...response, type })];
}

function readServerResult(item: Json, kind: string): Part {
  const members = Object.entries(item).filter(
    ([key, value]) => (key === 'name' || !ENVELOPE.test(key)) && value !== null,
  );
  return serverToolCallResponsePart(idOf(item), { ...Object.fromEntries(members), type: serverToolOf(item, kind) });
}

/** What runs at the provider: Anthropic has it as the name of the call, Gemini as a type of its own. */
function serverToolOf({ tool_type, name }: Json, kind: string): string {
  const type = tool_type ?? (kind === 'server_tool_use' ? name : undefined);
  if (/^(executable_code|tool_(call|response))$/.test(kind)) return asName(type) ?? 'code_execution';
  return asName(type) ?? kind.replace(/_(call|output|(tool_)?(use|result))$/, '');
}

/** Members that may hold the media and what they are, one in the other. */
const HOLDERS = ['image_url', 'video_url', 'input_audio', 'image', 'file', 'source', 'data', 's3_location'];
const DATA = ['data', 'bytes', 'file_data', 'base64_data', 'input_audio', 'image'];
const URLS = ['url', 'uri', 'file_uri', 'file_url', 'image_url', 'video_url', 'document_url'];

function readMedia(part: Json, kind: string): Part | Part[] | undefined {
  let media = part;
  for (const name of HOLDERS) {
    const held = media[name] instanceof Media ? undefined : asRecord(media[name]);
    if (held !== undefined) media = { ...media, [name]: undefined, ...(wireNames(held, 1) as Json) };
  }
  const data = firstOf(media, DATA);
  const { type, text, content, format, mime_type, media_type, file_id, source_type, id, reference } = media;
  // A document may be a text, or content of its own.
  if (type === 'text' || (text ?? undefined) !== undefined) return textPart(text ?? data);
  if ((content ?? undefined) !== undefined) return contentParts(content);
  const modality = (media['modality'] ?? /image|audio|video|document/.exec(kind)?.[0]) as Modality | undefined;
  const said = asText(mime_type ?? media_type);
  const mime = said ?? mimeOf(modality, asText(format));
  const file = file_id ?? (source_type === 'id' ? id : undefined) ?? Object.values(asRecord(reference) ?? {})[0];
  return (
    mediaPart(data, modality, mime) ?? mediaPart(firstOf(media, URLS), modality, said) ?? filePart(file, modality, said)
  );
}

function mimeOf(modality: Modality | undefined, format: string | undefined): string | undefined {
  if (format === undefined) return undefined;
  if (modality !== 'document') return modality && `${modality}/${format}`;
  return format === 'pdf' ? 'application/pdf' : undefined;
}

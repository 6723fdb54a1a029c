/** One recorded HTTP exchange, in the format that `docs/replay.md` names. */
export interface Recording {
  id: string;
  /** Who answered. */
  provider: string;
  /** Which SDK surface was called; decides who calls it again. */
  api: string;
  /** The wire format of request and response; decides the formula of the token counts. */
  shape: string;
  streaming: boolean;
  tags?: string[];
  request: { method: string; path: string; body: Record<string, unknown> };
  response: RecordedResponse;
  expect: Expectation;
}

/** Has exactly one of the body members. */
export interface RecordedResponse {
  status: number;
  headers: Record<string, string>;
  body?: unknown;
  body_text?: string;
  sse_text?: string;
  ndjson_text?: string;
  body_base64?: string;
}

/** What the response says, in the provider's own numbers and spellings. Null: the provider reported no such field. */
export interface Expectation {
  response_id?: string | null;
  response_model?: string | null;
  input_tokens?: number | null;
  output_tokens?: number | null;
  cached_tokens?: number | null;
  cache_creation_tokens?: number | null;
  reasoning_tokens?: number | null;
  tool_use_prompt_tokens?: number | null;
  billed_input_tokens?: number | null;
  billed_output_tokens?: number | null;
  usage_raw?: unknown;
  finish_reasons?: string[];
  choices?: number;
  text?: string;
  texts?: string[];
  reasoning_text?: string;
  refusal?: string;
  audio_transcript?: string;
  tool_plan?: string;
  tool_calls?: ExpectedToolCall[];
  other_items?: string[];
  stream_events?: number;
  embedding_dimensions?: number;
  rerank_results?: number;
  error?: { status: number; type?: string; code?: string; message?: string };
  stream_error?: unknown;
}

export interface ExpectedToolCall {
  id?: string;
  name: string;
  /** Text where the wire has text, a value where the wire has a value. */
  arguments?: unknown;
  /** Which choice made the call, where there are several. */
  choice?: number;
}

/** The body as it went over the wire. */
export function bodyOf(response: RecordedResponse): Buffer {
  if (response.body_base64 !== undefined) return Buffer.from(response.body_base64, 'base64');
  const text = response.body_text ?? response.sse_text ?? response.ndjson_text;
  return Buffer.from(text ?? JSON.stringify(response.body));
}

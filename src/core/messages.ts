/**
 * Messages in the shape of the GenAI conventions (v1.41.1, gen-ai-input-messages.json and gen-ai-output-messages.json).
 * They are written as JSON, so their members are spelt as the schemas spell them.
 */
export interface TextPart {
  type: 'text';
  content: string;
}

export interface ReasoningPart {
  type: 'reasoning';
  content: string;
}

/** `arguments` is an object; text that does not parse as JSON is kept as text. */
export interface ToolCallPart {
  type: 'tool_call';
  id?: string | null;
  name: string;
  arguments?: unknown;
}

export interface ToolCallResponsePart {
  type: 'tool_call_response';
  id?: string | null;
  response: unknown;
}

export interface ServerToolCallPart {
  type: 'server_tool_call';
  id?: string | null;
  name: string;
  server_tool_call: { type: string; [member: string]: unknown };
}

export interface ServerToolCallResponsePart {
  type: 'server_tool_call_response';
  id?: string | null;
  server_tool_call_response: { type: string; [member: string]: unknown };
}

/** Inline media. `content` is empty and `bytes` its decoded size: the media themselves are never recorded. */
export interface BlobPart {
  type: 'blob';
  mime_type?: string;
  modality: string;
  content: string;
  bytes?: number;
}

export interface FilePart {
  type: 'file';
  mime_type?: string;
  modality: string;
  file_id: string;
}

export interface UriPart {
  type: 'uri';
  mime_type?: string;
  modality: string;
  uri: string;
}

/** Anything else a provider puts into a message. */
export interface GenericPart {
  type: string;
  [member: string]: unknown;
}

export type Part =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolCallResponsePart
  | ServerToolCallPart
  | ServerToolCallResponsePart
  | BlobPart
  | FilePart
  | UriPart
  | GenericPart;

export interface Message {
  role: string;
  parts: Part[];
  name?: string;
}

/** `finish_reason` is `error` where the provider never sent one. */
export interface OutputMessage extends Message {
  finish_reason: string;
}

export interface ToolDefinition {
  type: string;
  name: string;
  description?: string;
  parameters?: unknown;
}

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionCreateParams,
  ChatCompletionMessageFunctionToolCall,
} from 'openai/resources/chat/completions';
import type { CompletionUsage } from 'openai/resources/completions';

/**
 * A stand-in for OpenAI on 127.0.0.1. No model is behind it: it speaks the wire format of `POST /v1/chat/completions`
 * (with tool calls, and streamed with `include_usage`) and makes up its answers from the request, the same every time.
 */
export interface LoopbackOpenAI {
  baseURL: string;
  close(): Promise<void>;
}

/** Milliseconds between two chunks, so that a reader sees them arrive. */
const CHUNK_INTERVAL_MS = 8;
const MODEL_DATE = '2025-08-07';

export async function startLoopbackOpenAI(): Promise<LoopbackOpenAI> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendError(response, 500, 'server_error', String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    sendError(response, 404, 'invalid_request_error', `Unknown request URL: ${request.method} ${request.url}`);
  } else if (!request.headers.authorization?.startsWith('Bearer ')) {
    sendError(response, 401, 'invalid_request_error', "You didn't provide an API key.");
  } else {
    const text = await bodyOf(request);
    const body = JSON.parse(text) as ChatCompletionCreateParams;
    const reply = replyTo(body, text);
    if (body.stream) await sendStream(response, reply, body.stream_options?.include_usage ?? false);
    else sendJson(response, 200, completionOf(reply));
  }
}

interface Reply {
  id: string;
  model: string;
  text: string | null;
  toolCalls: ChatCompletionMessageFunctionToolCall[];
  usage: CompletionUsage;
}

function replyTo(body: ChatCompletionCreateParams, bodyText: string): Reply {
  const toolCalls = toolCallsFor(body, bodyText);
  const text = toolCalls.length > 0 ? null : answerTo(body);
  const promptTokens = tokensOf(JSON.stringify([body.messages, body.tools]));
  const completionTokens = tokensOf(text ?? JSON.stringify(toolCalls.map((call) => call.function)));
  return {
    id: `chatcmpl-${identifier(bodyText, 29)}`,
    model: `${body.model}-${MODEL_DATE}`,
    text,
    toolCalls,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  };
}

/** Calls every offered tool that takes a title, in parallel, for the title that the user put in quotation marks. */
function toolCallsFor(body: ChatCompletionCreateParams, bodyText: string): ChatCompletionMessageFunctionToolCall[] {
  if (body.messages.some((message) => message.role === 'tool')) return [];
  const title = /[“"]([^”"]+)[”"]/.exec(lastUserText(body))?.[1];
  if (title === undefined) return [];
  return (body.tools ?? [])
    .filter((tool) => tool.type === 'function')
    .filter((tool) => Object.keys(tool.function.parameters?.['properties'] ?? {}).includes('title'))
    .map((tool) => ({
      id: `call_${identifier(tool.function.name + bodyText, 24)}`,
      type: 'function',
      function: { name: tool.function.name, arguments: JSON.stringify({ title }) },
    }));
}

interface Finding {
  found?: boolean;
  title?: string;
  author?: string;
  year?: number;
  next?: string;
  shelf?: string | null;
  copiesIn?: number;
}

/** A sentence made of what the tools returned; without tools, one that suits the genre asked for. */
function answerTo(body: ChatCompletionCreateParams): string {
  const results = body.messages.filter((message) => message.role === 'tool').map((message) => message.content);
  if (results.length === 0) {
    return /fantasy/i.test(lastUserText(body))
      ? 'Try “A Wizard of Earthsea” by Ursula K. Le Guin: short, clear and wise.'
      : 'Try “Solaris” by Stanisław Lem: an ocean that thinks.';
  }
  const finding: Finding = {};
  for (const text of results) if (typeof text === 'string') Object.assign(finding, JSON.parse(text));
  if (!finding.found) return `There is no book called “${finding.title ?? 'that'}” in the catalogue.`;
  const book = `“${finding.title}” by ${finding.author} (${finding.year})`;
  const where = finding.copiesIn ? `is in: shelf ${finding.shelf}, copies: ${finding.copiesIn}` : 'is out on loan';
  return `${book} ${where}. After it, read “${finding.next}”.`;
}

function completionOf({ id, model, text, toolCalls, usage }: Reply): ChatCompletion {
  return {
    id,
    object: 'chat.completion',
    created: seconds(),
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text,
          refusal: null,
          ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
        },
        logprobs: null,
        finish_reason: finishReason(toolCalls),
      },
    ],
    usage,
    service_tier: 'default',
  };
}

async function sendStream(response: ServerResponse, reply: Reply, includeUsage: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...requestId(reply.id) });
  for (const chunk of chunksOf(reply, includeUsage)) {
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    await sleep(CHUNK_INTERVAL_MS);
  }
  response.end('data: [DONE]\n\n');
}

function* chunksOf(
  { id, model, text, toolCalls, usage }: Reply,
  includeUsage: boolean,
): Generator<ChatCompletionChunk> {
  const common = { id, object: 'chat.completion.chunk', created: seconds(), model } as const;
  const withUsage = includeUsage ? { usage: null } : {};
  const chunk = (
    delta: ChatCompletionChunk.Choice.Delta,
    finish_reason: ChatCompletionChunk.Choice['finish_reason'] = null,
  ): ChatCompletionChunk => ({
    ...common,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...withUsage,
  });

  yield chunk({ role: 'assistant', content: text === null ? null : '', refusal: null });
  for (const word of text?.match(/\s*\S+/g) ?? []) yield chunk({ content: word });
  for (const [index, call] of toolCalls.entries()) {
    yield chunk({
      tool_calls: [{ index, id: call.id, type: 'function', function: { ...call.function, arguments: '' } }],
    });
    for (const piece of call.function.arguments.match(/.{1,8}/gs) ?? []) {
      yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  yield chunk({}, finishReason(toolCalls));
  if (includeUsage) yield { ...common, choices: [], usage };
}

function finishReason(toolCalls: readonly unknown[]): 'stop' | 'tool_calls' {
  return toolCalls.length > 0 ? 'tool_calls' : 'stop';
}

function lastUserText(body: ChatCompletionCreateParams): string {
  const content = body.messages.filter((message) => message.role === 'user').at(-1)?.content;
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

/** About four characters a token, as in English. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

function identifier(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('base64').replace(/[+/=]/g, '').slice(0, length);
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

function sendJson(response: ServerResponse, status: number, value: { id?: string }): void {
  response.writeHead(status, { 'content-type': 'application/json', ...requestId(value.id ?? '') });
  response.end(JSON.stringify(value));
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type, param: null, code: null } }));
}

function requestId(seed: string): Record<string, string> {
  return { 'x-request-id': `req_${createHash('sha256').update(seed).digest('hex').slice(0, 32)}` };
}

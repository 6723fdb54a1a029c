import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A stand-in for Anthropic on 127.0.0.1. No model is behind it: it speaks the wire format of a streamed
 * `POST /v1/messages` and gives the same answer every time.
 */
export interface LoopbackAnthropic {
  baseURL: string;
  close(): Promise<void>;
}

const ANSWER = 'Try “A Wizard of Earthsea” by Ursula K. Le Guin: short, clear and wise.';

/** Milliseconds between two events, so that a reader sees them arrive. */
const EVENT_INTERVAL_MS = 8;

export async function startLoopbackAnthropic(): Promise<LoopbackAnthropic> {
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/messages') {
      sendError(response, 404, 'not_found_error', `Not found: ${request.method} ${request.url}`);
      return;
    }
    json(request)
      .then((body) => sendStream(response, body as Body))
      .catch((error: unknown) => sendError(response, 400, 'invalid_request_error', String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

interface Body {
  model: string;
  messages: unknown[];
  stream?: boolean;
}

async function sendStream(response: ServerResponse, body: Body): Promise<void> {
  if (body.stream !== true) throw new Error('this stand-in only streams');
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const event of eventsOf(body)) {
    if (response.destroyed) return;
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    await sleep(EVENT_INTERVAL_MS);
  }
  response.end();
}

function* eventsOf({ model, messages }: Body): Generator<{ type: string }> {
  const message = {
    id: 'msg_01LoopbackAnthropic',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: tokensOf(JSON.stringify(messages)),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 1,
    },
  };
  yield event('message_start', { message });
  yield event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  for (const text of ANSWER.match(/\s*\S+/g) ?? []) {
    yield event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
  }
  yield event('content_block_stop', { index: 0 });
  yield event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: tokensOf(ANSWER) },
  });
  yield event('message_stop', {});
}

function event(type: string, members: object): { type: string } {
  return { type, ...members };
}

/** About four characters a token, as in English. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}

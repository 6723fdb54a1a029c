import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  status?: number;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as they are, as media of this type. */
  bytes?: Buffer;
  mime?: string;
  /** Sent as server-sent events, one `data:` line each; `event:` lines where an object has a `type`. */
  events?: unknown[];
  /** Milliseconds between events. */
  pauseMs?: number;
  /** Ends the connection without an end after the events. */
  cut?: boolean;
}

export interface Loopback {
  readonly url: string;
  readonly requests: { path: string; body: unknown }[];
  /** True once the client closed a connection before its reply was over. */
  readonly dropped: number;
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers every request with what `answer` says. */
export async function loopback(answer: (path: string, body: unknown, index: number) => Reply): Promise<Loopback> {
  const requests: Loopback['requests'] = [];
  let dropped = 0;
  const server: Server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const path = request.url ?? '';
      requests.push({ path, body });
      response.on('close', () => {
        if (!response.writableFinished) dropped++;
      });
      await send(response, answer(path, body, requests.length - 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get dropped() {
      return dropped;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  // Of a form with files there is nothing to tell.
  const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
  return text === '' || isForm ? undefined : (JSON.parse(text) as unknown);
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  // A client that keeps a connection which was cut would fail its next request on it.
  response.setHeader('connection', 'close');
  if (reply.bytes !== undefined) {
    response.writeHead(200, { 'content-type': reply.mime });
    response.end(reply.bytes);
    return;
  }
  if (reply.events === undefined) {
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply.body));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of reply.events) {
    if (response.destroyed) return;
    const type = (event as { type?: unknown }).type;
    if (typeof type === 'string') response.write(`event: ${type}\n`);
    response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
    if (reply.pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, reply.pauseMs));
  }
  if (reply.cut === true) response.destroy();
  else response.end();
}

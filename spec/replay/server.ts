import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { bodyOf, type RecordedResponse, type Recording } from './recording.js';
import type { WireBody } from './spoil-body.js';

/** Between two pieces of a body: long enough for the client to see the first by itself. */
const PAUSE_MS = 2;

/** A request as the server got it. */
export interface Received {
  method: string;
  path: string;
  body: unknown;
}

/** Answers every request with the recording it was given last: which path an SDK asks depends on its version. */
export interface ReplayServer {
  /** `http://127.0.0.1:PORT` */
  readonly base: string;
  /** Sets what is answered from now on, in whose body, and forgets the requests so far. */
  serve(recording: Recording, body?: WireBody): void;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startServer(): Promise<ReplayServer> {
  let current: { response: RecordedResponse; body: WireBody } | undefined;
  let received: Received[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      received.push({ method: request.method ?? '', path: request.url ?? '', body });
      if (current === undefined) return void response.writeHead(503).end();
      // Some SDKs hand the headers on: they must be the same for each call.
      response.sendDate = false;
      response.writeHead(current.response.status, current.response.headers);
      await send(response, current.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve({ response }, body = { pieces: [bodyOf(response)], isCut: false }) {
      current = { response, body };
      received = [];
    },
    get received() {
      return received;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function send(response: ServerResponse, { pieces, isCut }: WireBody): Promise<void> {
  const [first, ...others] = pieces;
  response.flushHeaders();
  response.write(first ?? '');
  for (const piece of others) {
    await setTimeout(PAUSE_MS);
    response.write(piece);
  }
  // All that was written arrives, then the connection is over.
  if (isCut) response.socket?.end();
  else response.end();
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, type Recording } from './recording.js';

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
  /** Sets what is answered from now on, and forgets the requests so far. */
  serve(recording: Recording): void;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startServer(): Promise<ReplayServer> {
  let current: Recording | undefined;
  let received: Received[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      received.push({ method: request.method ?? '', path: request.url ?? '', body });
      if (current === undefined) return response.writeHead(503).end();
      return response.writeHead(current.response.status, current.response.headers).end(bodyOf(current.response));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(recording) {
      current = recording;
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

import { ANOTHER_PROMISE, ANOTHER_STREAM, HIDDEN_PROPERTIES } from '../allowed-differences.js';
import type { Trace } from '../trace.js';
import { row, type Row } from '../table.js';
import { emptyResponseUses, responseUses, shortResponseUses } from '../uses/responses.js';
import { byteStreamUses, webStreamUses } from '../uses/web-streams.js';
import { promised } from '../uses/promised.js';
import { LibraryError } from './plain.js';

const BYTES = [1, 2, 3];

interface Course {
  failsAt?: number;
  chunk?: (index: number) => unknown;
  highWaterMark?: number;
}

function pulled(
  trace: Trace,
  { failsAt, chunk = (index) => index, highWaterMark = 1 }: Course = {},
): ReadableStream<unknown> {
  let index = 0;
  return new ReadableStream(
    {
      pull(controller) {
        trace.note('source is pulled', index);
        if (index === failsAt) controller.error(new LibraryError(`failed at ${index}`));
        else if (index < 3) controller.enqueue(chunk(index++));
        else controller.close();
      },
      cancel: (reason) => trace.note('source is cancelled', reason),
    },
    { highWaterMark },
  );
}

/** All chunks are there before anybody reads. */
function filled(trace: Trace): ReadableStream<unknown> {
  return new ReadableStream({
    start(controller) {
      for (const item of ['a', 'b', 'c']) controller.enqueue(item);
      controller.close();
    },
    cancel: (reason) => trace.note('source is cancelled', reason),
  });
}

function byteStream(trace: Trace): ReadableStream<unknown> {
  let index = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      trace.note('source is pulled', index, controller.byobRequest?.view?.byteLength);
      const byte = BYTES[index++];
      const { byobRequest } = controller;
      if (byte === undefined) {
        controller.close();
        byobRequest?.respond(0);
      } else if (byobRequest?.view) {
        new Uint8Array(byobRequest.view.buffer, byobRequest.view.byteOffset)[0] = 64 + byte;
        byobRequest.respond(1);
      } else controller.enqueue(new Uint8Array([64 + byte]));
    },
    cancel: (reason) => trace.note('source is cancelled', reason),
  });
}

const digit = (index: number): Uint8Array => new TextEncoder().encode(`${index + 1}`);

const allowed = [ANOTHER_STREAM];
const failed = { ends: 'error', errorType: 'LibraryError' } as const;
const headers = { 'content-type': 'text/plain', 'x-shelf': '7' };

export const webStreamRows: readonly Row[] = [
  row('a web stream that is pulled', webStreamUses, (trace) => pulled(trace), { allowed }),
  row('a web stream without a buffer', webStreamUses, (trace) => pulled(trace, { highWaterMark: 0 }), { allowed }),
  row('a web stream that is full', webStreamUses, filled, { allowed }),
  row('a web byte stream', byteStreamUses, byteStream, { allowed }),
  row('a web stream that errors midway', webStreamUses, (trace) => pulled(trace, { failsAt: 2 }), {
    ...failed,
    allowed,
  }),
  row('a promise of a web stream', promised(webStreamUses), async (trace) => trace.made(pulled(trace)), {
    isPromised: true,
    allowed: [ANOTHER_STREAM, ANOTHER_PROMISE],
  }),
];

export const responseRows: readonly Row[] = [
  row('a Response of text', shortResponseUses, () => new Response('{"title":"Dune"}', { headers, status: 203 }), {
    allowed: [HIDDEN_PROPERTIES],
  }),
  row(
    'a Response of a stream',
    responseUses,
    (trace) => new Response(pulled(trace, { chunk: digit }) as ReadableStream<Uint8Array<ArrayBuffer>>, { headers }),
    { allowed: [HIDDEN_PROPERTIES] },
  ),
  row('a Response without a body', emptyResponseUses, () => new Response(null, { status: 204 }), {
    allowed: [HIDDEN_PROPERTIES],
  }),
  row(
    'a promise of a Response',
    promised(shortResponseUses),
    async (trace) => trace.made(new Response('12', { headers })),
    {
      isPromised: true,
      allowed: [ANOTHER_PROMISE],
    },
  ),
];

import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { anthropicEvents, anthropicMessage, openAiChunks, openAiCompletion } from '../../support/wire.js';
import { HIDDEN_PROPERTIES } from '../allowed-differences.js';
import type { Trace } from '../trace.js';
import { row, type Row } from '../table.js';
import {
  apiPromiseUses,
  eventStreamUses,
  failingFirst,
  rejectedApiPromiseUses,
  sdkStreamUses,
  type EventStream,
} from '../uses/sdks.js';
import { turn } from '../uses/moments.js';

interface Reply {
  readonly status?: number;
  readonly body?: object;
  readonly events?: readonly unknown[];
  /** The connection breaks after that many events. */
  readonly cutAfter?: number;
}

function eventText(event: unknown): string {
  const type = (event as { type?: unknown }).type;
  const data = typeof event === 'string' ? event : JSON.stringify(event);
  return `${typeof type === 'string' ? `event: ${type}\n` : ''}data: ${data}\n\n`;
}

/** What the SDKs take as `fetch`: it answers from memory, one event for each time it is asked for more. */
function answering(trace: Trace, { status = 200, body, events, cutAfter = Infinity }: Reply): typeof fetch {
  return async (_input, init) => {
    trace.note('request', init?.method);
    init?.signal?.addEventListener('abort', () => trace.note('request is aborted'));
    await turn();
    init?.signal?.throwIfAborted();
    if (events === undefined) return Response.json(body, { status });
    let sent = 0;
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
        },
        pull(controller) {
          const event = events[sent++];
          trace.note('server is asked for', sent);
          if (sent > cutAfter) controller.error(new TypeError('terminated'));
          else if (event === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(eventText(event)));
        },
        cancel: () => trace.note('server is cancelled'),
      },
      { highWaterMark: 0 },
    );
    return new Response(stream, { status, headers: { 'content-type': 'text/event-stream' } });
  };
}

const messages = [{ role: 'user' as const, content: 'Which book?' }];
const chat = { model: 'gpt-5-mini', messages };
const ask = { model: 'claude-sonnet-5', max_tokens: 9, messages };

const openai = (trace: Trace, reply: Reply): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: 'http://127.0.0.1/v1', maxRetries: 0, fetch: answering(trace, reply) });

const anthropic = (trace: Trace, reply: Reply): Anthropic =>
  new Anthropic({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1',
    maxRetries: 0,
    openTelemetry: false,
    fetch: answering(trace, reply),
  });

const OPENAI_EVENTS = openAiChunks(['Du', 'ne']);
const ANTHROPIC_EVENTS = anthropicEvents(['Du', 'ne']);
const REFUSED: Reply = {
  status: 404,
  body: { type: 'error', error: { type: 'not_found_error', message: 'no model' } },
};

/** Aborts its own request on the next turn. */
function abortedCompletion(trace: Trace): Promise<unknown> {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  return openai(trace, { body: openAiCompletion('Dune') }).chat.completions.create(chat, { signal: controller.signal });
}

const completionStreamUses = eventStreamUses<EventStream & { finalChatCompletion(): Promise<unknown> }>({
  text: 'content',
  events: ['connect', 'content', 'chunk', 'finalContent', 'finalChatCompletion', 'error', 'abort', 'end'],
  final: (stream) => stream.finalChatCompletion(),
});

const messageStreamUses = eventStreamUses<EventStream & { finalMessage(): Promise<unknown> }>({
  text: 'text',
  events: ['connect', 'text', 'streamEvent', 'finalMessage', 'error', 'abort', 'end'],
  final: (stream) => stream.finalMessage(),
});

const allowed = [HIDDEN_PROPERTIES];
const refused = { ends: 'error', errorType: '404' } as const;

export const sdkRows: readonly Row[] = [
  row(
    "OpenAI's APIPromise",
    apiPromiseUses,
    (trace) => openai(trace, { body: openAiCompletion('Dune') }).chat.completions.create(chat),
    { allowed },
  ),
  row(
    "OpenAI's APIPromise that is refused",
    rejectedApiPromiseUses,
    (trace) => openai(trace, REFUSED).chat.completions.create(chat),
    { ...refused, allowed },
  ),
  row("OpenAI's APIPromise that is aborted", rejectedApiPromiseUses, abortedCompletion, { ends: 'aborted', allowed }),
  row(
    "OpenAI's Stream",
    sdkStreamUses,
    async (trace) =>
      trace.made(await openai(trace, { events: OPENAI_EVENTS }).chat.completions.create({ ...chat, stream: true })),
    { isPromised: true, allowed },
  ),
  row(
    "OpenAI's Stream that is cut",
    sdkStreamUses,
    async (trace) =>
      trace.made(
        await openai(trace, { events: OPENAI_EVENTS, cutAfter: 3 }).chat.completions.create({ ...chat, stream: true }),
      ),
    { isPromised: true, ends: 'error', errorType: 'TypeError', allowed },
  ),
  row(
    "OpenAI's ChatCompletionStream",
    completionStreamUses,
    (trace) => openai(trace, { events: OPENAI_EVENTS }).chat.completions.stream(chat),
    { allowed },
  ),
  row(
    "Anthropic's APIPromise",
    apiPromiseUses,
    (trace) => anthropic(trace, { body: anthropicMessage('Dune') }).messages.create(ask),
    { allowed },
  ),
  row(
    "Anthropic's Stream",
    sdkStreamUses,
    async (trace) =>
      trace.made(await anthropic(trace, { events: ANTHROPIC_EVENTS }).messages.create({ ...ask, stream: true })),
    { isPromised: true, allowed },
  ),
  row(
    "Anthropic's MessageStream",
    messageStreamUses,
    (trace) => anthropic(trace, { events: ANTHROPIC_EVENTS }).messages.stream(ask),
    { allowed },
  ),
  row(
    "Anthropic's MessageStream that is refused",
    failingFirst(messageStreamUses),
    (trace) => anthropic(trace, REFUSED).messages.stream(ask),
    { ...refused, allowed },
  ),
];

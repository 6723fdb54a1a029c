import type { Anthropic } from '@anthropic-ai/sdk';
import type { Recording } from '../recording.js';
import type { Caller } from './caller.js';

export const anthropic: Caller = {
  apis: ['anthropic.messages'],
  async prepare(recording, base) {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    const { body, path } = recording.request;
    const resource = (client: object): Messages =>
      new URL(path, base).searchParams.has('beta')
        ? (client as Anthropic).beta.messages
        : (client as Anthropic).messages;
    return {
      body,
      client: ({ selfTracing }) =>
        new Anthropic({
          baseURL: base,
          apiKey: 'replay',
          maxRetries: 0,
          // Without it the SDK refuses requests that it expects to take long.
          timeout: 60_000,
          logLevel: 'off',
          ...(selfTracing ? {} : { openTelemetry: false }),
        }),
      send: (client) => resource(client).create(body),
      sendByHelper: recording.streaming ? (client) => resource(client).stream(body) : undefined,
      text: textOf,
      chunks: yieldedEvents(recording),
      providerName: 'anthropic',
    };
  },
};

/** What `messages` and `beta.messages` have in common, for any body. */
interface Messages {
  create(body: unknown): unknown;
  stream(body: unknown): unknown;
}

/** The SDK keeps `ping` events to itself. */
function yieldedEvents({ expect, response }: Recording): number | undefined {
  if (expect.stream_events === undefined) return undefined;
  return expect.stream_events - (response.sse_text?.match(/^event: ping\r?$/gm)?.length ?? 0);
}

interface Readable {
  content?: { text?: string }[];
  delta?: { text?: string };
}

function textOf(value: unknown): string {
  const { content, delta } = value as Readable;
  return content?.map((block) => block.text ?? '').join('') ?? delta?.text ?? '';
}

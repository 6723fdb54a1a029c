import Anthropic from '@anthropic-ai/sdk';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { ConfigureOptions } from '../../src/configure.js';
import { example, type Example } from './expectations.js';
import { exportedSpans } from './exported-spans.js';
import { loopback, type Reply } from './loopback.js';

type Input = NonNullable<Example['input']>;

/** One of the published examples that ask for a fantasy book, with the real client against a server that answers so. */
export interface BookExample {
  readonly client: Anthropic;
  readonly request: Anthropic.MessageCreateParamsNonStreaming;
}

export async function runBookExample(
  id: string,
  options: ConfigureOptions,
  work: (given: BookExample) => unknown,
): Promise<ReadableSpan[]> {
  const { input } = example(id);
  if (input === undefined) throw new Error(`${id} has no input`);
  const server = await loopback((_path, body) => answerTo(input, (body as { stream?: boolean }).stream === true));
  const client = new Anthropic({ baseURL: server.url, apiKey: 'any', maxRetries: 0 });
  const { userMessage, providerResponse } = input;
  const messages = [userMessage as Anthropic.MessageParam];
  try {
    const request = { model: providerResponse.model, max_tokens: 1024, messages };
    return await exportedSpans(options, () => work({ client, request }));
  } finally {
    await server.close();
  }
}

function answerTo({ providerResponse, parsed }: Input, isStream: boolean): Reply {
  const { message, ...head } = providerResponse;
  const content =
    parsed === undefined ? message.content : [{ type: 'tool_use', id: 'toolu_1', name: 'Book', input: parsed }];
  const body = { ...head, type: 'message', role: message.role, content, stop_sequence: null };
  return isStream ? { events: eventsOf(body, message.content[0]?.text ?? '') } : { body };
}

function eventsOf(body: { stop_reason: string; usage: { output_tokens: number } }, text: string): object[] {
  const pieces = text.match(/[^]{1,200}/g) ?? [];
  return [
    {
      type: 'message_start',
      message: { ...body, content: [], stop_reason: null, usage: { ...body.usage, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces.map((piece) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: body.stop_reason, stop_sequence: null },
      usage: { output_tokens: body.usage.output_tokens },
    },
    { type: 'message_stop' },
  ];
}

import type { Mistral } from '@mistralai/mistralai';
import { camelCase } from './camel-case.js';
import type { Caller } from './caller.js';

/** Which method of the SDK asks each path. */
const METHODS: Record<string, (client: Mistral, request: never, streaming: boolean) => unknown> = {
  '/v1/chat/completions': ({ chat }, request, streaming) => (streaming ? chat.stream(request) : chat.complete(request)),
  '/v1/fim/completions': ({ fim }, request, streaming) => (streaming ? fim.stream(request) : fim.complete(request)),
  '/v1/agents/completions': ({ agents }, request, streaming) =>
    streaming ? agents.stream(request) : agents.complete(request),
  '/v1/embeddings': ({ embeddings }, request) => embeddings.create(request),
};

export const mistral: Caller = {
  apis: ['mistral.chat', 'mistral.embeddings'],
  async prepare({ request, streaming, expect }, base) {
    const send = METHODS[new URL(request.path, base).pathname];
    if (send === undefined) return undefined;
    const { Mistral } = await import('@mistralai/mistralai');
    const body = withTypes(request.body);
    const { input, ...rest } = camelCase(body) as Record<string, unknown>;
    const given = input === undefined ? rest : { ...rest, inputs: input };
    return {
      body,
      client: () => new Mistral({ apiKey: 'replay', serverURL: base, retryConfig: { strategy: 'none' } }),
      send: (client) => send(client as Mistral, given as never, streaming),
      text: textOf,
      chunks: expect.stream_events,
      providerName: 'mistral_ai',
    };
  },
};

/** The SDK refuses tools without a type, which the API does not. */
function withTypes(body: Record<string, unknown>): Record<string, unknown> {
  const { tools } = body;
  return Array.isArray(tools) ? { ...body, tools: tools.map((tool: object) => ({ type: 'function', ...tool })) } : body;
}

interface Readable {
  data?: Readable | unknown[];
  choices?: { message?: { content?: unknown }; delta?: { content?: unknown } }[];
}

function textOf(value: unknown): string {
  const { data, choices } = value as Readable;
  if (data !== undefined && !Array.isArray(data)) return textOf(data);
  const content = (choices?.[0]?.message ?? choices?.[0]?.delta)?.content;
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return content.map((part: { text?: string }) => part.text ?? '').join('');
}

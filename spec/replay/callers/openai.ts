import type { OpenAI } from 'openai';
import type { Caller } from './caller.js';

/** Which method of the SDK sends each wire shape. */
interface Method {
  path: string;
  send(client: OpenAI, body: never): unknown;
  sendByHelper?(client: OpenAI, body: never): unknown;
}

const METHODS: Record<string, Method> = {
  chat: {
    path: '/chat/completions',
    send: (client, body) => client.chat.completions.create(body),
    sendByHelper: (client, body) => client.chat.completions.stream(body),
  },
  completions: { path: '/completions', send: (client, body) => client.completions.create(body) },
  embeddings: { path: '/embeddings', send: (client, body) => client.embeddings.create(body) },
  responses: {
    path: '/responses',
    send: (client, body) => client.responses.create(body),
    sendByHelper: (client, body) => client.responses.stream(body),
  },
};

export const openai: Caller = {
  apis: [
    'openai.chat',
    'openai.completions',
    'openai.embeddings',
    'openai.responses',
    'azure.openai',
    'openai_compatible.chat',
    'deepseek',
    'huggingface',
    'openrouter',
    'perplexity.chat',
    'voyage',
    'xai',
  ],
  async prepare(recording, base) {
    const method = METHODS[recording.shape];
    if (method === undefined) return undefined;
    const { AzureOpenAI, OpenAI } = await import('openai');
    const asked = new URL(recording.request.path, base);
    const apiVersion = asked.searchParams.get('api-version') ?? undefined;
    const deployment = /^\/openai\/deployments\/([^/]+)\//.exec(asked.pathname)?.[1];
    const common = { apiKey: 'replay', maxRetries: 0, timeout: 60_000, logLevel: 'off' } as const;
    const body = bodyFor(recording.shape, recording.request.body);
    return {
      body,
      client: () =>
        deployment === undefined
          ? new OpenAI({
              ...common,
              baseURL: base + prefixOf(asked.pathname, method.path),
              ...(apiVersion && { defaultQuery: { 'api-version': apiVersion } }),
            })
          : new AzureOpenAI({ ...common, endpoint: base, deployment, ...(apiVersion && { apiVersion }) }),
      send: (client) => method.send(client as OpenAI, body as never),
      sendByHelper:
        recording.streaming && method.sendByHelper
          ? (client) => method.sendByHelper?.(client as OpenAI, body as never)
          : undefined,
      text: textOf,
      chunks: recording.expect.stream_events,
      providerName: providerName(recording.api, deployment),
      addressTellsProvider: deployment !== undefined,
    };
  },
};

/** Other services than OpenAI's are told apart by their host, which is the loopback here, or by Azure's paths. */
function providerName(api: string, deployment: string | undefined): string | undefined {
  if (api.startsWith('openai.')) return 'openai';
  return deployment === undefined ? undefined : 'azure.ai.openai';
}

/** `/v1` of `/v1/chat/completions`; a path of another form is asked under its first segment. */
function prefixOf(path: string, method: string): string {
  return path.endsWith(method) ? path.slice(0, -method.length) : (/^\/[^/]+/.exec(path)?.[0] ?? '');
}

/**
 * Without an `encoding_format` this SDK asks for base64 and decodes it, which the recorded answer (to a client that
 * did not) is not.
 */
function bodyFor(shape: string, body: Record<string, unknown>): Record<string, unknown> {
  return shape === 'embeddings' && body['encoding_format'] === undefined ? { ...body, encoding_format: 'float' } : body;
}

interface Readable {
  choices?: { message?: { content?: string | null }; delta?: { content?: string | null }; text?: string }[];
  output_text?: string;
  type?: string;
  delta?: string;
}

export function textOf(value: unknown): string {
  const { choices, output_text, type, delta } = value as Readable;
  const choice = choices?.[0];
  if (choice !== undefined) return choice.message?.content ?? choice.delta?.content ?? choice.text ?? '';
  return output_text ?? (type === 'response.output_text.delta' ? (delta ?? '') : '');
}

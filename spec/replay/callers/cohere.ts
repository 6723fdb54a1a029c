import type { CohereClient, CohereClientV2 } from 'cohere-ai';
import { camelCase } from './camel-case.js';
import type { Caller } from './caller.js';

/** What the clients of v1 and v2 have in common, for any body. */
interface Client {
  chat(request: unknown): unknown;
  chatStream(request: unknown): unknown;
  embed(request: unknown): unknown;
  rerank(request: unknown): unknown;
}

export const cohere: Caller = {
  apis: ['cohere.v1.chat', 'cohere.v2.chat', 'cohere.embed', 'cohere.rerank'],
  async prepare(recording, base) {
    const { CohereClient, CohereClientV2 } = await import('cohere-ai');
    const { pathname } = new URL(recording.request.path, base);
    const method = methodOf(pathname, recording.streaming);
    if (method === undefined) return undefined;
    const body = recording.request.body;
    // A parameter of an older API, which the SDK sends on under the name that it is given.
    const { num_generations, ...known } = body;
    const given = { ...(camelCase(known) as object), ...(num_generations !== undefined && { num_generations }) };
    const options = { token: 'replay', environment: base, maxRetries: 0 };
    return {
      body,
      client: (): CohereClient | CohereClientV2 =>
        pathname.startsWith('/v1/') ? new CohereClient(options) : new CohereClientV2(options),
      send: (client) => (client as Client)[method](given),
      text: textOf,
      chunks: recording.expect.stream_events,
      providerName: 'cohere',
    };
  },
};

function methodOf(path: string, streaming: boolean): keyof Client | undefined {
  const method = path.replace(/^\/v[12]\//, '');
  if (method === 'chat') return streaming ? 'chatStream' : 'chat';
  return method === 'embed' || method === 'rerank' ? method : undefined;
}

interface Readable {
  text?: string;
  message?: { content?: { text?: string }[] };
  delta?: { message?: { content?: { text?: string } } };
}

function textOf(value: unknown): string {
  const { text, message, delta } = value as Readable;
  return text ?? delta?.message?.content?.text ?? message?.content?.map((part) => part.text ?? '').join('') ?? '';
}

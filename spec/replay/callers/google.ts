import type { GoogleGenAI } from '@google/genai';
import type { Recording } from '../recording.js';
import type { Caller } from './caller.js';

/** How the SDK is asked for what a client of the REST API asked for. */
interface Method {
  /** The body as the SDK spells it. */
  body(recorded: Body): Body;
  send(client: GoogleGenAI, body: Body, recording: Recording): unknown;
}

type Body = Record<string, unknown>;

const METHODS: Record<string, Method> = {
  google: {
    body: ({ generationConfig = {}, ...body }) => inCamelCase({ ...body, generationConfig }) as Body,
    send({ models }, { contents, generationConfig, ...body }, recording) {
      const params = { model: modelOf(recording), contents, config: { ...(generationConfig as Body), ...body } };
      return recording.streaming
        ? models.generateContentStream(params as never)
        : models.generateContent(params as never);
    },
  },
  google_embed: {
    body: (body) => inCamelCase(body) as Body,
    send({ models }, body, recording) {
      const requests = body['requests'] as Body[];
      const contents = requests.map(({ content }) => content);
      const { taskType, title, outputDimensionality } = requests[0] ?? {};
      const config = { taskType, title, outputDimensionality };
      return models.embedContent({ model: modelOf(recording), contents, config } as never);
    },
  },
  interactions: {
    body: (body) => body,
    send: ({ interactions }, body) => interactions.create(body as never),
  },
};

export const google: Caller = {
  apis: ['google.generate_content', 'google.embed_content', 'google.interactions'],
  async prepare(recording, base) {
    const method = METHODS[recording.shape];
    if (method === undefined) return undefined;
    const { GoogleGenAI } = await import('@google/genai');
    const body = method.body(recording.request.body);
    const vertexai = recording.provider === 'google.vertex';
    return {
      body,
      // Without a `fetch` the SDK looks for Node's own dispatcher, which the sandbox of a spec does not have.
      client: () => new GoogleGenAI({ vertexai, apiKey: 'replay', httpOptions: { baseUrl: base, fetch } }),
      // The SDK changes the parameters that it is given.
      send: (client) => method.send(client as GoogleGenAI, structuredClone(body), recording),
      text: textOf,
      model: modelOf(recording),
      chunks: recording.expect.stream_events,
      providerName: 'gcp.gen_ai',
      clientProviderName: vertexai ? 'gcp.vertex_ai' : 'gcp.gemini',
      hidesUsage: recording.shape === 'google_embed' && !vertexai,
    };
  },
};

/** The REST API has it in the path. */
function modelOf({ request }: Recording): string | undefined {
  return /\/models\/([^:/]+):/.exec(request.path)?.[1];
}

/** What the application made up itself: schemas, arguments and results of its functions. */
const OWN = new Set(['args', 'response', 'parameters', 'parametersJsonSchema', 'responseSchema', 'responseJsonSchema']);

/** The REST API takes names in both cases, the SDK only in one. */
function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      OWN.has(name) ? (member as unknown) : inCamelCase(member),
    ]),
  );
}

interface Readable {
  candidates?: { content?: { parts?: { text?: string; thought?: boolean }[] } }[];
  output_text?: string;
  delta?: { text?: string };
}

function textOf(value: unknown): string {
  const { candidates, output_text, delta } = value as Readable;
  const parts = candidates?.[0]?.content?.parts ?? [];
  return output_text ?? delta?.text ?? parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('');
}

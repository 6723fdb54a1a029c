import { observe, record, withOtel } from 'decotel';
import { compare } from './compare.js';
import { describeFinding } from './findings.js';
import { readFolder } from './folder.js';
import { Random } from './random.js';
import { bodyOf, type Recording } from './recording.js';
import { prepareCall } from './replay.js';
import { startServer, type ReplayServer } from './server.js';
import { startRecording, type SpanSource } from './spans.js';
import { describeWithShared } from '../support/shared-folder.js';

/** Ways to read a raw response: the bytes that its reader got, and in how many chunks. */
const READERS: Record<string, (response: Response) => Promise<Uint8Array[]>> = {
  'chunk by chunk': ({ body }) => all(body),
  'into buffers of its own': async ({ body }) => {
    const reader = body?.getReader({ mode: 'byob' });
    const chunks: Uint8Array[] = [];
    for (;;) {
      const result = await reader?.read(new Uint8Array(61));
      if (result?.done !== false) return chunks;
      chunks.push(result.value);
    }
  },
  'in two branches': async ({ body }) => {
    const [one, other] = body?.tee() ?? [];
    const [chunks, same] = await Promise.all([all(one), all(other)]);
    expect(Buffer.concat(chunks).equals(Buffer.concat(same))).toBe(true);
    return chunks;
  },
  'with a copy beside it': async (response) => {
    const copy = response.clone();
    const [chunks, same] = await Promise.all([all(response.body), all(copy.body)]);
    expect(Buffer.concat(chunks).equals(Buffer.concat(same))).toBe(true);
    return chunks;
  },
  'by another response': (response) => all(new Response(response.body, response).body),
  'as text': async (response) => [Buffer.from(await response.text())],
  'as an array buffer': async (response) => [new Uint8Array(await response.arrayBuffer())],
};

async function all(body: ReadableStream<Uint8Array> | null | undefined): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  return chunks;
}

type Raw = () => Promise<Response>;

class Librarian {
  @withOtel()
  async ask(raw: Raw): Promise<Response> {
    return raw();
  }
}

/** What the SDKs of OpenAI, Anthropic and Groq are asked for. */
const GIVES_RESPONSES =
  /^(?:anthropic|azure|deepseek|groq|huggingface|openai|openai_compatible|openrouter|perplexity|voyage|xai)\b/;

/** AWS frames its streams itself; two of Ollama's recordings have lines of JSON under the type of JSON. */
function isTold({ api, response, expect: { error, stream_error } }: Recording): boolean {
  const isMislabelled = response.ndjson_text !== undefined && response.headers['content-type'] === 'application/json';
  return !api.startsWith('bedrock.') && !isMislabelled && error === undefined && stream_error === undefined;
}

describeWithShared('recordings', 'a raw response with a recorded body', (folder) => {
  const recordings = readFolder(folder).recordings.filter(isTold);
  let source: SpanSource;
  let server: ReplayServer;

  beforeAll(async () => {
    source = startRecording();
    server = await startServer();
  });

  afterAll(async () => {
    await server.close();
    await source.shutdown();
  });

  /** Serves a body cut at random bytes, reads it and compares what was read and what was recorded. */
  async function differences(recording: Recording, way: string, raw: Raw, reader: string): Promise<string[]> {
    const body = bodyOf(recording.response);
    const random = new Random(`${recording.id} ${way} ${reader}`);
    const [first, second] = [random.below(body.length), random.below(body.length)].sort((one, other) => one - other);
    const pieces = [body.subarray(0, first), body.subarray(first, second), body.subarray(second)];
    server.serve(recording, { pieces, isCut: false });
    const chunks = await READERS[reader]?.(await new Librarian().ask(raw));
    expect(Buffer.concat(chunks ?? []).equals(body)).toBe(true);
    const facts = { observed: way === 'asResponse', chunks: chunks?.length };
    const isRead = recording.streaming && !reader.startsWith('as ');
    const findings = compare(await source.take(), recording, facts).filter(
      // They tell how its body came, not what it says.
      ({ subject }) => isRead || !/time_to_first_chunk|stream\.chunks/.test(subject),
    );
    return [...findings.map(describeFinding), ...source.takeReports()].map((line) => `${recording.id}: ${line}`);
  }

  describe.each(Object.keys(READERS))('read %s', (reader) => {
    it('of an SDK, is recorded like what the SDK makes of it', async () => {
      let seen = 0;
      const found: string[] = [];
      for (const recording of recordings) {
        const call = GIVES_RESPONSES.test(recording.api) ? await prepareCall(recording, server.base) : undefined;
        if (call === undefined) continue;
        seen++;
        const client = observe(call.client({ selfTracing: false }));
        const raw: Raw = () => (call.send(client) as { asResponse(): Promise<Response> }).asResponse();
        found.push(...(await differences(recording, 'asResponse', raw, reader)));
      }
      expect(found).toEqual([]);
      expect(seen).toBeGreaterThan(90);
    }, 60_000);

    it('of fetch, is recorded likewise', async () => {
      const found: string[] = [];
      for (const recording of recordings) {
        const { path, body } = recording.request;
        const raw: Raw = () => fetch(server.base + path, { method: 'POST', body: JSON.stringify(record(body)) });
        found.push(...(await differences(recording, 'fetch', raw, reader)));
      }
      expect(found).toEqual([]);
    }, 60_000);
  });
});

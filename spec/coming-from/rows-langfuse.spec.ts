import '../support/exporter-in-jest.js';
import OpenAI from 'openai';
import { configure, langfuse } from '../../src/configure.js';
import { observe, promptTemplate, promptText, retriever, tool, withOtel, withSession } from '../../src/index.js';
import { observationOf } from '../support/langfuse-intake.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { openAiChunks } from '../support/wire.js';

class Librarian {
  private readonly openai: OpenAI;

  constructor(baseURL: string) {
    this.openai = observe(new OpenAI({ baseURL, apiKey: 'any' }));
  }

  @withOtel()
  @promptTemplate({ name: 'test-1', version: '3', template: 'Recommend a {genre} book' })
  async recommendBook(genre: string) {
    return this.openai.chat.completions.create({
      model: 'gpt-5-mini',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: promptText({ genre }) }],
    });
  }

  @tool()
  lookUp(isbn: string) {
    return { isbn, title: 'Dune' };
  }

  @retriever({ dataSource: 'books' })
  search(query: string) {
    return [{ id: '1', score: 0.9, content: query }];
  }
}

let sink: OtlpReceiver;
let server: Loopback;
beforeEach(async () => {
  sink = await otlpReceiver();
  server = await loopback(() => ({ events: openAiChunks(['Du', 'ne']), pauseMs: 5 }));
});
afterEach(async () => {
  await sink.close();
  await server.close();
});

it('row 37: what arrives is, by the rules of its intake, what Langfuse shows', async () => {
  const telemetry = configure({
    processors: [langfuse({ publicKey: 'pk', secretKey: 'sk', baseUrl: sink.url })],
  });
  const librarian = new Librarian(server.url);
  const session = {
    id: '123456789',
    userId: 'user-123',
    name: 'AutoGen-Trace',
    tags: ['semantic-kernel', 'demo'],
    metadata: { plan: 'pro' },
  };
  await withSession(session, async () => {
    for await (const chunk of await librarian.recommendBook('fantasy')) expect(chunk.id).toBe('chatcmpl-7');
    librarian.lookUp('1');
    librarian.search('dragons');
  });
  await telemetry.shutdown();

  const seen = new Map(sink.spans.map((span) => [span.name, observationOf(span)]));
  expect([...seen.keys()].sort()).toEqual(['execute_tool lookUp', 'recommendBook', 'retrieval books']);
  for (const { trace } of seen.values()) {
    expect(trace).toEqual({
      userId: 'user-123',
      sessionId: '123456789',
      tags: ['semantic-kernel', 'demo'],
      name: 'AutoGen-Trace',
      metadata: { plan: 'pro' },
    });
  }
  const generation = seen.get('recommendBook');
  expect(generation).toMatchObject({
    type: 'GENERATION',
    model: 'gpt-5-mini-2025-08-07',
    input: [{ role: 'user', content: 'Recommend a fantasy book' }],
    output: [{ role: 'assistant', content: 'Dune' }],
    promptName: 'test-1',
    promptVersion: 3,
  });
  expect((generation?.usage.input ?? 0) + (generation?.usage.input_cached_tokens ?? 0)).toBe(20);
  const span = sink.spans.find((one) => one.name === 'recommendBook');
  const startedAt = BigInt(Date.parse(generation?.completionStartTime ?? '')) * 1_000_000n;
  expect(startedAt).toBeGreaterThanOrEqual(span?.startNanoseconds ?? 0n);
  expect(startedAt).toBeLessThanOrEqual(span?.endNanoseconds ?? 0n);
  expect(seen.get('execute_tool lookUp')).toMatchObject({
    type: 'TOOL',
    input: { isbn: '1' },
    output: { isbn: '1', title: 'Dune' },
  });
  expect(seen.get('retrieval books')).toMatchObject({ type: 'RETRIEVER', input: 'dragons' });
});

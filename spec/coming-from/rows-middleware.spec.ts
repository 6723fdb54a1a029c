import Anthropic from '@anthropic-ai/sdk';
import { createDecorator, observe, withOtel, type CallRecord } from '../../src/index.js';
import { hooksSettled } from '../../src/spans/hooked-call.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicEvents, anthropicMessage } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: Reply;
beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback(() => reply);
});
afterEach(async () => {
  await server.close();
  await telemetry.stop();
});

describe('row 15: middleware hooks', () => {
  interface Saved {
    table: string;
    calls: unknown[];
    chunks: number;
    tokens: (number | undefined)[];
    outcome: CallRecord['outcome'];
    question: unknown;
  }
  /** A stand-in for a database. */
  const rows: Saved[] = [];
  const saved = createDecorator<{ table: string }, { calls: unknown[]; chunks: number }>({
    name: 'saved',
    onStart: ({ state }) => {
      state.calls = [];
      state.chunks = 0;
    },
    onValue: ({ state }, value) => state.calls?.push(value),
    onChunk: ({ state }) => (state.chunks = (state.chunks ?? 0) + 1),
    onError: (_context, error) =>
      error instanceof Anthropic.RateLimitError ? { value: 'Ask the librarian' } : undefined,
    onEnd: async ({ call, state, options, args }) => {
      await Promise.resolve();
      rows.push({
        table: options.table,
        calls: state.calls ?? [],
        chunks: state.chunks ?? 0,
        tokens: [call.usage?.inputTokens, call.usage?.outputTokens],
        outcome: call.outcome,
        question: args[0],
      });
    },
  });

  class Librarian {
    private readonly anthropic = observe(new Anthropic({ apiKey: 'none', baseURL: server.url, maxRetries: 0 }));

    @saved({ table: 'calls' })
    @withOtel()
    async recommendBook(question: string): Promise<unknown> {
      const message = await this.anthropic.messages.create(request(question));
      return message.content;
    }

    @saved({ table: 'streams' })
    @withOtel()
    async streamBook(question: string): Promise<AsyncIterable<unknown>> {
      return this.anthropic.messages.create({ ...request(question), stream: true });
    }
  }
  const request = (content: string): Anthropic.MessageCreateParamsNonStreaming => ({
    model: 'claude-sonnet-5',
    max_tokens: 100,
    messages: [{ role: 'user', content }],
  });
  beforeEach(() => void (rows.length = 0));

  it('are told of a call, with its value and usage', async () => {
    reply = { body: anthropicMessage('Emma') };
    const answer = await new Librarian().recommendBook('A novel?');
    expect(answer).toEqual([{ type: 'text', text: 'Emma' }]);
    await hooksSettled();
    expect(rows).toEqual([
      { table: 'calls', calls: [answer], chunks: 0, tokens: [20, 7], outcome: 'completed', question: 'A novel?' },
    ]);
  });

  it('are told of a stream, once it is over', async () => {
    const events = anthropicEvents(['Em', 'ma']);
    reply = { events };
    const seen: unknown[] = [];
    for await (const event of await new Librarian().streamBook('A novel?')) {
      seen.push(event);
      expect(rows).toEqual([]);
    }
    await hooksSettled();
    expect(seen).toHaveLength(events.length);
    expect(rows).toEqual([
      {
        table: 'streams',
        calls: [],
        chunks: events.length,
        tokens: [12, 7],
        outcome: 'completed',
        question: 'A novel?',
      },
    ]);
  });

  it('replace the result of a call that failed by the value of the error handler, and the span still says it failed', async () => {
    reply = { status: 429, body: { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } } };
    expect(await new Librarian().recommendBook('A novel?')).toBe('Ask the librarian');
    await hooksSettled();
    expect(rows.map(({ outcome, calls }) => [outcome, calls])).toEqual([['error', []]]);
    expect(telemetry.span('recommendBook').attributes['error.type']).toBe('429');
  });

  it('leave any other error the caller’s', async () => {
    reply = { status: 500, body: { type: 'error', error: { type: 'api_error', message: 'down' } } };
    await expect(new Librarian().recommendBook('A novel?')).rejects.toThrow(Anthropic.InternalServerError);
    await hooksSettled();
    expect(rows.map(({ outcome }) => outcome)).toEqual(['error']);
  });
});

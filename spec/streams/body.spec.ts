import OpenAI from 'openai';
import { span } from '../../src/decorators/span.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { record } from '../../src/spans/record.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicEvents, openAiChunks, openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((_path, body) => ({ body: { got: body } }));
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await server.close();
  await telemetry.stop();
});

/** Of a proxy that leaves out the last end of line. */
const OLLAMA_LINES = [
  { model: 'qwen3:8b', created_at: '', message: { role: 'assistant', content: 'Du' }, done: false },
  {
    model: 'qwen3:8b',
    created_at: '',
    message: { role: 'assistant', content: 'ne' },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 3,
    eval_count: 4,
  },
]
  .map((line) => JSON.stringify(line))
  .join('\n');

const outcomes = (): unknown[] => telemetry.spans.map((one) => one.attributes['decotel.outcome']);

/** `{"id":7}` in two parts; `failsAt` says before which part it fails instead. */
function json(failsAt = Infinity): ReadableStream<Uint8Array> {
  const parts = ['{"id"', ':7}'].map((text) => new TextEncoder().encode(text));
  let index = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (index === failsAt) controller.error(new TypeError('no more'));
        else if (index === parts.length) controller.close();
        else controller.enqueue(parts[index++] as Uint8Array);
      },
    },
    { highWaterMark: 0 },
  );
}

const OWNERS: [string, (body: BodyInit | null) => Request | Response][] = [
  ['Response', (body) => new Response(body)],
  ['Request', (body) => new Request(`${server.url}/shelf`, { method: 'POST', body, duplex: 'half' } as RequestInit)],
];

describe.each(OWNERS)('the body of a %s that a decorated method returns', (_name, make) => {
  let made: Request | Response;

  class Source {
    @span
    message(body: () => BodyInit | null): Request | Response {
      return (made = make(body()));
    }
  }

  const message = (body: () => BodyInit | null): Request | Response => new Source().message(body);

  it('ends the span of the same object when it has been read', async () => {
    const returned = message(json);
    expect(returned).toBe(made);
    expect(returned).toBeInstanceOf(make(null).constructor);
    expect([returned.bodyUsed, outcomes()]).toEqual([false, []]);
    expect(await returned.json()).toEqual({ id: 7 });
    expect([returned.bodyUsed, outcomes()]).toEqual([true, ['completed']]);
    expect(telemetry.span('message').attributes['decotel.result']).toBe('{"id":7}');
  });

  it('is read as it comes, and stopped half way', async () => {
    const read = message(json);
    expect(read.body).toBe(read.body);
    expect(await new Response(read.body).text()).toBe('{"id":7}');
    const stopped = message(json);
    const reader = stopped.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(outcomes()).toEqual(['completed', 'cancelled']);
    expect(telemetry.spans.map((one) => one.attributes['decotel.stream.chunks'])).toEqual([2, 1]);
  });

  it('ends with its error', async () => {
    await expect(message(() => json(1)).text()).rejects.toThrow('no more');
    await expect(new Response(message(() => json(1)).body).text()).rejects.toThrow('no more');
    expect(outcomes()).toEqual(['error', 'error']);
  });

  it('ends at once where there is none, and with whichever copy is read first', async () => {
    expect(message(() => null).body).toBeNull();
    expect(outcomes()).toEqual(['completed']);
    const cloned = message(json);
    const copy = cloned.clone();
    expect([await copy.text(), await cloned.text()]).toEqual(['{"id":7}', '{"id":7}']);
    expect(outcomes()).toEqual(['completed', 'completed']);
  });

  it('is refused to whoever comes second, as it would have been, which harms nobody else', async () => {
    const refusal = expect.objectContaining({ name: 'TypeError' }) as Error;
    const taken = message(json);
    const reader = taken.body?.getReader();
    expect(() => taken.clone()).toThrow(refusal);
    expect((await reader?.read())?.value).toHaveLength(5);
    await expect(taken.text()).rejects.toThrow(refusal);
    expect([await reader?.read(), await reader?.read()].map((read) => read?.done)).toEqual([false, true]);
    expect(outcomes()).toEqual(['completed']);
    const locked = message(json);
    const other = locked.body?.getReader();
    await expect(locked.text()).rejects.toThrow(refusal);
    expect((await other?.read())?.value).toHaveLength(5);
    await other?.cancel();
    expect(outcomes()).toEqual(['completed', 'cancelled']);
  });

  it('says so where it cannot be watched', async () => {
    class Frozen {
      @span
      message(): Request | Response {
        return Object.freeze(make(json()));
      }
    }
    expect(await new Frozen().message().text()).toBe('{"id":7}');
    expect(telemetry.span('message').attributes['decotel.unobserved']).toBe(true);
  });
});

describe('a Request that a decorated method returns', () => {
  class Source {
    @span
    request(body: BodyInit): Request {
      return new Request(`${server.url}/shelf`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    }
  }

  it('ends its span when it has been sent', async () => {
    for (const body of [json(), '{"id":7}']) {
      const request = new Source().request(body);
      const response = await fetch(request);
      expect(await response.json()).toEqual({ got: { id: 7 } });
      expect(request.bodyUsed).toBe(true);
    }
    expect(await new Request(new Source().request(json())).text()).toBe('{"id":7}');
    expect(outcomes()).toEqual(['completed', 'completed', 'completed']);
    await expect(fetch(new Source().request(json(1)))).rejects.toThrow('fetch failed');
    expect(outcomes()).toEqual(['completed', 'completed', 'completed', 'error']);
  });

  it('is used up as it would have been', async () => {
    const request = new Source().request(json());
    await fetch(request);
    await expect(fetch(request)).rejects.toThrow('already been used');
    expect(outcomes()).toEqual(['completed']);
  });
});

describe("a provider's raw response that a decorated method returns", () => {
  beforeEach(async () => {
    await server.close();
    server = await loopback((path) => REPLIES[path] ?? { status: 404, body: {} });
  });

  const REPLIES: Record<string, Reply> = {
    '/events': { events: openAiChunks(['Dune', ' and', ' more']), pauseMs: 3 },
    '/whole': { body: openAiCompletion('Dune') },
    '/chat/completions': { body: openAiCompletion('Dune') },
    '/failed': {
      events: [
        ...anthropicEvents(['Du']).slice(0, 3),
        { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      ],
    },
    '/lines': { bytes: Buffer.from(OLLAMA_LINES), mime: 'application/x-ndjson' },
    '/own': { events: [{ type: 'shelf', shelf: 'B3' }, { type: 'text', text: 'Dune' }, '[DONE]'] },
  };

  class Proxy {
    @withOtel
    async ask(path: string, signal?: AbortSignal): Promise<Response> {
      record({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Which book?' }] });
      return fetch(server.url + path, { signal: signal ?? null });
    }

    @withOtel
    async forward(path: string): Promise<Response> {
      return this.ask(path);
    }

    @withOtel
    own(): Response {
      const events = openAiChunks(['Dune']).map((event) => `data: ${JSON.stringify(event)}\n\n`);
      return new Response(events.join(''), { headers: { 'content-type': 'text/plain' } });
    }
  }

  const FACTS = ['gen_ai.response.model', 'gen_ai.usage.output_tokens', 'decotel.outcome'];
  const facts = (): unknown[] => telemetry.spans.map(({ attributes }) => FACTS.map((key) => attributes[key]));
  const said = (): unknown[] => telemetry.spans.map(({ attributes }) => attributes['gen_ai.output.messages']);
  const texts = (): unknown[] =>
    said()
      .map((json) => JSON.parse(String(json)) as unknown)
      .flat();
  const answer = (content: string, finish_reason: string): object => ({
    role: 'assistant',
    parts: [{ type: 'text', content }],
    finish_reason,
  });

  it('is read from what its reader reads, and no further', async () => {
    const { body } = await new Proxy().ask('/events');
    let text = '';
    for await (const chunk of body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (text.includes(' and')) break;
    }
    expect(facts()).toEqual([['gpt-5-mini-2025-08-07', undefined, 'cancelled']]);
    expect(texts()).toEqual([answer(text.includes('more') ? 'Dune and more' : 'Dune and', 'error')]);
    expect(telemetry.spans[0]?.attributes['server.address']).toBe('127.0.0.1');
  });

  it('is recorded once, however many copies and branches of it are read', async () => {
    const response = await new Proxy().ask('/events');
    const copy = response.clone();
    const branches = response.body?.tee() ?? [];
    const bodies = [new Response(branches[0]), new Response(branches[1]), copy];
    const [one, ...others] = await Promise.all(bodies.map((part) => part.text()));
    expect(others).toEqual([one, one]);
    expect(facts()).toEqual([['gpt-5-mini-2025-08-07', 7, 'completed']]);
    expect(texts()).toEqual([answer('Dune and more', 'stop')]);
  });

  it.each(['text', 'arrayBuffer'] as const)('has a last line without an end, read by %s()', async (reader) => {
    await (await new Proxy().ask('/lines'))[reader]();
    expect(facts()).toEqual([['qwen3:8b', 4, 'completed']]);
    expect(texts()).toEqual([answer('Dune', 'stop')]);
  });

  it('is counted once where two decorated methods return it', async () => {
    await (await new Proxy().forward('/events')).text();
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['ask', 'forward']);
    expect(facts()).toEqual([
      ['gpt-5-mini-2025-08-07', 7, 'completed'],
      [undefined, undefined, 'completed'],
    ]);
  });

  it("ends each call where two methods return the SDK's promise and its caller asks for the response", async () => {
    const client = new OpenAI({ baseURL: server.url, apiKey: 'k', maxRetries: 0 });
    type Asked = ReturnType<typeof client.chat.completions.create>;
    class Librarian {
      @withOtel
      ask(): Asked {
        return client.chat.completions.create(record({ model: 'gpt-5-mini', messages: [] }));
      }

      @withOtel
      forward(): Asked {
        return this.ask();
      }
    }
    await (await new Librarian().forward().asResponse()).json();
    expect(telemetry.spans.map(({ name }) => name)).toEqual(['ask', 'forward']);
    expect(facts()).toEqual([
      ['gpt-5-mini-2025-08-07', 7, 'completed'],
      [undefined, undefined, 'completed'],
    ]);
  });

  it('is read as JSON however its bytes are taken', async () => {
    for (const read of [
      (response: Response) => new Response(response.body).json(),
      (response: Response) => response.arrayBuffer(),
      (response: Response) => response.text(),
      (response: Response) => response.json(),
    ])
      await read(await new Proxy().ask('/whole'));
    expect(facts()).toEqual(Array.from({ length: 4 }, () => ['gpt-5-mini-2025-08-07', 7, 'completed']));
    expect(texts()).toEqual(Array.from({ length: 4 }, () => answer('Dune', 'stop')));
  });

  it('tells the error that a provider sends in it, and the abort that ends it', async () => {
    await (await new Proxy().ask('/failed')).text();
    const controller = new AbortController();
    const reader = (await new Proxy().ask('/events', controller.signal)).body?.getReader();
    await reader?.read();
    controller.abort();
    const readOn = async (): Promise<void> => {
      while ((await reader?.read())?.done === false);
    };
    await expect(readOn()).rejects.toThrow('aborted');
    expect(facts()).toEqual([
      ['claude-sonnet-5', 1, 'error'],
      ['gpt-5-mini-2025-08-07', undefined, 'aborted'],
    ]);
    expect(telemetry.spans[0]?.attributes['error.type']).toBe('overloaded_error');
  });

  it("has nothing invented where its events are the application's, or its type is another", async () => {
    const bodies = [await new Proxy().ask('/own'), await new Proxy().ask('/own'), new Proxy().own()];
    await bodies[0]?.text();
    await new Response(bodies[1]?.body).text();
    await bodies[2]?.text();
    expect(facts()).toEqual(Array.from({ length: 3 }, () => [undefined, undefined, 'completed']));
    expect(said()).toEqual([undefined, undefined, undefined]);
  });
});

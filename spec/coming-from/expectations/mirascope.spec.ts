import '../../support/exporter-in-jest.js';
import Anthropic from '@anthropic-ai/sdk';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { consoleJson } from '../../../src/configure.js';
import { observe, promptMessages, promptTemplate, record, withOtel } from '../../../src/index.js';
import { differences, example, EXPECTATIONS, expectations } from '../../support/expectations.js';
import { exportedSpans } from '../../support/exported-spans.js';
import { loopback } from '../../support/loopback.js';
import { runBookExample, type BookExample } from '../../support/mirascope-example.js';
import { otlpReceiver } from '../../support/otlp-receiver.js';
import { describeWithShared } from '../../support/shared-folder.js';

const mirascope = { dialect: 'mirascope' };

/** The one span, and that it is as published. */
function expectSpan(id: string, spans: readonly ReadableSpan[], async?: boolean): ReadableSpan {
  const [expected] = example(id).spans;
  const [span] = spans;
  if (expected === undefined || span === undefined) throw new Error(`${id}: no span`);
  const attributes = async === undefined ? expected.attributes : { ...expected.attributes, async };
  expect(spans.map(({ name }) => name)).toEqual([expected.name]);
  expect(differences(span, { ...expected, attributes }, spans)).toEqual([]);
  return span;
}

/** Python's client waits where JavaScript's cannot: the answer is there before the sync method is called. */
class Fetched {
  constructor(
    readonly request: Anthropic.MessageCreateParams,
    readonly answer: Anthropic.Message,
    readonly events: readonly Anthropic.MessageStreamEvent[] = [],
  ) {}

  @withOtel()
  recommend_book(_genre: string): Anthropic.Message {
    record(this.request);
    return this.answer;
  }
}

class FetchedStream extends Fetched {
  @withOtel({ name: 'recommend_book' })
  *recommend_books(_genre: string): Generator<Anthropic.MessageStreamEvent> {
    record(this.request);
    yield* this.events;
  }
}

class Librarian {
  constructor(private readonly given: BookExample) {}

  private get client(): Anthropic {
    return observe(this.given.client);
  }

  @withOtel()
  async recommend_book(_genre: string): Promise<Anthropic.Message> {
    return this.client.messages.create(this.given.request);
  }
}

class StreamingLibrarian {
  constructor(private readonly given: BookExample) {}

  @withOtel()
  async recommend_book(_genre: string): Promise<AsyncIterable<Anthropic.MessageStreamEvent>> {
    return observe(this.given.client).messages.create({ ...this.given.request, stream: true });
  }
}

/** v1 sends a schema as a tool and gives back the object that the model filled in. */
class StructuredLibrarian {
  constructor(private readonly given: BookExample) {}

  @withOtel()
  async recommend_book(_genre: string): Promise<unknown> {
    const tools = [{ name: 'Book', input_schema: { type: 'object' as const } }];
    const { content } = await observe(this.given.client).messages.create({ ...this.given.request, tools });
    return content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : []))[0];
  }
}

async function fetched({ client, request }: BookExample): Promise<Anthropic.Message> {
  return client.messages.create(request);
}

describeWithShared(EXPECTATIONS, "Mirascope's published examples", () => {
  it('row 1: mirascope.recommend_book.call', async () => {
    const id = 'mirascope.recommend_book.call';
    let answer: Anthropic.Message | undefined;
    await runBookExample(id, { mode: 'isolated', content: false }, async (given) => {
      answer = await fetched(given);
    });
    const printed: string[] = [];
    const printer = consoleJson({ ...mirascope, write: (text) => void printed.push(text) });
    const spans = await runBookExample(id, { ...mirascope, processors: [printer] }, ({ request }) => {
      const returned: unknown = new Fetched(request, answer as Anthropic.Message).recommend_book('fantasy');
      expect(returned).toBe(answer);
    });
    expectSpan(id, spans);
    const layout = JSON.parse(printed.join('')) as Record<string, unknown>;
    const { seedSpanVerbatim } = example(id);
    expect(Object.keys(layout)).toEqual(expectations().spanJsonShape.topLevelKeysInOrder);
    expect(layout).toMatchObject({
      kind: seedSpanVerbatim?.['kind'],
      parent_id: null,
      status: { status_code: 'UNSET' },
    });
    expect(layout['attributes']).toEqual(seedSpanVerbatim?.['attributes']);
    expect(Object.keys(layout['attributes'] as object)).toEqual(
      Object.keys(seedSpanVerbatim?.['attributes'] as object),
    );
  });

  it('row 2: mirascope.recommend_book.async', async () => {
    const id = 'mirascope.recommend_book.async';
    expectSpan(id, await runBookExample(id, mirascope, (given) => new Librarian(given).recommend_book('fantasy')));
  });

  it('mirascope.recommend_book.prompt_template', async () => {
    const id = 'mirascope.recommend_book.prompt_template';
    const template = example(id).input?.promptTemplate ?? '';
    class Templated {
      constructor(private readonly given: BookExample) {}

      @withOtel()
      @promptTemplate(template)
      async recommend_book(genre: string): Promise<Anthropic.Message> {
        const messages = promptMessages({ genre }) as Anthropic.MessageParam[];
        return observe(this.given.client).messages.create({ ...this.given.request, messages });
      }
    }
    const spans = await runBookExample(id, mirascope, (given) => new Templated(given).recommend_book('fantasy'));
    expectSpan(id, spans, true);
  });

  it('mirascope.recommend_book.stream', async () => {
    const id = 'mirascope.recommend_book.stream';
    const read: Anthropic.MessageStreamEvent[] = [];
    let before: readonly ReadableSpan[] = [];
    const ended: ReadableSpan[] = [];
    const processors = [
      { ...consoleJson({ write: () => undefined }), onEnd: (span: ReadableSpan) => void ended.push(span) },
    ];
    const streamed = await runBookExample(id, { ...mirascope, processors }, async (given) => {
      for await (const event of await new StreamingLibrarian(given).recommend_book('fantasy')) {
        before = [...ended];
        read.push(event);
      }
    });
    expect(before).toEqual([]);
    expectSpan(id, streamed, true);
    const spans = await runBookExample(id, mirascope, ({ request }) => {
      const stream = new FetchedStream(request, {} as Anthropic.Message, read).recommend_books('fantasy');
      expect([...stream]).toEqual(read);
    });
    expectSpan(id, spans);
  });

  it('mirascope.recommend_book.stream, left early', async () => {
    const id = 'mirascope.recommend_book.stream';
    const spans = await runBookExample(id, mirascope, async (given) => {
      for await (const event of await new StreamingLibrarian(given).recommend_book('fantasy')) {
        if (event.type === 'content_block_delta') break;
      }
    });
    expect(spans.map((span) => [span.name, span.attributes['gen_ai.request.model']])).toEqual([
      ['recommend_book', 'claude-3-5-sonnet-20240620'],
    ]);
  });

  it('row 10: mirascope.recommend_book.response_model', async () => {
    const id = 'mirascope.recommend_book.response_model';
    let returned: unknown;
    const spans = await runBookExample(id, mirascope, async (given) => {
      returned = await new StructuredLibrarian(given).recommend_book('fantasy');
    });
    expect(returned).toEqual(example(id).input?.parsed);
    expectSpan(id, spans, true);
  });

  it('row 10: mirascope.response_model.primitive', async () => {
    class Primitive {
      @withOtel()
      recommend_book(_genre: string): string {
        return 'The Name of the Wind';
      }
    }
    const spans = await exportedSpans(mirascope, () => new Primitive().recommend_book('fantasy'));
    expectSpan('mirascope.response_model.primitive', spans);
  });

  it('row 14: mirascope.error', async () => {
    const server = await loopback(() => ({
      status: 429,
      body: { type: 'error', error: { type: 'rate_limit_error' } },
    }));
    const client = new Anthropic({ baseURL: server.url, apiKey: 'any', maxRetries: 0 });
    const model = 'claude-3-5-sonnet-20240620';
    const messages = [{ role: 'user' as const, content: 'Recommend a fantasy book' }];
    const librarian = new Librarian({ client, request: { model, max_tokens: 1024, messages } });
    const spans = await exportedSpans(mirascope, () =>
      expect(librarian.recommend_book('fantasy')).rejects.toThrow(Anthropic.RateLimitError),
    );
    await server.close();
    const span = expectSpan('mirascope.error', spans);
    expect(span.attributes['gen_ai.request.model']).toBe(model);
    expect(span.status.message).toContain('rate_limit_error');
  });

  it('mirascope.configure', async () => {
    const receiver = await otlpReceiver();
    const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
    const processors = [new BatchSpanProcessor(exporter)];
    const id = 'mirascope.recommend_book.async';
    await runBookExample(id, { ...mirascope, processors }, (given) => new Librarian(given).recommend_book('fantasy'));
    await receiver.close();
    expect(receiver.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
    expect(receiver.spans.map(({ name, scope }) => [name, scope])).toEqual([['recommend_book', 'otel']]);
  });
});

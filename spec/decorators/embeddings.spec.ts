import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { NO_CONTENT } from '../../src/core/settings.js';
import { embeddings } from '../../src/decorators/embeddings.js';
import { checkAttributes, checkMessages } from '../support/conventions.js';
import { fixture } from '../support/fixtures.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
let server: Loopback;
let openai: OpenAI;

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback(() => ({ body: fixture('openai-embeddings', 'books', 'response') }));
  openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
});
afterEach(async () => {
  await server.close();
  await telemetry.stop();
});

const embed = async (input: string | string[]): Promise<number[][]> => {
  const request = { model: 'text-embedding-3-small', input, encoding_format: 'float' as const };
  const { data } = await openai.embeddings.create(request);
  return data.map(({ embedding }) => embedding);
};

class Library {
  @embeddings
  async embed(texts: string[]): Promise<number[][]> {
    return embed(texts);
  }

  @embeddings({ name: 'embed books', model: 'mine', provider: 'openai', dimensions: 2 })
  embedBooks(texts: string[]): Float32Array[] {
    return texts.map(() => new Float32Array(2000));
  }

  @embeddings()
  async embedBoth(): Promise<number> {
    return (await embed('Dune')).length + (await embed('Emma')).length;
  }
}

const library = new Library();

function attributesOf(name: string): Record<string, unknown> {
  const span = telemetry.span(name);
  expect([...checkAttributes(span.attributes), ...checkMessages(span.attributes)]).toEqual([]);
  return parsedAttributes(span);
}

describe('@embeddings', () => {
  it('reports the call that was seen inside: model, input, dimensions and tokens, and no vector', async () => {
    const vectors = await library.embed(['Dune', 'Emma']);
    const { port } = new URL(server.url);
    expect(attributesOf('embeddings text-embedding-3-small')).toEqual({
      'code.function.name': 'Library.embed',
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'server.address': '127.0.0.1',
      'server.port': Number(port),
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.request.encoding_formats': ['float'],
      'gen_ai.response.model': 'text-embedding-3-small',
      'gen_ai.embeddings.dimension.count': vectors[0]?.length,
      'gen_ai.usage.input_tokens': 10,
      'decotel.usage.total_tokens': 10,
      'gen_ai.input.messages': [
        { role: 'user', parts: [{ type: 'text', content: 'Dune' }] },
        { role: 'user', parts: [{ type: 'text', content: 'Emma' }] },
      ],
      'decotel.outcome': 'completed',
    });
  });

  it('has its options where nothing is seen, and counts the dimensions of the vectors themselves', () => {
    library.embedBooks(['Dune']);
    expect(attributesOf('embed books')).toEqual({
      'code.function.name': 'Library.embedBooks',
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'mine',
      'gen_ai.embeddings.dimension.count': 2000,
      'decotel.arguments': { texts: ['Dune'] },
      'decotel.outcome': 'completed',
    });
  });

  it('counts nothing of two calls, which have spans of their own', async () => {
    expect(await library.embedBoth()).toBe(4);
    const [one, other, both] = telemetry.spans;
    expect([one?.name, other?.name, both?.name]).toEqual([
      'embeddings text-embedding-3-small',
      'embeddings text-embedding-3-small',
      'embeddings',
    ]);
    expect(one?.parentSpanContext?.spanId).toBe(both?.spanContext().spanId);
    expect(attributesOf('embeddings')).toEqual({
      'code.function.name': 'Library.embedBoth',
      'decotel.result': '4',
      'decotel.outcome': 'completed',
    });
  });

  it('reads a response that the method itself returns', async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 });
    await embeddings(() =>
      client.embeddings.create({ model: 'text-embedding-3-small', input: 'Dune', encoding_format: 'float' }),
    )();
    expect(attributesOf('embeddings text-embedding-3-small')).toMatchObject({ 'gen_ai.usage.input_tokens': 10 });
  });

  it.each<[string, () => unknown, number | undefined]>([
    ['a vector', () => [0.1, 0.2, 0.3], 3],
    ['long vectors', () => [Array.from({ length: 3072 }, () => 0.5)], 3072],
    ['a typed array', () => new Float32Array(4), 4],
    ['embed() of the AI SDK', () => ({ value: 'Dune', embedding: [0.1, 0.2], usage: { tokens: 3 } }), 2],
    ['embedMany() of the AI SDK', () => ({ values: ['Dune'], embeddings: [[0.1, 0.2]] }), 2],
    ['rows for a store', () => [{ id: '1', values: [0.1, 0.2, 0.3] }], 3],
    ['vectors by type', () => ({ embeddings: { float: [[0.1]] } }), 1],
    ['no vector', () => ['Dune'], undefined],
    ['an empty list', () => [], undefined],
    ['nothing', () => undefined, undefined],
    ['a circle', () => Object.assign(CIRCLE, { data: CIRCLE }), undefined],
  ])('counts the dimensions of %s, also without content', async (_, method, dimensions) => {
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { content: NO_CONTENT } });
    embeddings(method)();
    expect(attributesOf('embeddings')['gen_ai.embeddings.dimension.count']).toBe(dimensions);
  });

  it('runs no getter of a result', () => {
    const getter = jest.fn(() => [0.1]);
    embeddings(() => Object.defineProperty({}, 'embedding', { get: getter, enumerable: true }))();
    expect(attributesOf('embeddings')['decotel.result']).toEqual({ embedding: '[getter]' });
    expect(getter).not.toHaveBeenCalled();
  });

  it('says what the tokens cost where a price is given', async () => {
    class Priced {
      @embeddings({ price: { inputToken: 0.5 } })
      async embed(): Promise<object> {
        return embed(['Dune']);
      }
    }
    await new Priced().embed();
    const [seen] = await telemetry.ended(1);
    const tokens = Number(seen?.attributes['gen_ai.usage.input_tokens']);
    expect(tokens).toBeGreaterThan(0);
    expect(seen?.attributes['decotel.cost']).toBe(tokens * 0.5);
  });

  it('refuses options of another type', () => {
    expect(() => embeddings({ dimensions: '256' } as object)(() => [])).toThrow(
      'option `dimensions` is "256". It must be a number.',
    );
    for (const price of [{ inputToken: -1 }, { inputToken: '1' }, { tokens: 1 }, 5, [1]]) {
      expect(() => embeddings({ price } as object)(() => [])).toThrow(
        /option `price` is .+\. It must be \{ inputToken, outputToken \} in US dollars\.$/,
      );
    }
  });
});

const CIRCLE: object = {};

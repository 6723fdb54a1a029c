import { CohereClient } from 'cohere-ai';
import OpenAI from 'openai';
import { of } from 'rxjs';
import { observe } from '../../src/clients/observe.js';
import type { CallRecord } from '../../src/core/record.js';
import { ALL_CONTENT, NO_CONTENT } from '../../src/core/settings.js';
import { retriever } from '../../src/decorators/retriever.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { checkAttributes, checkMessages } from '../support/conventions.js';
import { fixture } from '../support/fixtures.js';
import { loopback } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

interface Hit {
  id: string;
  score: number;
  text: string;
}

const HITS: Hit[] = [
  { id: '1', score: 0.9, text: 'Dune' },
  { id: '2', score: 0.7, text: 'Emma' },
];
const DOCUMENTS = [
  { id: '1', score: 0.9, content: 'Dune' },
  { id: '2', score: 0.7, content: 'Emma' },
];

/** Result classes of SDKs often keep what they hold behind a getter of their prototype. */
class Answer {
  readonly #hits = HITS;
  get hits(): Hit[] {
    return this.#hits;
  }
}

class Library {
  @retriever({ dataSource: 'books', topK: 2 })
  async search(query: string): Promise<Hit[]> {
    return Promise.resolve(query === '' ? [] : HITS);
  }

  @retriever({
    dataSource: (_query: string, shelf: string) => shelf,
    topK: (_query: string, _shelf: string, { limit }: { limit: number }) => limit,
  })
  searchShelf(query: string, shelf: string, filter: { limit: number; year?: number }): Hit[] {
    return HITS.slice(0, filter.limit).filter(() => query !== shelf);
  }

  @retriever({
    query: (words: string[]) => words.join(' '),
    documents: (answer: Answer) => answer.hits,
  })
  async searchWords(words: string[]): Promise<Answer> {
    return Promise.resolve(new Answer()).then((answer) => (words.length > 0 ? answer : new Answer()));
  }

  @retriever
  ask(_question: { query: string }): string {
    return 'No idea';
  }
}

const library = new Library();

function attributesOf(name: string): Record<string, unknown> {
  const span = telemetry.span(name);
  expect([...checkAttributes(span.attributes), ...checkMessages(span.attributes)]).toEqual([]);
  return parsedAttributes(span);
}

describe('@retriever', () => {
  it('records query, documents and how many were asked for, each once', async () => {
    expect(await library.search('sand')).toBe(HITS);
    expect(attributesOf('retrieval books')).toEqual({
      'code.function.name': 'Library.search',
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.data_source.id': 'books',
      'gen_ai.request.top_k': 2,
      'gen_ai.retrieval.top_k': 2,
      'gen_ai.retrieval.query.text': 'sand',
      'gen_ai.retrieval.documents': DOCUMENTS,
      'decotel.outcome': 'completed',
    });
  });

  it('says that nothing was found', async () => {
    await library.search('');
    const attributes = attributesOf('retrieval books');
    expect(attributes['gen_ai.retrieval.documents']).toEqual([]);
    expect(attributes).not.toHaveProperty(['decotel.result']);
    expect(attributes).not.toHaveProperty(['gen_ai.retrieval.query.text']);
  });

  it('tells data source and number from the arguments, as they were when it was called', () => {
    const filter = { limit: 1, year: 1965 };
    library.searchShelf('sand', 'sf', filter);
    filter.limit = 9;
    expect(attributesOf('retrieval sf')).toEqual({
      'code.function.name': 'Library.searchShelf',
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.data_source.id': 'sf',
      'gen_ai.request.top_k': 1,
      'gen_ai.retrieval.top_k': 1,
      'gen_ai.retrieval.query.text': 'sand',
      'gen_ai.retrieval.documents': DOCUMENTS.slice(0, 1),
      'decotel.arguments': { shelf: 'sf', filter: { limit: 1, year: 1965 } },
      'decotel.outcome': 'completed',
    });
  });

  it('is told the query and the documents where their shape does not', async () => {
    expect(await library.searchWords(['sand', 'worm'])).toBeInstanceOf(Answer);
    expect(attributesOf('retrieval')).toMatchObject({
      'gen_ai.retrieval.query.text': 'sand worm',
      'gen_ai.retrieval.documents': DOCUMENTS,
      'decotel.arguments': { words: ['sand', 'worm'] },
    });
  });

  it('keeps a result that holds no documents as it is', () => {
    library.ask({ query: 'sand' });
    const attributes = attributesOf('retrieval');
    expect(attributes).toMatchObject({ 'gen_ai.retrieval.query.text': 'sand', 'decotel.result': 'No idea' });
    expect(attributes).not.toHaveProperty(['gen_ai.retrieval.documents']);
  });

  it('is called like its name, whatever the data source', () => {
    retriever({ name: 'find', dataSource: (query: string) => query })((query: string) => [query])('sand');
    expect(attributesOf('find')['gen_ai.data_source.id']).toBe('sand');
  });

  it('records content of its own kind only where that is allowed, and the rest always', async () => {
    for (const content of [{ ...ALL_CONTENT, retrieval: false }, NO_CONTENT]) {
      await telemetry.stop();
      telemetry = startTelemetry({ settings: { content } });
      library.searchShelf('sand', 'sf', { limit: 1 });
      expect(attributesOf('retrieval sf')).toEqual({
        'code.function.name': 'Library.searchShelf',
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.data_source.id': 'sf',
        'gen_ai.request.top_k': 1,
        'gen_ai.retrieval.top_k': 1,
        'decotel.outcome': 'completed',
      });
    }
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { content: { ...NO_CONTENT, retrieval: true } } });
    library.searchShelf('sand', 'sf', { limit: 1 });
    expect(attributesOf('retrieval sf')).toMatchObject({
      'gen_ai.retrieval.query.text': 'sand',
      'gen_ai.retrieval.documents': DOCUMENTS.slice(0, 1),
      'decotel.arguments': { shelf: 'sf' },
    });
  });

  it('masks what is secret in documents', () => {
    const key = `sk-${'a1B2c3D4'.repeat(4)}`;
    retriever(() => [{ id: '1', text: `the key ${key}`, password: 'hunter2' }])();
    expect(attributesOf('retrieval')['gen_ai.retrieval.documents']).toEqual([
      { id: '1', content: 'the key [masked]', metadata: { password: '[masked]' } },
    ]);
  });

  it('lets `capture` see the documents, and take them away', () => {
    const seen: CallRecord['retrieval'][] = [];
    const capture = (call: CallRecord): void => {
      seen.push(call.retrieval);
      call.retrieval = { ...call.retrieval, documents: [{ id: '1' }] };
    };
    retriever({ dataSource: 'books', capture })((query: string) => [`about ${query}`])('sand');
    expect(seen).toEqual([
      { dataSource: 'books', topK: undefined, query: 'sand', documents: [{ content: 'about sand' }] },
    ]);
    expect(attributesOf('retrieval books')['gen_ai.retrieval.documents']).toEqual([{ id: '1' }]);
  });

  it('runs its functions for a call that is recorded only, and survives them', () => {
    const fail = jest.fn(() => {
      throw new Error('of the option');
    });
    const search = retriever({ topK: fail, documents: fail })((query: string) => [query]);
    expect(search('sand')).toEqual(['sand']);
    expect(fail).toHaveBeenCalledTimes(2);
    expect(telemetry.complaints.join('\n')).toMatch(/described in full.*of the option[^]*result could not be read/);
    expect(telemetry.span('retrieval').attributes['decotel.outcome']).toBe('completed');
  });

  it('runs none of its functions without telemetry', async () => {
    await telemetry.stop();
    const fail = jest.fn(() => 1);
    expect(retriever({ topK: fail, documents: fail })((query: string) => [query])('sand')).toEqual(['sand']);
    expect(fail).not.toHaveBeenCalled();
    telemetry = startTelemetry({ settings: { enabled: false } });
    expect(retriever({ topK: fail })((query: string) => [query])('sand')).toEqual(['sand']);
    expect(fail).not.toHaveBeenCalled();
  });

  it('records each subscription of what it returns', () => {
    const search = retriever({ dataSource: 'books', topK: (_query: string, limit: number) => limit })(
      (query: string, limit: number) => of(HITS.slice(0, limit).filter(({ text }) => text !== query)),
    );
    const found = search('sand', 1);
    for (let subscription = 0; subscription < 2; subscription++) found.subscribe();
    expect(telemetry.spans.map(({ name, attributes }) => [name, attributes['gen_ai.retrieval.top_k']])).toEqual([
      ['retrieval books', 1],
      ['retrieval books', 1],
    ]);
    for (const span of telemetry.spans) {
      expect(parsedAttributes(span)).toMatchObject({
        'gen_ai.retrieval.query.text': 'sand',
        'gen_ai.retrieval.documents': DOCUMENTS.slice(0, 1),
      });
    }
  });

  it('leaves what it asks a model for a call of its own, and gives its own to nobody', async () => {
    const server = await loopback((path) => ({
      body: path.endsWith('/rerank')
        ? { id: 'r', results: [{ index: 1, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } }
        : fixture('openai-embeddings', 'books', 'response'),
    }));
    const openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
    const cohere = observe(new CohereClient({ token: 'k', environment: server.url, maxRetries: 0 }));
    const search = retriever({ dataSource: 'books' })(async (query: string) => {
      await openai.embeddings.create({ model: 'text-embedding-3-small', input: query, encoding_format: 'float' });
      const { results } = await cohere.rerank({ model: 'rerank-v3.5', query, documents: ['Emma', 'Dune'], topN: 1 });
      return results.map(({ index }) => HITS[1 - index]);
    });
    const answer = withOtel({ name: 'answer' })(async (question: string) => (await search(question)).length);
    expect(await answer('sand')).toBe(1);
    await server.close();
    const parents = new Map(telemetry.spans.map((span) => [span.spanContext().spanId, span.name]));
    expect(telemetry.spans.map((span) => [span.name, parents.get(span.parentSpanContext?.spanId ?? '')])).toEqual([
      ['embeddings text-embedding-3-small', 'retrieval books'],
      ['retrieval rerank-v3.5', 'retrieval books'],
      ['retrieval books', 'answer'],
      ['answer', undefined],
    ]);
    expect(attributesOf('retrieval rerank-v3.5')['gen_ai.retrieval.documents']).toEqual([{ id: '1', score: 0.9 }]);
    expect(attributesOf('retrieval books')['gen_ai.retrieval.documents']).toEqual(DOCUMENTS.slice(0, 1));
    expect(attributesOf('answer')).not.toHaveProperty(['gen_ai.retrieval.documents']);
  });

  it('refuses options of another type', () => {
    const on = (options: object) => () => retriever(options)((query: string) => query);
    expect(on({ topK: '5' })).toThrow('option `topK` is "5". It must be a number or a function.');
    expect(on({ dataSource: 5 })).toThrow('option `dataSource` is 5. It must be a string or a function.');
    expect(on({ documents: [] })).toThrow('option `documents` is an array. It must be a function.');
    expect(on({ topN: 5 })).toThrow('unknown option `topN`');
  });
});

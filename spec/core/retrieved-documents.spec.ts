import { Document } from '@langchain/core/documents';
import { FakeVectorStore, SyntheticEmbeddings } from '@langchain/core/utils/testing';
import { TextNode } from '@llamaindex/core/schema';
import type { RetrievedDocument } from '../../src/core/record.js';
import { retrievedDocuments } from '../../src/core/retrieved-documents.js';
import { snapshotResult } from '../../src/core/snapshot.js';
import { schemaComplaints } from '../support/conventions.js';
import { hostileValues } from '../support/hostile-values.js';

/** As the engine does: what a method returned is a snapshot by then. */
function read(value: unknown): RetrievedDocument[] | undefined {
  const found = retrievedDocuments(snapshotResult(value));
  if (found !== undefined) expect(schemaComplaints('gen_ai.retrieval.documents', found)).toEqual([]);
  return found;
}

const vector = [0.1, 0.2, 0.3];
const dune = { id: '1', score: 0.9, content: 'Dune', metadata: { year: 1965 } };
const emma = { id: '2', score: 0.7, content: 'Emma', metadata: { year: 1815 } };

describe('documents of libraries that are installed here', () => {
  it('are read from a vector store of LangChain, with and without scores', async () => {
    const store = new FakeVectorStore(new SyntheticEmbeddings({ vectorSize: 8 }));
    await store.addDocuments([
      new Document({ pageContent: 'Dune', metadata: { year: 1965 } }),
      new Document({ pageContent: 'Emma' }),
    ]);
    const plain = [{ content: 'Dune', metadata: { year: 1965 } }, { content: 'Emma' }];
    const byContent = (one: RetrievedDocument, other: RetrievedDocument): number =>
      String(one.content).localeCompare(String(other.content));
    expect(read(await store.similaritySearch('sand', 2))?.sort(byContent)).toEqual(plain);
    const scored = await store.similaritySearchWithScore('sand', 2);
    const scores = new Map(scored.map(([document, score]) => [document.pageContent, score]));
    expect(read(scored)?.sort(byContent)).toEqual(
      plain.map((document) => ({ ...document, score: scores.get(document.content) })),
    );
    expect(read([new Document({ pageContent: 'Dune', id: 'd1' })])).toEqual([{ id: 'd1', content: 'Dune' }]);
  });

  it('are read from nodes of LlamaIndex', () => {
    const node = new TextNode({ id_: '1', text: 'Dune', metadata: { year: 1965 }, embedding: vector });
    expect(read([{ node, score: 0.9 }])).toEqual([dune]);
    expect(read({ response: 'The first.', sourceNodes: [{ node, score: 0.9 }] })).toEqual([dune]);
  });
});

/** Written after the wire format, or the result type, that each one documents. */
const STORES: [string, unknown, RetrievedDocument[]][] = [
  [
    'Chroma, of one query',
    {
      ids: [['1', '2']],
      distances: [[0.1, 0.3]],
      documents: [['Dune', null]],
      metadatas: [[{ year: 1965 }, null]],
      embeddings: null,
    },
    [
      { id: '1', distance: 0.1, content: 'Dune', metadata: { year: 1965 } },
      { id: '2', distance: 0.3 },
    ],
  ],
  [
    'Chroma, of two queries',
    { ids: [['1'], ['2']], distances: [[0.1], [0.2]], documents: null, metadatas: null },
    [
      { id: '1', distance: 0.1 },
      { id: '2', distance: 0.2 },
    ],
  ],
  ['Chroma, of get()', { ids: ['1'], documents: ['Dune'] }, [{ id: '1', content: 'Dune' }]],
  [
    'Pinecone',
    {
      matches: [{ id: '1', score: 0.9, values: vector, metadata: { text: 'Dune', year: 1965 } }],
      namespace: 'books',
      usage: { readUnits: 5 },
    },
    [dune],
  ],
  [
    'Pinecone, of searchRecords()',
    { result: { hits: [{ _id: '1', _score: 0.9, fields: { text: 'Dune', year: 1965 } }] }, usage: { readUnits: 6 } },
    [dune],
  ],
  [
    'Qdrant, of search()',
    [{ id: 1, version: 3, score: 0.9, payload: { content: 'Dune', year: 1965 }, vector }],
    [dune],
  ],
  [
    'Qdrant, of query()',
    { points: [{ id: 1, version: 3, score: 0.9, payload: { text: 'Dune', year: 1965 } }] },
    [dune],
  ],
  [
    'Weaviate',
    {
      objects: [
        {
          uuid: '1',
          metadata: { distance: 0.1, score: 0.9 },
          properties: { text: 'Dune', year: 1965 },
          references: undefined,
          vectors: { default: vector },
        },
      ],
    },
    [{ ...dune, distance: 0.1 }],
  ],
  [
    'Elasticsearch',
    {
      took: 1,
      hits: {
        total: { value: 1 },
        hits: [{ _index: 'books', _id: '1', _score: 0.9, _source: { text: 'Dune', year: 1965 } }],
      },
    },
    [dune],
  ],
  [
    'OpenSearch',
    {
      body: { hits: { hits: [{ _id: '1', _score: null, _source: { content: 'Dune', embedding: vector } }] } },
      statusCode: 200,
    },
    [{ id: '1', content: 'Dune' }],
  ],
  ['Milvus', { status: { code: 0 }, results: [{ id: '1', score: 0.9, text: 'Dune', year: 1965, vector }] }, [dune]],
  [
    'Milvus, of two vectors',
    { results: [[{ id: '1', score: 0.9 }], [{ id: '2', score: 0.7 }]] },
    [
      { id: '1', score: 0.9 },
      { id: '2', score: 0.7 },
    ],
  ],
  [
    'rows of pgvector',
    {
      command: 'SELECT',
      rowCount: 1,
      rows: [{ id: 1, content: 'Dune', year: 1965, embedding: '[0.1,0.2]', distance: '0.25' }],
    },
    [{ id: '1', distance: 0.25, content: 'Dune', metadata: { year: 1965 } }],
  ],
  [
    'a function of Supabase',
    { data: [{ id: 1, content: 'Dune', metadata: { year: 1965 }, similarity: 0.9 }], error: null, status: 200 },
    [dune],
  ],
  [
    'a reranker of Cohere',
    {
      id: 'r',
      results: [
        { index: 3, relevance_score: 0.9 },
        { index: 0, relevanceScore: 0.2, document: { text: 'Emma' } },
      ],
      meta: {},
    },
    [
      { id: '3', score: 0.9 },
      { id: '0', score: 0.2, content: 'Emma' },
    ],
  ],
  [
    'a reranker of Voyage',
    {
      object: 'list',
      data: [{ index: 0, relevance_score: 0.9, document: 'Dune' }],
      model: 'rerank-2',
      usage: { total_tokens: 7 },
    },
    [{ id: '0', score: 0.9, content: 'Dune' }],
  ],
  [
    'rerank() of the AI SDK',
    { ranking: [{ originalIndex: 1, score: 0.9, document: 'Dune' }] },
    [{ id: '1', score: 0.9, content: 'Dune' }],
  ],
];

describe('documents of stores and rerankers', () => {
  it.each(STORES)('are read from %s', (_, result, documents) => {
    expect(read(result)).toEqual(documents);
  });
});

describe('documents of the application’s own', () => {
  it.each<[string, unknown, RetrievedDocument[]]>([
    ['in the shape that is recorded', [dune, emma], [dune, emma]],
    ['texts', ['Dune', 'Emma'], [{ content: 'Dune' }, { content: 'Emma' }]],
    ['texts with scores', [['Dune', 0.9]], [{ content: 'Dune', score: 0.9 }]],
    ['rows without any of these', [{ isbn: '1', title: 'Dune' }], [{ metadata: { isbn: '1', title: 'Dune' } }]],
    ['among what is none', [null, 7, dune, undefined], [dune]],
    ['one alone', { id: '1', score: 0.9 }, [{ id: '1', score: 0.9 }]],
    ['none that were found', { matches: [] }, []],
    ['none at all', [], []],
  ])('are read: %s', (_, result, documents) => {
    expect(read(result)).toEqual(documents);
  });

  it('say how many a snapshot left out', () => {
    const found = read(Array.from({ length: 1200 }, (_, id) => ({ id })));
    expect(found).toHaveLength(1001);
    expect(found?.[500]).toEqual({ content: '[200 items left out]' });
  });

  it.each<[string, unknown]>([
    ['a text', 'Dune'],
    ['a number', 3],
    ['nothing', undefined],
    ['null', null],
    ['an answer', { answer: 'Dune', confidence: 0.9 }],
    ['a list that is too deep', { data: { data: { data: { data: [dune] } } } }],
    ['numbers that are none', { score: 'high', distance: NaN }],
  ])('are not seen in %s', (_, result) => {
    expect(read(result)).toBeUndefined();
  });

  it.each(hostileValues())('are no reason to throw: %s', (_, value) => {
    expect(() => read(value)).not.toThrow();
  });
});

import type { RetrievedDocument } from './record.js';

type Json = Readonly<Record<string, unknown>>;

/** Members that hold a list of documents, or an object that does: `hits.hits`, `body.hits.hits`, `result.points`. */
const LISTS = [
  'matches',
  'points',
  'objects',
  'hits',
  'results',
  'ranking',
  'documents',
  'docs',
  'sourceNodes',
  'nodes',
  'rows',
  'data',
  'items',
  'result',
  'response',
  'body',
];
const DEEPEST = 3;

const IDS = ['id', '_id', 'id_', 'uuid', 'node_id', 'doc_id', 'documentId', 'pk'];
/** Where a document has no id of its own: its place in the list that was put in order. */
const PLACES = ['index', 'originalIndex'];
const SCORES = ['score', '_score', 'similarity', 'relevance_score', 'relevanceScore', 'certainty', '@search.score'];
const DISTANCES = ['distance', '_distance'];
const CONTENTS = ['pageContent', 'content', 'page_content', 'text', 'document', 'chunk'];
const PAYLOADS = ['properties', 'payload', '_source', 'fields', 'entity', 'metadata'];
const VECTORS = ['vector', 'vectors', 'embedding', 'embeddings', 'values', 'sparseValues'];

const NOT_PAYLOAD = new Set(VECTORS);
const NOT_METADATA = new Set([...IDS, ...PLACES, ...SCORES, ...DISTANCES, ...CONTENTS, ...VECTORS, 'version']);

/**
 * The documents in what a search returned, told by shape: lists of documents, rows, texts or `[document, score]` pairs,
 * and the results of vector stores and rerankers. Undefined for anything else. Takes a snapshot: nothing in it acts.
 */
export function retrievedDocuments(value: unknown): RetrievedDocument[] | undefined {
  return listIn(value, DEEPEST)
    ?.flatMap(documentsIn)
    .filter((document) => Object.values(document).some((member) => member !== undefined));
}

function listIn(value: unknown, depth: number): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as unknown[];
  if (!isObject(value) || depth === 0) return undefined;
  const list = columns(value) ?? first([value], LISTS, (member) => listIn(member, depth - 1));
  if (list !== undefined) return list;
  const found = documentOf(value);
  const isDocument = found.score !== undefined || found.distance !== undefined || found.content !== undefined;
  return isDocument ? [value] : undefined;
}

/** Chroma gives a list of each column; where several texts were asked for, a list of lists. */
function columns({ ids, documents, metadatas, distances }: Json): unknown[] | undefined {
  if (!Array.isArray(ids)) return undefined;
  const at = (column: unknown, index: number): unknown => (Array.isArray(column) ? column[index] : undefined);
  return ids.flatMap((id: unknown, index) => {
    const [document, metadata, distance] = [documents, metadatas, distances].map((column) => at(column, index));
    return Array.isArray(id)
      ? columns({ ids: id, documents: document, metadatas: metadata, distances: distance })
      : [{ id, document, metadata, distance }];
  });
}

function documentsIn(item: unknown): RetrievedDocument[] {
  if (typeof item === 'string') return [{ content: item }];
  if (!Array.isArray(item)) return isObject(item) ? [documentOf(item)] : [];
  const [document, score] = item as unknown[];
  const isPair = item.length === 2 && typeof score === 'number';
  return isPair ? documentsIn(document).map((one) => ({ ...one, score })) : item.flatMap(documentsIn);
}

function documentOf(item: Json): RetrievedDocument {
  // LlamaIndex and rerankers put the document beside its score.
  const own = first([item], ['node', 'document', 'doc'], asObject) ?? item;
  const payload = first([own, item], PAYLOADS, asObject);
  const said = [item, own, item['metadata'], own['metadata']];
  const content = first([own, item, payload], CONTENTS, asText);
  const isSaid = payload === undefined ? NOT_METADATA : NOT_PAYLOAD;
  const metadata = Object.entries(payload ?? own).filter(
    ([name, member]) => member != null && member !== content && !isSaid.has(name),
  );
  return {
    id: first([item, own], IDS, asId) ?? first([item], PLACES, asId),
    score: first(said, SCORES, asNumber),
    distance: first(said, DISTANCES, asNumber),
    content,
    metadata: metadata.length > 0 ? Object.fromEntries(metadata) : undefined,
  };
}

/** The first member of these names, of the first object that has one, that `read` takes. */
function first<T>(
  holders: readonly unknown[],
  names: readonly string[],
  read: (member: unknown) => T | undefined,
): T | undefined {
  for (const holder of holders) {
    if (!isObject(holder)) continue;
    for (const name of names) {
      const found = read(holder[name]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Json | undefined {
  return isObject(value) ? value : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asId(value: unknown): string | undefined {
  return Number.isFinite(value) ? String(value) : asText(value);
}

/** A database's driver may give a number as text. */
function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return Number.isFinite(number) ? (number as number) : undefined;
}

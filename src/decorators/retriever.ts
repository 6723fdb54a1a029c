import type { CallRecord } from '../core/record.js';
import { retrievedDocuments } from '../core/retrieved-documents.js';
import { snapshot } from '../core/snapshot.js';
import type { CallOptions } from '../spans/definition.js';
import { GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL } from '../semconv/gen-ai.js';
import { callDecorator, type CallFamily } from './call-decorator.js';
import type { CallDecoratorFactory } from './decorator-types.js';
import { SPAN_KIND_CLIENT } from './span-kinds.js';

/** Tells something from the arguments of a call. Its parameters are annotated as the method's are. */
type FromArguments<Value> = (...args: never[]) => Value | undefined;

export interface RetrieverOptions extends CallOptions {
  /** `gen_ai.data_source.id`: what is searched. */
  dataSource?: string | FromArguments<string>;
  /** `gen_ai.retrieval.top_k`: the most documents that are asked for. */
  topK?: number | FromArguments<number>;
  /** `gen_ai.retrieval.query.text`. Default: the first argument where it is a text, or its member `query`. */
  query?: FromArguments<string>;
  /** Where the documents are in what the method returned, if that is not told by its shape. */
  documents?: (result: never) => unknown;
  /** `gen_ai.provider.name`, as the conventions spell it, where a provider's service is searched. */
  provider?: string;
}

const family: CallFamily<RetrieverOptions> = {
  kind: {
    decorator: '@retriever',
    spanKind: SPAN_KIND_CLIENT,
    operation: GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL,
    // What a method asks a model for (the query's embedding, a new order) is a call of its own.
    isModelCall: false,
    spanName: ({ options }) => options.name ?? spanName((options as RetrieverOptions).dataSource),
    describe: (record, options) => {
      const { dataSource, topK, provider } = options as RetrieverOptions;
      if (provider !== undefined) record.provider = provider;
      record.retrieval ??= {
        dataSource: typeof dataSource === 'string' ? dataSource : undefined,
        topK: typeof topK === 'number' ? topK : undefined,
      };
    },
    readArguments,
    readResult: (_record, options, value) => {
      const { documents } = options as RetrieverOptions;
      return documents === undefined ? value : documents(value as never);
    },
    complete: (record) => {
      const { query } = record.retrieval ?? {};
      if (query !== undefined) record.arguments = withoutQuery(record.arguments, query);
      const documents = retrievedDocuments(record.result);
      if (documents === undefined) return;
      record.retrieval = { ...record.retrieval, documents };
      record.result = undefined;
    },
  },
  options: {
    dataSource: 'a string or a function',
    topK: 'a number or a function',
    query: 'a function',
    documents: 'a function',
    provider: 'a string',
  },
};

/**
 * A search is one span, `retrieval {dataSource}`: the query, the documents with their ids and scores, and how many were
 * asked for. Documents are read from lists of documents, rows, texts and `[document, score]` pairs, and from the results
 * of common vector stores and rerankers; `documents` says where they are in anything else.
 *
 * Throws a `DecotelError` at decoration for anything else than a method or function, and for bad options.
 *
 * ```ts
 * class Library {
 *   @retriever({ dataSource: 'books', topK: (_query: string, limit: number) => limit })
 *   async search(query: string, limit: number) {
 *     return this.books.similaritySearchWithScore(query, limit);
 *   }
 * }
 * ```
 */
export const retriever: CallDecoratorFactory<RetrieverOptions> = callDecorator(family);

function spanName(dataSource: unknown): string {
  const operation = GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL;
  return typeof dataSource === 'string' && dataSource !== '' ? `${operation} ${dataSource}` : operation;
}

function readArguments(record: CallRecord, options: CallOptions, args: readonly unknown[]): void {
  const { name, dataSource, topK, query = queryIn } = options as RetrieverOptions;
  const given = args as never[];
  const retrieval = { ...record.retrieval };
  record.retrieval = retrieval;
  if (typeof dataSource === 'function') {
    retrieval.dataSource = dataSource(...given);
    if (name === undefined) record.spanName = spanName(retrieval.dataSource);
  }
  if (typeof topK === 'function') retrieval.topK = topK(...given);
  const text = snapshot(query(...given));
  if (typeof text === 'string') retrieval.query = text;
}

function queryIn(...[first]: unknown[]): string | undefined {
  if (typeof first === 'string') return first;
  if (typeof first !== 'object' || first === null) return undefined;
  const query: unknown = Object.getOwnPropertyDescriptor(first, 'query')?.value;
  return typeof query === 'string' ? query : undefined;
}

/** What else the method was given: the query is said once. */
function withoutQuery(given: unknown, query: string): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const rest = Object.entries(given).filter(([, value]) => value !== query);
  if (rest.length === 0) return undefined;
  return Array.isArray(given) ? given : Object.fromEntries(rest);
}

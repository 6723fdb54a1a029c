import { retrievedDocuments } from '../core/retrieved-documents.js';
import { shared } from '../core/shared.js';
import { snapshot } from '../core/snapshot.js';
import { startRetrieval, startToolCall, type Call } from '../spans/reported-call.js';
import { HANDLER_NAME, startModelCall } from '../spans/observe-call.js';

/** By the id of its run: a call, and for a chain the call that it runs in. */
const runs = shared<Map<string, Call>>('langchain', () => new Map());

/** What LangChain takes as a callback handler. */
interface CallbackHandler {
  readonly name: string;
  /** LangChain would tell of a run later otherwise, and elsewhere than where it is made. */
  readonly awaitHandlers: boolean;
  handleChatModelStart(model: unknown, messages: unknown[][], runId: string, ...rest: RunDetails): void;
  handleLLMStart(model: unknown, prompts: string[], runId: string, ...rest: RunDetails): void;
  handleLLMNewToken(token: string, index: unknown, runId: string, ...rest: unknown[]): void;
  handleLLMEnd(result: object, runId: string): void;
  handleLLMError(error: unknown, runId: string): void;
  handleToolStart(tool: unknown, input: string, runId: string, parentRunId?: string, ...rest: unknown[]): void;
  handleToolEnd(output: unknown, runId: string): void;
  handleToolError(error: unknown, runId: string): void;
  handleRetrieverStart(retriever: unknown, query: string, runId: string, parentRunId?: string): void;
  handleRetrieverEnd(documents: unknown[], runId: string): void;
  handleRetrieverError(error: unknown, runId: string): void;
  handleChainStart(chain: unknown, inputs: unknown, runId: string, parentRunId?: string): void;
  handleChainEnd(outputs: unknown, runId: string): void;
  handleChainError(error: unknown, runId: string): void;
}

type RunDetails = [parentRunId?: string, extra?: object, tags?: string[], metadata?: object];

/**
 * A callback handler for LangChain: each run of a model is an LLM span, as with `observe(model)`, each run of a tool an
 * `execute_tool` span and each search of a retriever a `retrieval` span. Chains have no span: `@agent` or `@span`
 * on the method that runs one gives it a name of the application's own.
 *
 * `{ ...callbackHandler, ignoreAgent: true }` leaves out tools, for those that are `@tool` methods already;
 * `ignoreRetriever` does so for retrievers.
 *
 * @example
 * await agent.invoke({ messages }, { callbacks: [callbackHandler] });
 */
export const callbackHandler: CallbackHandler = {
  name: HANDLER_NAME,
  awaitHandlers: true,
  handleChatModelStart(model, [messages], runId, parentRunId, extra, _tags, metadata) {
    startRun(runId, () => startModel({ ...extra, messages, metadata }, model, parentRunId));
  },
  handleLLMStart(model, prompts, runId, parentRunId, extra, _tags, metadata) {
    startRun(runId, () => startModel({ ...extra, prompt: prompts, metadata }, model, parentRunId));
  },
  handleLLMNewToken(token, _index, runId, ...[, , fields]) {
    const call = runs.get(runId);
    // Of a stream whose reader leaves, LangChain tells nothing any more.
    if (call?.answer.chunks === 0) call.pending(call.owner, true);
    call?.chunk((fields as { chunk?: object } | undefined)?.chunk ?? token);
  },
  handleLLMEnd(result, runId) {
    const call = endRun(runId);
    // What LangChain adds up of a stream is not always what it cost; some packages keep a usage out of the chunks.
    if (call?.answer.read()?.usage === undefined) call?.resolved(result);
    call?.end('completed');
  },
  handleLLMError: failRun,
  handleToolStart(tool, input, runId, parentRunId, ...[, , runName, callId]) {
    startRun(runId, () => {
      const name = (runName as string | undefined) ?? nameOf(tool);
      const call = startToolCall({ name, type: 'function', callId: callId as string | undefined }, around(parentRunId));
      if (call?.keepsContent === true) call.record.arguments = snapshot(parsed(input));
      return call;
    });
  },
  handleToolEnd(output, runId) {
    const { tool_call_id, content } = (output ?? {}) as { tool_call_id?: unknown; content?: unknown };
    endRun(runId)?.resolved(tool_call_id === undefined ? output : content);
  },
  handleToolError: failRun,
  handleRetrieverStart(_retriever, query, runId, parentRunId) {
    startRun(runId, () => startRetrieval({ query }, around(parentRunId)));
  },
  handleRetrieverEnd(documents, runId) {
    const call = endRun(runId);
    if (call === undefined) return;
    const found = call.keepsContent ? retrievedDocuments(snapshot(documents)) : undefined;
    call.record.retrieval = { ...call.record.retrieval, documents: found };
    call.end('completed');
  },
  handleRetrieverError: failRun,
  handleChainStart(_chain, _inputs, runId, parentRunId) {
    startRun(runId, () => around(parentRunId));
  },
  handleChainEnd: (_outputs, runId) => void runs.delete(runId),
  handleChainError: (_error, runId) => void runs.delete(runId),
};

function startModel(body: object, serialized: unknown, parentRunId: string | undefined): Call | undefined {
  const { metadata, options } = body as { metadata?: object; options?: { signal?: unknown } };
  const client = { serialized, metadata };
  return startModelCall({ body, client, signal: options?.signal, streams: false }, around(parentRunId));
}

function around(parentRunId: string | undefined): Call | undefined {
  return parentRunId === undefined ? undefined : runs.get(parentRunId);
}

/** The same handler may be given to a model and to the call of it. */
function startRun(runId: string, start: () => Call | undefined): void {
  if (runs.has(runId)) return;
  // Runs whose end nobody told.
  for (const [id, { ended }] of runs) {
    if (!ended) break;
    runs.delete(id);
  }
  const call = start();
  if (call !== undefined) runs.set(runId, call);
}

function endRun(runId: string): Call | undefined {
  const call = runs.get(runId);
  runs.delete(runId);
  return call;
}

function failRun(error: unknown, runId: string): void {
  endRun(runId)?.end('error', error);
}

/** Of a serialised tool: `{ id: ['langchain', 'tools', 'DynamicStructuredTool'] }`. */
function nameOf(tool: unknown): string {
  const { name, id } = (tool ?? {}) as { name?: string; id?: string[] };
  return name ?? id?.at(-1) ?? 'tool';
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}

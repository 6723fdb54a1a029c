import type { Findings } from './findings.js';
import { parseMessages } from './messages.js';
import type { Recording } from './recording.js';
import type { SpanView } from './spans.js';

/** What is known of the call besides its recording. */
export interface CallFacts {
  /** The request went through an observed client: it must be on the span. */
  observed: boolean;
  /** What the SDK throws for this recording without decotel. */
  error?: unknown;
  /** How many values the SDK's stream yields. */
  chunks?: number;
  providerName?: string;
  /** The SDK keeps the token counts of this answer to itself: nobody can record them. */
  hidesUsage?: boolean;
  /** The model that is asked, where the body does not name it. */
  model?: string;
}

const STATUS_ERROR = 2;

/** How the call ended, when it was answered and what was asked. */
export function compareCall(findings: Findings, span: SpanView, recording: Recording, facts: CallFacts): void {
  compareEnd(findings, span, facts);
  compareRequest(findings, span, recording, facts);
  compareResponse(findings, span, recording);
  compareTiming(findings, span, recording, facts);
}

function compareEnd(findings: Findings, span: SpanView, { error }: CallFacts): void {
  const failed = error !== undefined;
  const exceptions = span.events.filter(({ name }) => name === 'exception');
  findings.equal('decotel.outcome', failed ? 'error' : 'completed', span.attributes['decotel.outcome']);
  findings.equal('status', failed ? STATUS_ERROR : 0, span.status);
  findings.equal('exception events', failed ? 1 : 0, exceptions.length);
  if (!failed) return findings.equal('error.type', undefined, span.attributes['error.type']);
  const type = span.attributes['error.type'];
  findings.holds('error.type', typeof type === 'string' && type !== '', 'a type', type);
  if (error instanceof Error && exceptions[0] !== undefined) {
    findings.equal('exception.message', error.message, exceptions[0].attributes['exception.message']);
  }
}

function compareRequest(findings: Findings, span: SpanView, recording: Recording, facts: CallFacts): void {
  // Without `observe`, a request that failed before its answer was seen could have been any.
  const isSeen = facts.observed || recording.expect.error === undefined;
  const operation = span.attributes['gen_ai.operation.name'];
  if (isSeen || operation !== 'chat') findings.equal('gen_ai.operation.name', operationOf(recording.shape), operation);
  if (isSeen && facts.providerName !== undefined) {
    findings.equal('gen_ai.provider.name', facts.providerName, span.attributes['gen_ai.provider.name']);
  }
  const { model = facts.model, contents, messages = contents } = recording.request.body;
  const unknown = !isSeen || (!facts.observed && span.attributes['decotel.request.missing'] === true);
  const seenModel = span.attributes['gen_ai.request.model'];
  if (!unknown || seenModel !== undefined) findings.equal('gen_ai.request.model', model, seenModel);
  const seenStream = span.attributes['gen_ai.request.stream'];
  if (!unknown || seenStream !== undefined) {
    findings.equal('gen_ai.request.stream', recording.streaming ? true : undefined, seenStream);
  }
  if (!facts.observed) return;
  findings.equal('decotel.request.missing', undefined, span.attributes['decotel.request.missing']);
  if (Array.isArray(messages)) {
    const input = span.attributes['gen_ai.input.messages'];
    findings.equal('gen_ai.input.messages (number)', messages.length, parseMessages(input)?.length);
  }
}

function compareResponse(findings: Findings, span: SpanView, { expect }: Recording): void {
  findings.equal('gen_ai.response.id', expect.response_id ?? undefined, span.attributes['gen_ai.response.id']);
  findings.equal('gen_ai.response.model', expect.response_model ?? undefined, span.attributes['gen_ai.response.model']);
  findings.equal(
    'gen_ai.response.finish_reasons',
    expect.finish_reasons ?? [],
    span.attributes['gen_ai.response.finish_reasons'] ?? [],
  );
  findings.equal(
    'gen_ai.embeddings.dimension.count',
    expect.embedding_dimensions,
    span.attributes['gen_ai.embeddings.dimension.count'],
  );
}

const OPERATIONS: Record<string, string> = {
  completions: 'text_completion',
  embeddings: 'embeddings',
  google: 'generate_content',
  google_embed: 'embeddings',
  interactions: 'generate_content',
  cohere_embed: 'embeddings',
  cohere_rerank: 'retrieval',
  ollama_gen: 'text_completion',
};

/** `gen_ai.operation.name` of a wire shape. */
export function operationOf(shape: string): string {
  return OPERATIONS[shape] ?? 'chat';
}

function compareTiming(findings: Findings, span: SpanView, { streaming, expect }: Recording, facts: CallFacts): void {
  const first = span.attributes['gen_ai.response.time_to_first_chunk'];
  const streamed = streaming && expect.error === undefined;
  if (streamed) {
    findings.holds('gen_ai.response.time_to_first_chunk', typeof first === 'number' && first > 0, 'seconds', first);
  } else findings.equal('gen_ai.response.time_to_first_chunk', undefined, first);
  const chunks = streamed ? facts.chunks : undefined;
  findings.equal('decotel.stream.chunks', chunks, span.attributes['decotel.stream.chunks']);
}

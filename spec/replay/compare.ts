import { compareCall, type CallFacts } from './compare-call.js';
import { compareContent } from './compare-content.js';
import { compareUsage } from './compare-usage.js';
import { Findings, type Finding } from './findings.js';
import type { Recording } from './recording.js';
import type { SpanView } from './spans.js';

const LLM_OPERATIONS = new Set<unknown>(['chat', 'text_completion', 'generate_content', 'embeddings', 'retrieval']);

export function isLlmSpan(span: SpanView): boolean {
  return LLM_OPERATIONS.has(span.attributes['gen_ai.operation.name']);
}

function withoutUsage({ expect, ...recording }: Recording): Recording {
  return { ...recording, expect: { ...expect, input_tokens: null, output_tokens: null, usage_raw: undefined } };
}

/** Compares the spans of one call with what its recording says. No finding: they agree. */
export function compare(spans: readonly SpanView[], recording: Recording, facts: CallFacts): Finding[] {
  const findings = new Findings();
  const llmSpans = spans.filter(isLlmSpan);
  if (llmSpans.length !== 1 || llmSpans[0] === undefined) {
    findings.add(
      'LLM spans',
      1,
      `${llmSpans.length} (${llmSpans.map(({ scope, name }) => `${scope}: ${name}`).join(', ')})`,
    );
    return findings.list;
  }
  const [span] = llmSpans;
  findings.equal('instrumentation scope', 'decotel', span.scope);
  compareCall(findings, span, recording, facts);
  compareUsage(findings, span, facts.hidesUsage === true ? withoutUsage(recording) : recording);
  compareContent(findings, span, recording);
  return findings.list;
}

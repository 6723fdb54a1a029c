import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { finishedCall } from '../core/finished.js';
import { reportFailure } from '../core/report.js';
import { isRecord, type OptionRule, type OptionRules } from './check-options.js';

/**
 * Which spans a destination takes. `llm`: those that decotel makes and those of others that say so in their attributes
 * or their scope. A function is asked when a span starts, again when a span below it ends, and when it ends itself, until
 * it says yes; one that throws takes nothing.
 */
export type SpanChoice = 'all' | 'llm' | ((span: ReadableSpan) => boolean);

/** Names of instrumentation scopes; one that ends in `*` means all that start like it. */
export type ScopeChoice = { readonly only: readonly string[] } | { readonly exclude: readonly string[] };

export interface ChoiceOptions {
  /**
   * Which spans it takes. Those whose parent is left out hang below their nearest ancestor that is taken. Default `all`,
   * but `llm` for `langfuse()` and `confident()`.
   */
  spans?: SpanChoice;
  /** Leaves out spans by the name of their instrumentation scope, or takes only those. */
  scopes?: ScopeChoice;
}

const names: OptionRule = {
  expected: 'an array of scope names',
  accepts: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== ''),
};

export const CHOICE_RULES: OptionRules = {
  spans: {
    expected: '"all", "llm" or a function',
    accepts: (value) => value === 'all' || value === 'llm' || typeof value === 'function',
  },
  scopes: {
    expected: 'an object, either { only } or { exclude }',
    accepts: (value) => isRecord(value) && 'only' in value !== 'exclude' in value,
    inside: { only: names, exclude: names },
  },
};

/** Undefined where every span is taken. Never throws. */
export function spanTest({ spans = 'all', scopes }: ChoiceOptions): ((span: ReadableSpan) => boolean) | undefined {
  if (spans === 'all' && scopes === undefined) return undefined;
  return (span) => {
    try {
      if (scopes !== undefined && !isOfScopes(span, scopes)) return false;
      if (spans === 'all') return true;
      return spans === 'llm' ? isLlmSpan(span) : spans(span);
    } catch (failure) {
      reportFailure('the choice of spans failed; the span is left out', failure);
      return false;
    }
  };
}

function isOfScopes(span: ReadableSpan, scopes: ScopeChoice): boolean {
  const { name } = span.instrumentationScope;
  const isIn = (patterns: readonly string[]): boolean => patterns.some((pattern) => matches(name, pattern));
  return 'only' in scopes ? isIn(scopes.only) : !isIn(scopes.exclude);
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Our own, the scope of the AI SDK, and instrumentations of model SDKs as they name themselves. */
const SCOPES =
  /^(?:decotel|ai|langfuse-sdk|langsmith|litellm)$|^openinference|^@?opentelemetry[./]instrumentation[.-]openai/i;

/** Namespaces of the conventions and backends that describe model calls. */
const KEYS = /^(?:gen_ai|llm|openinference|langfuse|confident|traceloop|mirascope)\./;

export function isLlmSpan(span: ReadableSpan): boolean {
  if (finishedCall(span) !== undefined || SCOPES.test(span.instrumentationScope.name)) return true;
  for (const key in span.attributes) if (KEYS.test(key)) return true;
  return false;
}

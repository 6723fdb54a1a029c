import type { Findings } from './findings.js';
import { formulaOf, rawNumbers } from './formulas.js';
import { bodyOf, type Recording } from './recording.js';
import type { SpanView } from './spans.js';

const OWN = 'decotel.usage.';

export function compareUsage(findings: Findings, span: SpanView, recording: Recording): void {
  const { shape, expect } = recording;
  const mayBeMissing = isKeptBack(recording);
  const formula = formulaOf(shape);
  const counts = {
    'gen_ai.usage.input_tokens': formula.input(expect),
    'gen_ai.usage.output_tokens': formula.output(expect),
    'gen_ai.usage.cache_read.input_tokens': formula.cacheRead(expect),
    'gen_ai.usage.cache_creation.input_tokens': formula.cacheCreation(expect),
    'gen_ai.usage.reasoning.output_tokens': formula.reasoning(expect),
  };
  const same = (key: string, expected: unknown): void => {
    const actual = span.attributes[key];
    if (actual !== undefined || !mayBeMissing) findings.equal(key, expected, actual);
  };
  for (const [key, count] of Object.entries(counts)) same(key, count ?? undefined);

  const numbers = rawNumbers(expect.usage_raw);
  const claimed = new Set(formula.claims(expect));
  const keys = Object.keys(span.attributes);
  // Counts have to be there. A fraction (a cost, a duration) and a number that is said under its convention may be.
  const paths = new Set([
    ...Object.keys(numbers).filter((path) => !claimed.has(path) && Number.isInteger(numbers[path])),
    ...keys.filter((key) => key.startsWith(OWN)).map((key) => key.slice(OWN.length)),
  ]);
  for (const path of paths) same(OWN + path, numbers[path]);
  for (const key of keys) {
    if (key.startsWith('gen_ai.usage.') && !(key in counts)) findings.add(key, undefined, span.attributes[key]);
  }
}

/**
 * Counts that the SDK shows to nobody: those that came with an error in a stream or after it, and those that stand only
 * in the headers of a Bedrock answer whose body counts nothing.
 */
function isKeptBack({ shape, streaming, response, expect }: Recording): boolean {
  if (expect.stream_error !== undefined) return true;
  return shape === 'invoke' && !streaming && !/"\w*token\w*"\s*:/i.test(bodyOf(response).toString());
}

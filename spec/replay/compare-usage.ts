import type { Findings } from './findings.js';
import { formulaOf, rawNumbers } from './formulas.js';
import type { Recording } from './recording.js';
import type { SpanView } from './spans.js';

const OWN = 'decotel.usage.';

export function compareUsage(findings: Findings, span: SpanView, { shape, expect }: Recording): void {
  const formula = formulaOf(shape);
  const counts = {
    'gen_ai.usage.input_tokens': formula.input(expect),
    'gen_ai.usage.output_tokens': formula.output(expect),
    'gen_ai.usage.cache_read.input_tokens': formula.cacheRead(expect),
    'gen_ai.usage.cache_creation.input_tokens': formula.cacheCreation(expect),
    'gen_ai.usage.reasoning.output_tokens': formula.reasoning(expect),
  };
  for (const [key, count] of Object.entries(counts)) findings.equal(key, count ?? undefined, span.attributes[key]);

  const numbers = rawNumbers(expect.usage_raw);
  const claimed = new Set(formula.claims(expect));
  const keys = Object.keys(span.attributes);
  // A number that is said under its convention may stand under its own name too, if it is the provider's.
  const paths = new Set([
    ...Object.keys(numbers).filter((path) => !claimed.has(path)),
    ...keys.filter((key) => key.startsWith(OWN)).map((key) => key.slice(OWN.length)),
  ]);
  for (const path of paths) findings.equal(OWN + path, numbers[path], span.attributes[OWN + path]);
  for (const key of keys) {
    if (key.startsWith('gen_ai.usage.') && !(key in counts)) findings.add(key, undefined, span.attributes[key]);
  }
}

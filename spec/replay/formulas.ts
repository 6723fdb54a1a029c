import type { Expectation } from './recording.js';

/**
 * From a provider's own numbers to the conventions, per wire shape, as `docs/replay.md` states it. Written a second
 * time on purpose: nothing here comes from `src/`.
 */
export interface Formula {
  input(numbers: Expectation): Count;
  output(numbers: Expectation): Count;
  cacheRead(numbers: Expectation): Count;
  cacheCreation(numbers: Expectation): Count;
  reasoning(numbers: Expectation): Count;
  /** The members of `usage_raw` that are one of these as they are. What is left has no convention. */
  claims(numbers: Expectation): readonly string[];
}

/** Absent or null where the provider did not send it: such a count is not recorded, and never 0. */
export type Count = number | null | undefined;

const AS_REPORTED: Omit<Formula, 'claims'> = {
  input: (numbers) => numbers.input_tokens,
  output: (numbers) => numbers.output_tokens,
  cacheRead: (numbers) => numbers.cached_tokens,
  cacheCreation: (numbers) => numbers.cache_creation_tokens,
  reasoning: (numbers) => numbers.reasoning_tokens,
};

const CHAT: Formula = {
  ...AS_REPORTED,
  cacheCreation: (numbers) => raw(numbers, 'prompt_tokens_details.cache_write_tokens'),
  claims: () => [
    'prompt_tokens',
    'completion_tokens',
    'prompt_tokens_details.cached_tokens',
    // DeepSeek's and Mistral's names of the same count; they send both.
    'prompt_cache_hit_tokens',
    'num_cached_tokens',
    'prompt_tokens_details.cache_write_tokens',
    'completion_tokens_details.reasoning_tokens',
  ],
};

const RESPONSES: Formula = {
  ...AS_REPORTED,
  cacheCreation: (numbers) => raw(numbers, 'input_tokens_details.cache_write_tokens'),
  claims: () => [
    'input_tokens',
    'output_tokens',
    'input_tokens_details.cached_tokens',
    'input_tokens_details.cache_write_tokens',
    'output_tokens_details.reasoning_tokens',
  ],
};

/** The provider's input count leaves out what was read from and written to a cache. */
const CACHE_OUTSIDE_INPUT: Omit<Formula, 'claims'> = {
  ...AS_REPORTED,
  input: (numbers) => plus(numbers.input_tokens, numbers.cached_tokens, numbers.cache_creation_tokens),
};

const ANTHROPIC_CLAIMS = [
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens_details.thinking_tokens',
];

const CONVERSE_CLAIMS = [
  'outputTokens',
  'cacheReadInputTokens',
  'cacheWriteInputTokens',
  // The same numbers under the names of an older protocol version.
  'cacheReadInputTokenCount',
  'cacheWriteInputTokenCount',
];

/** The conventions let billed counts win over consumed ones. */
const COHERE: Formula = {
  ...AS_REPORTED,
  input: (numbers) => numbers.billed_input_tokens ?? numbers.input_tokens,
  output: (numbers) => numbers.billed_output_tokens ?? numbers.output_tokens,
  reasoning: (numbers) => raw(numbers, 'tokens.reasoning_tokens'),
  claims: (numbers) => [
    numbers.billed_input_tokens == null ? 'tokens.input_tokens' : 'billed_units.input_tokens',
    numbers.billed_output_tokens == null ? 'tokens.output_tokens' : 'billed_units.output_tokens',
    'tokens.reasoning_tokens',
    'cached_tokens',
  ],
};

const OLLAMA: Formula = { ...AS_REPORTED, claims: () => ['prompt_eval_count', 'eval_count'] };

const FORMULAS: Record<string, Formula> = {
  chat: CHAT,
  completions: CHAT,
  // The conventions know no output of an embeddings call; some servers send a 0.
  embeddings: { ...CHAT, output: () => undefined, claims: () => ['prompt_tokens'] },
  responses: RESPONSES,
  anthropic: { ...CACHE_OUTSIDE_INPUT, claims: () => ANTHROPIC_CLAIMS },
  google: {
    ...AS_REPORTED,
    input: (numbers) => plus(numbers.input_tokens, numbers.tool_use_prompt_tokens),
    output: (numbers) => either(numbers.output_tokens, numbers.reasoning_tokens),
    claims: () => ['cachedContentTokenCount', 'thoughtsTokenCount'],
  },
  google_embed: { ...AS_REPORTED, output: () => undefined, claims: () => ['promptTokenCount'] },
  interactions: {
    ...AS_REPORTED,
    input: (numbers) => plus(numbers.input_tokens, raw(numbers, 'total_tool_use_tokens')),
    output: (numbers) => either(numbers.output_tokens, numbers.reasoning_tokens),
    claims: () => ['total_cached_tokens', 'total_thought_tokens'],
  },
  converse: { ...CACHE_OUTSIDE_INPUT, claims: () => CONVERSE_CLAIMS },
  invoke: {
    ...CACHE_OUTSIDE_INPUT,
    // A body of OpenAI's form counts cached tokens in.
    input: (numbers) =>
      raw(numbers, 'prompt_tokens') === undefined ? CACHE_OUTSIDE_INPUT.input(numbers) : numbers.input_tokens,
    claims: (numbers) => [...ANTHROPIC_CLAIMS, ...CONVERSE_CLAIMS, ...CHAT.claims(numbers)],
  },
  cohere2: COHERE,
  cohere1: COHERE,
  cohere_embed: COHERE,
  cohere_rerank: COHERE,
  ollama_chat: OLLAMA,
  ollama_gen: OLLAMA,
};

/** The formula of a wire shape; a shape nobody wrote one for has its numbers as they are. */
export function formulaOf(shape: string): Formula {
  return FORMULAS[shape] ?? { ...AS_REPORTED, claims: () => [] };
}

/** The numbers in `usage_raw` by path. Lists (per modality, per iteration) repeat what the rest says. */
export function rawNumbers(usage: unknown, path = ''): Record<string, number> {
  if (typeof usage === 'number') return { [path]: usage };
  if (typeof usage !== 'object' || usage === null || Array.isArray(usage)) return {};
  const numbers: Record<string, number> = {};
  for (const [name, member] of Object.entries(usage)) {
    Object.assign(numbers, rawNumbers(member, path === '' ? name : `${path}.${name}`));
  }
  return numbers;
}

function raw(numbers: Expectation, path: string): number | undefined {
  return rawNumbers(numbers.usage_raw)[path];
}

/** `count` and what the provider reports beside it; absent where `count` is. */
function plus(count: Count, ...others: Count[]): Count {
  return typeof count === 'number' ? others.reduce<number>((sum, other) => sum + (other ?? 0), count) : count;
}

/** The sum of what is there; absent where neither is. */
function either(one: Count, other: Count): Count {
  return typeof one === 'number' ? one + (other ?? 0) : other;
}

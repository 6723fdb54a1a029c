import {
  GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC,
  GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK,
  GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_INFERENCE,
  GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI,
  GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI,
  GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI,
  GEN_AI_PROVIDER_NAME_VALUE_COHERE,
  GEN_AI_PROVIDER_NAME_VALUE_GROQ,
  GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI,
  GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
} from '../semconv/gen-ai.js';

/**
 * Ends of the hosts of the APIs that the conventions (v1.41.1, `gen_ai.provider.name`) have a name for, and of a few
 * others under a name of their own. A dot stands before each: below it are regions, and resources of an account.
 */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/\.api\.openai\.com$/, GEN_AI_PROVIDER_NAME_VALUE_OPENAI],
  [/\.api\.anthropic\.com$/, GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC],
  [/\.(openai\.azure\.(com|us)|cognitiveservices\.azure\.com)$/, GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI],
  [/\.(services|inference|models)\.ai\.azure\.com$/, GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_INFERENCE],
  [/\.generativelanguage\.googleapis\.com$/, GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI],
  [/[.-]aiplatform(\.[a-z0-9-]+\.rep)?\.googleapis\.com$/, GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI],
  [
    /\.bedrock(-[a-z-]+)?\.[a-z0-9-]+\.(vpce\.)?(amazonaws\.com(\.cn)?|api\.aws)$/,
    GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK,
  ],
  [/\.api\.groq\.com$/, GEN_AI_PROVIDER_NAME_VALUE_GROQ],
  [/\.mistral\.ai$/, GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI],
  [/\.api\.cohere\.(com|ai)$/, GEN_AI_PROVIDER_NAME_VALUE_COHERE],
  [/\.api\.deepseek\.com$/, 'deepseek'],
  [/\.api\.x\.ai$/, 'x_ai'],
  [/\.api\.perplexity\.ai$/, 'perplexity'],
  [/\.(ml\.cloud|wxai)\.ibm\.com$/, 'ibm.watsonx.ai'],
  // Not in the conventions.
  [/\.openrouter\.ai$/, 'openrouter'],
  [/\.((router|api-inference)\.huggingface\.co|endpoints\.huggingface\.cloud)$/, 'huggingface'],
  [/\.api\.voyageai\.com$/, 'voyageai'],
];

/** `gen_ai.provider.name` of who answers at `hostname`; undefined where that cannot be told (proxies, loopback). */
export function providerForHost(hostname: string): string | undefined {
  const host = `.${hostname.toLowerCase().replace(/\.$/, '')}`;
  return PROVIDERS.find(([end]) => end.test(host))?.[1];
}

/** The same of a whole URL: Azure OpenAI is known by its paths behind any gateway. */
export function providerForUrl({ hostname, pathname }: URL): string | undefined {
  if (pathname.includes('/openai/deployments/')) return GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI;
  return providerForHost(hostname);
}

/** The same of the address that a client was given; undefined where it is none. */
export function providerForAddress(address: unknown): string | undefined {
  return typeof address === 'string' && URL.canParse(address) ? providerForUrl(new URL(address)) : undefined;
}

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
 * Hosts of the APIs that the conventions (v1.41.1, `gen_ai.provider.name`) have a name for, and of a few others under
 * a name of their own. A host stands for itself and for what is below it: regions, resources of an account.
 */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['api.openai.com', GEN_AI_PROVIDER_NAME_VALUE_OPENAI],
  ['api.anthropic.com', GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC],
  ['openai.azure.com', GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI],
  ['openai.azure.us', GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI],
  ['cognitiveservices.azure.com', GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI],
  ['services.ai.azure.com', GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_INFERENCE],
  ['inference.ai.azure.com', GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_INFERENCE],
  ['models.ai.azure.com', GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_INFERENCE],
  ['generativelanguage.googleapis.com', GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI],
  ['aiplatform.googleapis.com', GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI],
  ['api.groq.com', GEN_AI_PROVIDER_NAME_VALUE_GROQ],
  ['api.deepseek.com', 'deepseek'],
  ['mistral.ai', GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI],
  ['api.x.ai', 'x_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.cohere.com', GEN_AI_PROVIDER_NAME_VALUE_COHERE],
  ['api.cohere.ai', GEN_AI_PROVIDER_NAME_VALUE_COHERE],
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
  ['wxai.ibm.com', 'ibm.watsonx.ai'],
  // Not in the conventions.
  ['openrouter.ai', 'openrouter'],
  ['router.huggingface.co', 'huggingface'],
  ['api-inference.huggingface.co', 'huggingface'],
  ['endpoints.huggingface.cloud', 'huggingface'],
  ['api.voyageai.com', 'voyageai'],
]);

/** Hosts whose region is not a label of its own, or stands in the middle. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /^(.+\.)?bedrock(-[a-z-]+)?\.[a-z0-9-]+\.(vpce\.)?(amazonaws\.com(\.cn)?|api\.aws)$/,
    GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK,
  ],
  [
    /^[a-z0-9-]+-aiplatform\.googleapis\.com$|^aiplatform\.[a-z0-9-]+\.rep\.googleapis\.com$/,
    GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI,
  ],
];

/** `gen_ai.provider.name` of who answers at `hostname`; undefined where that cannot be told (proxies, loopback). */
export function providerForHost(hostname: string): string | undefined {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  for (let rest = host, dot = 0; dot >= 0; rest = rest.slice(dot + 1)) {
    const name = PROVIDERS.get(rest);
    if (name !== undefined) return name;
    dot = rest.indexOf('.');
  }
  return PATTERNS.find(([pattern]) => pattern.test(host))?.[1];
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

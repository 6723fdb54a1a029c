import {
  GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK,
  GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI,
  GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI,
  GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI,
  GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI,
} from '../semconv/gen-ai.js';
import { asName } from './json.js';

/** What is in the names that frameworks give their packages for a provider, where the conventions say otherwise. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/vertex/, GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI],
  [/google|gemini/, GEN_AI_PROVIDER_NAME_VALUE_GCP_GEMINI],
  [/bedrock/, GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK],
  [/azure/, GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI],
  [/mistral/, GEN_AI_PROVIDER_NAME_VALUE_MISTRAL_AI],
  [/^xai/, 'x_ai'],
];

/** `gen_ai.provider.name`: `openai.responses` is `openai`, `google-genai` is `gcp.gemini`. */
export function providerOfPackage(packageName: unknown): string | undefined {
  const name = asName(packageName)?.toLowerCase();
  return name && (NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? name.split('.', 1)[0]);
}

/**
 * Well-known secrets, as one pattern. Each alternative is open-ended, so that a secret whose end was cut off is still
 * recognised. Formats as their issuers document them.
 */
const SECRETS = new RegExp(
  [
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
    // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), Langfuse (sk-lf-), DeepSeek
    String.raw`\bsk-[A-Za-z0-9_-]{16,}`,
    // Groq, xAI, Perplexity, Hugging Face, Replicate, Tavily
    String.raw`\b(?:gsk_|xai-|pplx-|hf_|r8_|tvly-)[A-Za-z0-9-]{16,}`,
    // AWS access key ids
    String.raw`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
    String.raw`\baws_secret_access_key["']?\s*[:=]\s*["']?[A-Za-z0-9/+=]{16,}`,
    // Google API keys and OAuth tokens
    String.raw`\bAIza[0-9A-Za-z_-]{20,}`,
    String.raw`\bya29\.[0-9A-Za-z_-]{16,}`,
    // GitHub, GitLab, npm, PyPI
    String.raw`\bgh[pousr]_[A-Za-z0-9]{16,}`,
    String.raw`\bgithub_pat_[A-Za-z0-9_]{16,}`,
    String.raw`\bglpat-[A-Za-z0-9_-]{16,}`,
    String.raw`\bnpm_[A-Za-z0-9]{24,}`,
    String.raw`\bpypi-[A-Za-z0-9_-]{24,}`,
    // Slack, Stripe, SendGrid
    String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
    String.raw`\b[srp]k_(?:live|test)_[0-9A-Za-z]{12,}`,
    String.raw`\bSG\.[A-Za-z0-9_-]{16,}`,
    // JSON Web Tokens
    String.raw`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`,
  ].join('|'),
  'g',
);

/** Credentials whose surroundings stay readable: a scheme before, a host after. */
const CREDENTIALS: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/-]{16,}=*/g, '$1 [masked]'],
  [/(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g, '$1[masked]'],
  // Environments and forms.
  [
    /\b((?:password|passwd|passphrase|api_?key|access_token|refresh_token|client_secret)\s*=\s*)[^\s&"',;]{6,}/gi,
    '$1[masked]',
  ],
  // JSON inside a text: the result of a tool.
  [
    /("(?:password|passwd|passphrase|secret|api_?key|authorization|access_token|refresh_token|client_secret|private_key)"\s*:\s*")[^"]+/gi,
    '$1[masked]',
  ],
];

/** The shortest text that can hold one of them. */
const SHORTEST_SECRET = 12;

/** Members whose text is a secret whatever it looks like. */
const SECRET_MEMBER =
  /^(?:pass(?:word|wd|phrase)|secret|api[-_]?key|x-api-key|(?:proxy-)?authorization|(?:set-)?cookie|(?:access|refresh|auth|session|id)[-_]?token|private[-_]?key|client[-_]?secret|credentials?)$/i;

export const MASKED = '[masked]';

export function maskSecrets(text: string): string {
  if (text.length < SHORTEST_SECRET) return text;
  let masked = text.replace(SECRETS, MASKED);
  for (const [pattern, replacement] of CREDENTIALS) masked = masked.replace(pattern, replacement);
  return masked;
}

export function isSecretMember(name: string): boolean {
  return name.length >= 6 && name.length <= 20 && SECRET_MEMBER.test(name);
}

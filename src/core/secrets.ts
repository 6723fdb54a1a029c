/**
 * Well-known secrets, as one pattern. Each alternative is open-ended, so that a secret whose end was cut off is still
 * recognised. Formats as their issuers document them.
 */
const SECRETS = new RegExp(
  [
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
    // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), Langfuse (sk-lf-), DeepSeek; GitHub, GitLab; SendGrid; Google's OAuth
    String.raw`\b(?:sk-|github_pat_|glpat-|SG\.|ya29\.)[\w-]{16,}`,
    // Groq, xAI, Perplexity, Hugging Face, Replicate, Tavily
    String.raw`\b(?:gsk_|xai-|pplx-|hf_|r8_|tvly-)[A-Za-z0-9-]{16,}`,
    // AWS access key ids
    String.raw`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
    String.raw`\baws_secret_access_key["']?\s*[:=]\s*["']?[\w/+=]{16,}`,
    // Google API keys, PyPI
    String.raw`\bAIza[\w-]{20,}`,
    String.raw`\bpypi-[\w-]{24,}`,
    // GitHub, npm
    String.raw`\bgh[pousr]_[A-Za-z0-9]{16,}`,
    String.raw`\bnpm_[A-Za-z0-9]{24,}`,
    // Slack, Stripe
    String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
    String.raw`\b[srp]k_(?:live|test)_[0-9A-Za-z]{12,}`,
    // JSON Web Tokens. Of any length only at the start of a word: hyphens are part of one, and each would be a start.
    String.raw`(?:(?<![\w-])eyJ[\w-]{8,}|\beyJ[\w-]{8,512})\.[\w-]{4,}(?:\.[\w-]*)?`,
  ].join('|'),
  'g',
);

/** How names end whose value is a secret whatever it looks like: `DB_PASSWORD`, `openaiApiKey`, `secretAccessKey`. */
const SECRET_NAME =
  'pass(?:word|wd|phrase)|secret|api[-_]?key|authorization|cookie|(?:access|refresh|auth|session|id)[-_]?token|' +
  'private[-_]?key|secret[-_]?access[-_]?key|credentials?';
const LONGEST_NAME = 40;

/** Credentials whose surroundings stay readable: a scheme or a name before, a host after. */
const CREDENTIALS = [
  /\b((?:Bearer|Basic) +)[\w.~+/-]{16,}=*/g,
  // Passwords may hold an `@` that nobody encoded.
  /(:\/\/[^\s/:@]*:)[^\s/@]+(?:@[^\s/@"',;<>]+)*(?=@)/g,
  // Environments and forms.
  new RegExp(String.raw`((?:\b|_)(?:${SECRET_NAME})\s*=\s*)(?:"[^"\n]+"?|'[^'\n]+'?|[^\s&"',;]{6,})`, 'gi'),
  // JSON inside a text: the result of a tool.
  new RegExp(String.raw`("[\w-]{0,${LONGEST_NAME}}(?:${SECRET_NAME})"\s*:\s*")(?:[^"\\]+|\\[^])+`, 'gi'),
  // JSON inside of that: the body of an answer, as a tool hands it on. Each quote has backslashes before it.
  new RegExp(
    String.raw`((\\{1,7})"[\w-]{0,${LONGEST_NAME}}(?:${SECRET_NAME})\2"\s*:\s*\2")[^]+?(?=(?<!\\)\2"|$)`,
    'gi',
  ),
];

/** The shortest text that can hold one of them. */
const SHORTEST_SECRET = 12;

const SECRET_MEMBER = new RegExp(`(?:${SECRET_NAME})$`, 'i');

export const MASKED = '[masked]';

export function maskSecrets(text: string): string {
  if (text.length < SHORTEST_SECRET) return text;
  let masked = text.replace(SECRETS, MASKED);
  for (const pattern of CREDENTIALS) masked = masked.replace(pattern, `$1${MASKED}`);
  return masked;
}

/** Of a member, an attribute or a variable: its text is a secret whatever it looks like. */
export function isSecretMember(name: string): boolean {
  return name.length >= 6 && name.length <= LONGEST_NAME && SECRET_MEMBER.test(name);
}

import { DecotelError } from '../core/decotel-error.js';
import { langfuse as langfuseDialect } from '../dialects/langfuse.js';
import { oneOf, text } from './check-options.js';
import { checkDestination, type Destination } from './destination.js';
import { isUrl, sender, SENDING_RULES, tracesUrl, unableToSend, url, type SendingOptions } from './otlp-sender.js';
import { numberVariable, textVariable } from './variables.js';

export interface LangfuseOptions extends SendingOptions {
  /** Default `LANGFUSE_PUBLIC_KEY`. */
  publicKey?: string;
  /** Default `LANGFUSE_SECRET_KEY`. */
  secretKey?: string;
  /**
   * Of one's own Langfuse (3.22 or later). Default: the region's, else `LANGFUSE_BASE_URL`, `LANGFUSE_BASEURL` or
   * `LANGFUSE_HOST`, else that of the region `eu`.
   */
  baseUrl?: string;
  /** Of Langfuse's cloud. */
  region?: keyof typeof REGIONS;
  /** Default `LANGFUSE_TRACING_ENVIRONMENT`, else what Langfuse reads: `deployment.environment.name` of the resource. */
  environment?: string;
  /** Default `LANGFUSE_RELEASE`. */
  release?: string;
}

const REGIONS = {
  eu: 'https://cloud.langfuse.com',
  us: 'https://us.cloud.langfuse.com',
  jp: 'https://jp.cloud.langfuse.com',
  hipaa: 'https://hipaa.cloud.langfuse.com',
} as const;

/** Keys of Langfuse's OpenTelemetry intake, as of its SDK 5; read from the resource where a span has none. */
const ATTR_ENVIRONMENT = 'langfuse.environment';
const ATTR_RELEASE = 'langfuse.release';

const RULES = {
  publicKey: text,
  secretKey: text,
  baseUrl: url,
  region: oneOf(...Object.keys(REGIONS)),
  environment: text,
  release: text,
  ...SENDING_RULES,
};

/**
 * Sends LLM spans (`spans: 'all'`: all) to Langfuse, in its dialect. The variables of Langfuse's SDKs apply, with
 * `LANGFUSE_FLUSH_AT` (spans), `LANGFUSE_FLUSH_INTERVAL` and `LANGFUSE_TIMEOUT` (seconds). Without both keys it says so
 * once through `diag` and sends nothing.
 *
 * ```ts
 * configure({ processors: [langfuse({ region: 'us' })] });
 * ```
 *
 * Throws a `DecotelError` for options that it does not take.
 */
export function langfuse(options: LangfuseOptions = {}): Destination {
  checkDestination('langfuse()', options, RULES);
  if (options.region !== undefined && options.baseUrl !== undefined)
    throw new DecotelError('langfuse(): region and baseUrl both say where to send. Give one of them.');
  const publicKey = options.publicKey ?? textVariable('LANGFUSE_PUBLIC_KEY');
  const secretKey = options.secretKey ?? textVariable('LANGFUSE_SECRET_KEY');
  if (publicKey === undefined || secretKey === undefined) {
    const missing = publicKey === undefined ? 'publicKey (LANGFUSE_PUBLIC_KEY)' : 'secretKey (LANGFUSE_SECRET_KEY)';
    return unableToSend('langfuse', `${missing} is missing`);
  }
  const base = baseUrl(options);
  if (!isUrl(base)) return unableToSend('langfuse', `LANGFUSE_BASE_URL or LANGFUSE_HOST is no URL: ${base}`);
  return sender(
    {
      name: 'langfuse',
      url: tracesUrl(base, '/api/public/otel/v1/traces'),
      headers: {
        authorization: `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`,
        'x-langfuse-ingestion-version': '4',
      },
      dialect: langfuseDialect,
      spans: 'llm',
      resource: resourceOf(options),
    },
    { ...options, timeoutMs: options.timeoutMs ?? milliseconds('LANGFUSE_TIMEOUT'), batch: batchOf(options) },
  );
}

function baseUrl({ baseUrl: given, region }: LangfuseOptions): string {
  if (region !== undefined) return REGIONS[region];
  return given ?? textVariable('LANGFUSE_BASE_URL', 'LANGFUSE_BASEURL', 'LANGFUSE_HOST') ?? REGIONS.eu;
}

function resourceOf(options: LangfuseOptions): (() => Record<string, string>) | undefined {
  const environment = options.environment ?? textVariable('LANGFUSE_TRACING_ENVIRONMENT');
  const release = options.release ?? textVariable('LANGFUSE_RELEASE');
  if (environment === undefined && release === undefined) return undefined;
  const attributes = {
    ...(environment !== undefined && { [ATTR_ENVIRONMENT]: environment }),
    ...(release !== undefined && { [ATTR_RELEASE]: release }),
  };
  return () => attributes;
}

function batchOf({ batch }: LangfuseOptions): LangfuseOptions['batch'] {
  if (batch === false) return false;
  return {
    ...batch,
    batchSpans: batch?.batchSpans ?? numberVariable('LANGFUSE_FLUSH_AT', undefined),
    delayMs: batch?.delayMs ?? milliseconds('LANGFUSE_FLUSH_INTERVAL'),
  };
}

function milliseconds(variable: string): number | undefined {
  const seconds = numberVariable(variable, undefined);
  return seconds && seconds * 1000;
}

import { ATTR_DEPLOYMENT_ENVIRONMENT_NAME } from '../semconv/core.js';
import { confident as confidentDialect } from '../dialects/confident.js';
import { text } from './check-options.js';
import { checkDestination, type Destination } from './destination.js';
import {
  isUrl,
  resourceAttribute,
  sender,
  SENDING_RULES,
  tracesUrl,
  unableToSend,
  url,
  type SendingOptions,
} from './otlp-sender.js';
import { textVariable } from './variables.js';

export interface ConfidentOptions extends SendingOptions {
  /** Default `CONFIDENT_API_KEY`. */
  apiKey?: string;
  /** Default `CONFIDENT_OTEL_URL`, else by the key: one that starts with `confident_eu_` is for Europe. */
  url?: string;
  /**
   * `confident.trace.environment`, for instance `production`. Default `CONFIDENT_TRACE_ENVIRONMENT`, else the resource's,
   * else its `deployment.environment.name`.
   */
  environment?: string;
}

const ENDPOINT = 'https://otel.confident-ai.com';
const ENDPOINT_EU = 'https://eu.otel.confident-ai.com';

/** Of deepeval's exporter, 2026: on the resource it beats that of the spans. */
const ATTR_ENVIRONMENT = 'confident.trace.environment';

/**
 * Sends LLM spans (`spans: 'all'`: all) to Confident AI, in its dialect. Without a key it says so once through `diag` and
 * sends nothing.
 *
 * ```ts
 * configure({ environment: 'staging', processors: [confident()] });
 * ```
 *
 * Throws a `DecotelError` for options that it does not take.
 */
export function confident(options: ConfidentOptions = {}): Destination {
  checkDestination('confident()', options, { apiKey: text, url, environment: text, ...SENDING_RULES });
  const apiKey = options.apiKey ?? textVariable('CONFIDENT_API_KEY');
  if (apiKey === undefined) return unableToSend('confident', 'apiKey (CONFIDENT_API_KEY) is missing');
  const byKey = apiKey.startsWith('confident_eu_') ? ENDPOINT_EU : ENDPOINT;
  const base = options.url ?? textVariable('CONFIDENT_OTEL_URL') ?? byKey;
  if (!isUrl(base)) return unableToSend('confident', `CONFIDENT_OTEL_URL is no URL: ${base}`);
  const environment = options.environment ?? textVariable('CONFIDENT_TRACE_ENVIRONMENT');
  return sender(
    {
      name: 'confident',
      url: tracesUrl(base),
      headers: { 'x-confident-api-key': apiKey },
      dialect: confidentDialect,
      spans: 'llm',
      resource(own) {
        const name =
          environment ??
          resourceAttribute(own, ATTR_ENVIRONMENT) ??
          resourceAttribute(own, ATTR_DEPLOYMENT_ENVIRONMENT_NAME);
        return name === undefined ? {} : { [ATTR_ENVIRONMENT]: name };
      },
    },
    options,
  );
}

import { openinference } from '../dialects/openinference.js';
import { text } from './check-options.js';
import { checkDestination, type Destination } from './destination.js';
import { isUrl, sender, SENDING_RULES, tracesUrl, unableToSend, url, type SendingOptions } from './otlp-sender.js';
import { textVariable } from './variables.js';

export interface PhoenixOptions extends SendingOptions {
  /** Default `PHOENIX_COLLECTOR_ENDPOINT`, else `http://localhost:6006`. */
  url?: string;
  /** Default `PHOENIX_API_KEY`; a Phoenix of one's own may need none. */
  apiKey?: string;
  /** Default `PHOENIX_PROJECT_NAME`, else what the resource says, else Phoenix's project `default`. */
  project?: string;
}

/** Of OpenInference 0.1; Phoenix reads it from the resource only. */
const ATTR_PROJECT_NAME = 'openinference.project.name';

/**
 * Sends spans to Arize Phoenix, in the dialect `openinference`, which every version of it reads.
 *
 * ```ts
 * configure({ processors: [phoenix({ project: 'library' })] });
 * ```
 *
 * Throws a `DecotelError` for options that it does not take.
 */
export function phoenix(options: PhoenixOptions = {}): Destination {
  checkDestination('phoenix()', options, { url, apiKey: text, project: text, ...SENDING_RULES });
  const base = options.url ?? textVariable('PHOENIX_COLLECTOR_ENDPOINT') ?? 'http://localhost:6006';
  if (!isUrl(base)) return unableToSend('phoenix', `PHOENIX_COLLECTOR_ENDPOINT is no URL: ${base}`);
  const apiKey = options.apiKey ?? textVariable('PHOENIX_API_KEY');
  const project = options.project ?? textVariable('PHOENIX_PROJECT_NAME');
  return sender(
    {
      name: 'phoenix',
      url: tracesUrl(base),
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      dialect: openinference,
      resource: project === undefined ? undefined : () => ({ [ATTR_PROJECT_NAME]: project }),
    },
    options,
  );
}

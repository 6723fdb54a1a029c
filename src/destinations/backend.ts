import { DecotelError } from '../core/decotel-error.js';
import { BACKENDS, type Backend, type BackendName, type BackendOptions, type Option } from './backends.js';
import { seen } from './check-options.js';
import { checkDestination, type Destination } from './destination.js';
import { sender, SENDING_RULES, tracesUrl, unableToSend, url, type SendingOptions } from './otlp-sender.js';
import { textVariable } from './variables.js';

export interface BackendSending extends SendingOptions {
  /** Its OTLP endpoint, where that is not the usual one; gets `/v1/traces` unless it ends so. Keys are optional then. */
  url?: string;
}

/**
 * Sends spans to a backend that takes OTLP, by its own rules: endpoint and region, headers, resource attributes, and the
 * size above which it cuts values (ours are cut before, in the middle of the oldest messages). Everything that
 * `langfuse()`, `confident()` and `phoenix()` are not for. Without a key that is needed it says so once through `diag`
 * and sends nothing.
 *
 * ```ts
 * configure({ processors: [backend('honeycomb', { region: 'eu' }), backend('tempo', { url: 'http://tempo:4318' })] });
 * ```
 *
 * Throws a `DecotelError` for a backend that it does not know and options that this one does not take.
 */
export function backend<N extends BackendName>(name: N, given?: BackendOptions[N] & BackendSending): Destination {
  const options: BackendSending = given ?? {};
  if (!Object.hasOwn(BACKENDS, name)) {
    const known = Object.keys(BACKENDS).join(', ');
    throw new DecotelError(`backend(): expected one of ${known}, got ${seen(name)}.`);
  }
  // Each entry takes the options of its own name, which the compiler cannot follow through an index.
  const { options: taken, ...about } = BACKENDS[name] as unknown as AnyBackend;
  const rules = Object.fromEntries(Object.entries(taken).map(([key, { rule }]) => [key, rule]));
  checkDestination(`backend('${name}')`, options, { ...rules, url, ...SENDING_RULES });
  const values: Values = {};
  for (const [key, option] of Object.entries(taken)) {
    const value = (options as Values)[key] ?? (option.variable && textVariable(option.variable));
    if (value !== undefined && value !== '') values[key] = value;
    else if (option.isNeeded === true && options.url === undefined)
      return unableToSend(name, `${key}${option.variable === undefined ? '' : ` (${option.variable})`} is missing`);
  }
  const usual = typeof about.url === 'string' ? about.url : about.url(values);
  const resource = known(about.resource?.(values));
  return sender(
    {
      name,
      url: options.url === undefined ? usual : tracesUrl(options.url),
      headers: known(about.headers?.(values)),
      valueBytes: about.valueBytes,
      resource: Object.keys(resource).length === 0 ? undefined : () => resource,
    },
    options,
  );
}

type Values = Record<string, string | undefined>;
type AnyBackend = Omit<Backend<never>, 'options' | 'url' | 'headers' | 'resource'> & {
  readonly options: Record<string, Option>;
  readonly url: string | ((given: Values) => string);
  readonly headers?: (given: Values) => Values;
  readonly resource?: (given: Values) => Values;
};

function known(values: Values = {}): Record<string, string> {
  const entries = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

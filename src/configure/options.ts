import type { TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { DecotelError } from '../core/decotel-error.js';
import { DEFAULT_LIMITS, type ContentOption, type Limits, type Redaction, type Settings } from '../core/settings.js';
import {
  checkOptions,
  content,
  flag,
  hasMethods,
  having,
  isRecord,
  oneOf,
  positiveNumber,
  record,
  seen,
  text,
  type OptionRule,
} from '../destinations/check-options.js';
import type { Dialect } from '../dialects/gen-ai.js';
import { dialectNamed } from '../dialects/registry.js';
import type { addProviders } from '../providers/registry.js';

export interface ConfigureOptions {
  /** `service.name`. Default: `OTEL_SERVICE_NAME`, else OpenTelemetry's. For a provider of decotel's own, as the next. */
  serviceName?: string;
  /** `service.version`. */
  serviceVersion?: string;
  /** `deployment.environment.name`, for instance `production`. */
  environment?: string;
  /** More attributes of the resource; they override `OTEL_RESOURCE_ATTRIBUTES`. */
  resource?: Resource | Record<string, string | number | boolean>;
  /**
   * Where spans go: destinations and any span processors. Default for a provider of decotel's own: what
   * `OTEL_TRACES_EXPORTER` says (`otlp`, `console`, `none`, joined by commas), else `otlp()` where
   * `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set, else `consoleTree()`.
   */
  processors?: readonly SpanProcessor[];
  /**
   * Which content is recorded. Where it is given, spans carry their content themselves, also on a provider that decotel
   * merely joined. `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` can only make it stricter. Default: all, on
   * their way to the processors given here.
   */
  content?: ContentOption;
  /** Masks more than the built-in secrets; a function that throws masks the whole text. */
  redact?: readonly Redaction[];
  limits?: Partial<Limits>;
  /**
   * The attribute convention that is written on the span itself, by the name of a built-in one or of one of `dialects`;
   * each destination has its own. Default `gen-ai`.
   */
  dialect?: string;
  /** The application's own dialects. */
  dialects?: readonly Dialect[];
  /** `method` names the span of a model call after its method, `semconv` calls it `chat {model}`. Default `method`. */
  spanNames?: Settings['spanNames'];
  /**
   * Whose span reports a model call that its SDK or an instrumentation traces as well, through the same provider:
   * `ours` is the span of the decorated method or observed client, `theirs` the other, and ours then keeps the prompt and
   * is INTERNAL without usage. Default `ours`, where decotel sees the answer.
   */
  nativeSpans?: Settings['nativeSpans'];
  /**
   * What of a session travels as W3C baggage: with every request that an instrumentation sends from inside, to whomever
   * it goes, and back into a session where such a request arrives. Default none: `sessionHeaders()` is for one's own
   * services.
   */
  baggage?: Settings['baggage'];
  /** For a provider of decotel's own. Default: `OTEL_TRACES_SAMPLER`, else all; in isolated mode all. */
  sampler?: Sampler;
  /** Use this provider and never touch the global one. */
  tracerProvider?: TracerProvider;
  /**
   * `auto` joins the registered provider, or registers one where there is none. `isolated` makes a provider of decotel's
   * own that is not registered, keeping trace ids. Default `auto`.
   */
  mode?: 'auto' | 'isolated';
  /**
   * `false` turns decotel off; `{ messaging: false }` only the spans of messages between agents and processes. Other spans
   * are untouched. Default: on, unless `DECOTEL_DISABLED` is `true` or `messaging`.
   */
  enabled?: boolean | { messaging?: boolean };
  /**
   * Flush on SIGTERM and SIGINT, for 5 seconds at most; then the signal is raised again, unless the application handles
   * it itself. Default true.
   */
  exitSignals?: boolean;
  /**
   * Gets the promise of a flush whenever the last open span of a trace has ended: for platforms that freeze a process
   * after its response unless they are told to wait (`waitUntil` of `@vercel/functions`, of a Cloudflare context).
   */
  waitUntil?: (flush: Promise<void>) => void;
  /** The application's own provider adapters, asked before the built-in ones. */
  providers?: Parameters<typeof addProviders>[0];
}

const PROCESSOR = 'an array of span processors and destinations';

const processors: OptionRule = {
  expected: PROCESSOR,
  accepts: (value) => Array.isArray(value) && value.every(isProcessor),
  remedy(value) {
    if (isProcessor(value)) return 'Put it into an array.';
    if (!Array.isArray(value)) return undefined;
    const index = value.findIndex((item) => !isProcessor(item));
    const wrong: unknown = value[index];
    const place = `processors[${index}] is ${seen(wrong)}`;
    if (typeof wrong === 'function') return `${place}: call it, or make an instance of it.`;
    return hasMethods(wrong, 'export') ? `${place}, an exporter: wrap it in new BatchSpanProcessor(…).` : `${place}.`;
  },
};

const redact: OptionRule = {
  expected: 'an array of patterns and functions',
  accepts: (value) =>
    Array.isArray(value) && value.every((item) => item instanceof RegExp || typeof item === 'function'),
};

const callback: OptionRule = { expected: 'a function', accepts: (value) => typeof value === 'function' };

const resource: OptionRule = {
  expected: 'a Resource or an object of attributes',
  accepts: (value) => hasMethods(value, 'merge') || (isRecord(value) && Object.values(value).every(isScalar)),
};

const enabled: OptionRule = {
  expected: 'true, false or { messaging: false }',
  accepts: (value) => typeof value === 'boolean' || isRecord(value),
  inside: { messaging: flag },
};

const BAGGAGE_KEYS: readonly unknown[] = ['session.id', 'user.id'];

const baggage: OptionRule = {
  expected: "an array of 'session.id' and 'user.id'",
  accepts: (value) => Array.isArray(value) && value.every((item) => BAGGAGE_KEYS.includes(item)),
};

const providers: OptionRule = {
  expected: 'an array of provider adapters',
  accepts: (value) => Array.isArray(value) && value.every((item) => hasMethods(item, 'request', 'read', 'fold')),
};

const dialects: OptionRule = {
  expected: 'an array of dialects',
  accepts: (value) => Array.isArray(value) && value.every((item) => hasMethods(item, 'render')),
};

const RULES: Record<keyof ConfigureOptions, OptionRule> = {
  serviceName: text,
  serviceVersion: text,
  environment: text,
  resource,
  processors,
  content,
  redact,
  limits: record(Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, positiveNumber]))),
  dialect: text,
  dialects,
  spanNames: oneOf('method', 'semconv'),
  nativeSpans: oneOf('ours', 'theirs'),
  baggage,
  sampler: having('a sampler', 'shouldSample'),
  tracerProvider: having('a tracer provider', 'getTracer'),
  mode: oneOf('auto', 'isolated'),
  enabled,
  exitSignals: flag,
  waitUntil: callback,
  providers,
};

/** Throws a `DecotelError` for an option that does not exist or has a wrong value. */
export function checkConfigureOptions(options: ConfigureOptions): void {
  checkOptions('configure()', options, RULES);
  if (options.dialect !== undefined) dialectNamed(options.dialect, options.dialects);
  if (options.mode === 'isolated' && options.tracerProvider !== undefined) {
    throw new DecotelError(
      "configure(): mode 'isolated' makes a provider of decotel's own, tracerProvider names another. Give one of them.",
    );
  }
}

function isProcessor(value: unknown): boolean {
  return hasMethods(value, 'onStart', 'onEnd', 'forceFlush', 'shutdown');
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

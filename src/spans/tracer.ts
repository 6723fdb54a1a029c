import { ProxyTracerProvider, trace, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { settings } from '../core/settings.js';
import { pipeline } from './pipeline.js';
import { VERSION } from './version.js';

/** The instrumentation scope of every span that decotel makes. */
export const SCOPE = 'decotel';

/** What the API's proxy delegates to while nobody has registered a provider. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else of API 1.9 tells that no provider is registered
export const NOBODY = new ProxyTracerProvider().getDelegate();

let cachedFor: TracerProvider | undefined;
let cached: Tracer | undefined;

/**
 * The tracer to use now, or undefined where spans would go nowhere. Found anew at each call, because a provider may be
 * registered, shut down and replaced at any time and OpenTelemetry's proxy tracer keeps its first delegate.
 */
export function activeTracer(scope = SCOPE): Tracer | undefined {
  if (!settings().enabled) return undefined;
  const state = pipeline();
  if (state.decide !== undefined) state.decide();
  const provider = state.tracerProvider ?? registeredProvider();
  if (provider === undefined) return undefined;
  if (scope !== SCOPE) return provider.getTracer(scope);
  if (provider !== cachedFor) {
    cached = provider.getTracer(SCOPE, VERSION);
    cachedFor = provider;
  }
  return cached;
}

/** The provider behind the API, or undefined where there is none. */
export function registeredProvider(): TracerProvider | undefined {
  const provider = trace.getTracerProvider();
  const delegate = isProxy(provider) ? provider.getDelegate() : provider;
  return delegate === NOBODY ? undefined : delegate;
}

interface Proxying {
  getDelegate(): TracerProvider;
}

function isProxy(provider: object): provider is Proxying {
  return typeof (provider as Partial<Proxying>).getDelegate === 'function';
}

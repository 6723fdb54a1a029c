import {
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace,
  type ContextManager,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { warnOnce } from '../core/report.js';
import { registeredProvider } from '../spans/tracer.js';

/**
 * Registers `provider` with the API, and a context manager and the W3C propagators where there are none. The returned
 * function takes back what is still ours. Undefined where the provider could not be registered.
 */
export function registerGlobally(provider: TracerProvider): (() => void) | undefined {
  if (!trace.setGlobalTracerProvider(provider)) return undefined;
  const undoContext = registerContextManager();
  const undoPropagation = registerPropagator();
  return () => {
    if (registeredProvider() === provider) trace.disable();
    undoContext?.();
    undoPropagation?.();
  };
}

const PROBE = createContextKey('decotel probe');

/** True when some context manager is registered: the API's no-op one forgets the context it is given. */
export function hasContextManager(): boolean {
  return context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE) === true);
}

export function warnOfMissingContextManager(): void {
  if (hasContextManager()) return;
  warnOnce(
    'no context manager is registered, so spans do not nest. Register one where the tracer provider is set up: ' +
      'context.setGlobalContextManager(new AsyncLocalStorageContextManager()), ' +
      'from @opentelemetry/api and @opentelemetry/context-async-hooks',
  );
}

function registerContextManager(): (() => void) | undefined {
  if (hasContextManager()) return undefined;
  const manager = new AsyncLocalStorageContextManager().enable();
  if (!context.setGlobalContextManager(manager)) return undefined;
  return () => {
    if (isGlobal(manager)) context.disable();
  };
}

/** The API does not say which manager is registered; ours is, if the API sees what ours is given. */
function isGlobal(manager: ContextManager): boolean {
  const probe = ROOT_CONTEXT.setValue(PROBE, true);
  return manager.with(probe, () => context.active() === probe);
}

function registerPropagator(): (() => void) | undefined {
  // The API's no-op propagator has no fields.
  if (propagation.fields().length > 0) return undefined;
  const composite = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  const fields = composite.fields();
  const propagator: TextMapPropagator = {
    inject: (...values) => composite.inject(...values),
    extract: (...values) => composite.extract(...values),
    // Always the same array: by it the one that is registered is recognised.
    fields: () => fields,
  };
  if (!propagation.setGlobalPropagator(propagator)) return undefined;
  return () => {
    if (propagation.fields() === fields) propagation.disable();
  };
}

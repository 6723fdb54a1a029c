import { createContextKey, type Context, type Span } from '@opentelemetry/api';
import type { Call } from './call.js';

/** The API's own key of the active span, which it does not export; keys are `Symbol.for` of their description. */
const SPAN_KEY = createContextKey('OpenTelemetry Context Key SPAN');
const CALL_KEY = createContextKey('decotel.call');

/**
 * A context with a span and a call of ours. The API's contexts copy a map for every value set; this one is set up once
 * per call, on the caller's path, and holds both as fields over the values of `base`. It never holds a context of its
 * own kind, so a method that calls itself from a timer does not grow a chain.
 */
class CallContext implements Context {
  private readonly base: Context;

  constructor(
    parent: Context,
    private readonly span: unknown,
    private readonly call: Call | undefined,
  ) {
    this.base = parent instanceof CallContext ? parent.base : parent;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.span;
    if (key === CALL_KEY) return this.call;
    return this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN_KEY) {
      this.call?.noteNative(value);
      return new CallContext(this.base, value, this.call);
    }
    if (key === CALL_KEY) return new CallContext(this.base, this.span, value as Call | undefined);
    return new CallContext(this.base.setValue(key, value), this.span, this.call);
  }

  deleteValue(key: symbol): Context {
    if (key === SPAN_KEY) return new CallContext(this.base, undefined, this.call);
    if (key === CALL_KEY) return new CallContext(this.base, this.span, undefined);
    return new CallContext(this.base.deleteValue(key), this.span, this.call);
  }
}

/** `parent` with `span` as the active span and `call` as the running decorated call. */
export function contextOf(parent: Context, span: Span | undefined, call: Call | undefined): Context {
  return new CallContext(parent, span, call);
}

/** The innermost running call of ours in `context`. */
export function callIn(context: Context): Call | undefined {
  return context.getValue(CALL_KEY) as Call | undefined;
}

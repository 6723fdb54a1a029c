import { context as contextApi, trace } from '@opentelemetry/api';
import { reportFailure } from '../core/report.js';
import { settings } from '../core/settings.js';
import type { Provider } from '../providers/registry.js';
import { providerOfClient } from '../providers/registry.js';
import { signalsIn } from '../streams/abort.js';
import type { Call } from './call.js';
import { ask, isAsking } from './asking.js';
import { currentModelCall } from './current.js';
import { isOfScope, muteUsage } from './mute-usage.js';
import { ObservedCall } from './observed-call.js';
import { addOpenCall } from './open-calls.js';
import { pipeline } from './pipeline.js';
import { inScope, scopeIn } from './session-context.js';
import { activeTracer, registeredProvider } from './tracer.js';

export { HANDLER_NAME, innerCallsOf } from '../providers/registry.js';
export { isAsking } from './asking.js';
export { mayBeRequest } from './asked.js';
export { coverMethod } from '../streams/cover.js';

export interface SeenRequest {
  /** Or what gives it, where the call is recorded; undefined where another call reports this one. */
  body: object | (() => object | undefined);
  client: object;
  /** Whose methods it asks, where one that the application put there may call the one before it. */
  asks?: object;
  /** Of the server, where the client's `baseURL` does not say it. */
  address?: unknown;
  /** A generator, which asks nothing before it is read. */
  isLazy?: boolean;
  /** By which its caller may abort the call: SDKs may then end it as if it were complete. */
  signal?: unknown;
  /** The method asks for a stream, whatever the body says. */
  streams: boolean;
}

/** Makes a model call through an observed client and watches what it returns. Throws only what the call throws. */
export function observeCall(request: SeenRequest, invoke: () => unknown): unknown {
  const asked = askedOf(request.client);
  const call = startObserved(request, asked);
  if (call === undefined) return invoke();
  const silent =
    call.tracer === undefined ? invoke : (): unknown => withoutNativeSpan(request.client, asked.provider, invoke);
  let value: unknown;
  try {
    const made = call.asks === undefined ? silent : (): unknown => ask(call, silent);
    value = call.isWaiting ? made() : contextApi.with(call.context, made);
  } catch (error) {
    call.end('error', error);
    throw error;
  }
  return call.span === undefined || call.span.isRecording() ? call.watch(value) : value;
}

/** Starts a model call that its SDK makes and reports by itself; it ends when it is told so. Never throws. */
export function startModelCall(request: SeenRequest, around: Call | undefined): Call | undefined {
  const start = (): Call | undefined => startObserved(request, askedOf(request.client));
  const call = around === undefined ? start() : contextApi.with(around.context, start);
  if (call !== undefined) addOpenCall(call);
  return call;
}

interface AskedClient {
  readonly provider: Provider | undefined;
  /** `gen_ai.provider.name` where the client says it itself. */
  readonly name: string | undefined;
  /** Of a client that is one model. */
  readonly model: string | undefined;
}

const clients = new WeakMap<object, AskedClient>();

function askedOf(client: object): AskedClient {
  let known = clients.get(client);
  if (known === undefined) {
    const provider = providerOfClient(client);
    known = { provider, name: provider?.clientName?.(client), model: provider?.clientModel?.(client) };
    clients.set(client, known);
  }
  return known;
}

function startObserved(
  { body, client, address, asks, signal, streams, isLazy = false }: SeenRequest,
  { provider, name, model }: AskedClient,
): ObservedCall | undefined {
  try {
    const tracer = activeTracer();
    const parent = currentModelCall();
    if (tracer === undefined && parent === undefined) return undefined;
    const active = contextApi.active();
    const scope = scopeIn(active);
    const context =
      parent === undefined ? active : scope === undefined ? parent.context : inScope(parent.context, scope);
    const known = model === undefined ? undefined : `${name} ${model}`;
    if (known !== undefined && isAsking(known)) return undefined;
    const call = new ObservedCall(settings().content, context, tracer);
    call.noteRequest(typeof body === 'function' ? body() : body, provider);
    if (call.asked === undefined) return undefined;
    if (streams) call.asked.streams = true;
    call.signal = signal ?? signalsIn([body])[0];
    call.isLazy = isLazy;
    call.hostedBy = name;
    call.asks = known ?? asks;
    if (model !== undefined) call.record.request = { model };
    call.noteServer(address ?? (client as { baseURL?: unknown }).baseURL);
    if (parent === undefined) call.startOwnSpan();
    else parent.begin(call);
    if (tracer !== undefined && provider?.nativeScopes !== undefined && isGlobal())
      settleAround(call, provider.nativeScopes);
    return call;
  } catch (failure) {
    reportFailure('a call of an observed client could not be recorded', failure);
    return undefined;
  }
}

/** The SDK's own span is around the call of its model. */
function settleAround(call: ObservedCall, scopes: readonly string[]): void {
  const span = trace.getActiveSpan();
  if (!isOfScope(span, scopes)) return;
  if (settings().nativeSpans === 'theirs') call.noteNative(span, true);
  else {
    muteUsage(span);
    currentModelCall()?.natives?.release(span);
  }
}

/**
 * An SDK that traces itself starts its span before the first await of its method. While decotel carries the usage, the
 * client has no tracer for that moment; nothing of it is left behind. One that goes elsewhere is another's affair.
 */
function withoutNativeSpan(client: object, provider: Provider | undefined, invoke: () => unknown): unknown {
  const key = provider?.nativeTracer;
  if (key === undefined || settings().nativeSpans === 'theirs' || !isGlobal()) return invoke();
  const holder = client as Record<string, unknown>;
  const own = Object.getOwnPropertyDescriptor(holder, key);
  if (own?.writable !== true || own.value === undefined) return invoke();
  holder[key] = undefined;
  try {
    return invoke();
  } finally {
    holder[key] = own.value;
  }
}

/** SDKs trace through the provider that is registered. */
function isGlobal(): boolean {
  const { tracerProvider } = pipeline();
  return tracerProvider === undefined || tracerProvider === registeredProvider();
}

import { context as contextApi } from '@opentelemetry/api';
import { reportFailure } from '../core/report.js';
import { settings, strictest } from '../core/settings.js';
import type { Provider } from '../providers/registry.js';
import { providerOfClient } from '../providers/registry.js';
import { isAbort } from '../streams/abort.js';
import { callIn } from './call-context.js';
import { currentModelCall } from './current.js';
import { ObservedCall } from './observed-call.js';
import { activeTracer } from './tracer.js';

export { mayBeRequest } from './asked.js';

export interface SeenRequest {
  body: object;
  client: object;
}

/** Makes a model call through an observed client and watches what it returns. Throws only what the call throws. */
export function observeCall(request: SeenRequest, invoke: () => unknown): unknown {
  const { provider, name } = providerOf(request.client);
  const call = startObserved(request, provider, name);
  if (call === undefined) return invoke();
  const silent = (): unknown => withoutNativeSpan(request.client, provider, invoke);
  let value: unknown;
  try {
    value = call.isWaiting ? silent() : contextApi.with(call.context, silent);
  } catch (error) {
    call.end(isAbort(error) ? 'aborted' : 'error', error);
    throw error;
  }
  return call.span === undefined || call.span.isRecording() ? call.watch(value) : value;
}

const providers = new WeakMap<object, { provider: Provider | undefined; name: string | undefined }>();

/** Whose client it is, and what `gen_ai.provider.name` it says itself. */
function providerOf(client: object): { provider: Provider | undefined; name: string | undefined } {
  let known = providers.get(client);
  if (known === undefined) {
    const provider = providerOfClient(client);
    known = { provider, name: provider?.clientName?.(client) };
    providers.set(client, known);
  }
  return known;
}

function startObserved(
  { body, client }: SeenRequest,
  provider: Provider | undefined,
  name: string | undefined,
): ObservedCall | undefined {
  try {
    const { enabled, content } = settings();
    const tracer = enabled ? activeTracer() : undefined;
    if (tracer === undefined) return undefined;
    const parent = currentModelCall();
    const context = parent?.context ?? contextApi.active();
    const around = callIn(contextApi.active());
    const call = new ObservedCall(strictest(content, around?.content), context, tracer);
    call.noteRequest(body, provider);
    if (call.asked === undefined) return undefined;
    call.hostedBy = name;
    call.noteServer((client as { baseURL?: unknown }).baseURL);
    if (parent === undefined) call.startOwnSpan();
    else parent.begin(call);
    return call;
  } catch (failure) {
    reportFailure('a call of an observed client could not be recorded', failure);
    return undefined;
  }
}

/**
 * An SDK that traces itself starts its span before the first await of its method. While decotel carries the usage, the
 * client has no tracer for that moment; nothing of it is left behind.
 */
function withoutNativeSpan(client: object, provider: Provider | undefined, invoke: () => unknown): unknown {
  const key = provider?.nativeTracer;
  if (key === undefined) return invoke();
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

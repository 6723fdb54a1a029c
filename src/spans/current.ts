import { context as contextApi } from '@opentelemetry/api';
import { onPromptRendered } from '../prompts/frame.js';
import { callIn } from './call-context.js';
import type { Call } from './call.js';
import type { DecoratedCall } from './decorated-call.js';
import { untracedCall } from './untraced.js';

/** The innermost running call, while it has not ended. */
export function runningCall(): Call | undefined {
  const call = callIn(contextApi.active()) ?? untracedCall();
  return call === undefined || call.ended ? undefined : call;
}

/** The decorated model call that an observed call inside it may fill. */
export function currentModelCall(): DecoratedCall | undefined {
  const call = runningCall();
  return isDecorated(call) && call.kind.isModelCall ? call : undefined;
}

/** By its shape: it may be of the other copy of the package (ESM, CJS). */
function isDecorated(call: Call | undefined): call is DecoratedCall {
  return call !== undefined && 'begin' in call;
}

let isListening = false;

/** Records every prompt that is rendered inside a decorated call on that call, whatever the order of decorators. */
export function recordPrompts(): void {
  if (isListening) return;
  isListening = true;
  onPromptRendered((prompt) => {
    const call = runningCall();
    if (isDecorated(call)) call.record.prompt = prompt.record();
  });
}

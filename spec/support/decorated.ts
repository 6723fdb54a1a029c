import { SpanKind } from '@opentelemetry/api';
import type { CallKind, CallOptions, MethodDefinition } from '../../src/spans/definition.js';
import { runCall } from '../../src/spans/run.js';
import type { Method } from '../../src/streams/cover.js';

const kind = (over: Partial<CallKind>): CallKind => ({
  decorator: '@span',
  spanKind: SpanKind.INTERNAL,
  operation: undefined,
  isModelCall: false,
  spanName: (definition) => definition.methodName,
  describe: () => undefined,
  ...over,
});

export const plainCall = kind({});
export const modelCall = kind({
  decorator: '@withOtel',
  spanKind: SpanKind.CLIENT,
  operation: 'chat',
  isModelCall: true,
});
export const agentCall = kind({ decorator: '@agent', operation: 'invoke_agent' });

/** A function that runs through the engine, without any decorator: for specs of the engine itself. */
export function throughEngine<F extends (...values: never[]) => unknown>(
  method: F,
  callKind: CallKind = plainCall,
  options: CallOptions = {},
): F {
  const definition: MethodDefinition = {
    call: { kind: callKind, methodName: method.name, options, functionName: () => `Spec.${method.name}` },
  };
  return function (this: unknown, ...values: unknown[]) {
    return runCall(definition, method as unknown as Method, this, values);
  } as unknown as F;
}

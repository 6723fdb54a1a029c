import { context as contextApi, SpanKind } from '@opentelemetry/api';
import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { settings } from '../core/settings.js';
import { GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL, GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL } from '../semconv/gen-ai.js';
import type { Call } from './call.js';
import { DecoratedCall } from './decorated-call.js';
import type { CallKind } from './definition.js';
import { addOpenCall } from './open-calls.js';
import { spanStart } from './start-span.js';
import { activeTracer } from './tracer.js';

export type { Call } from './call.js';

const kindOf = (operation: string, spanKind: SpanKind): CallKind => ({
  decorator: operation,
  spanKind,
  operation,
  isModelCall: false,
  spanName: () => operation,
  describe: () => undefined,
});

const TOOL = kindOf(GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL, SpanKind.INTERNAL);
const RETRIEVAL = kindOf(GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL, SpanKind.CLIENT);

/** Starts the call of a tool that a framework runs and reports by itself; it ends when it is told so. Never throws. */
export function startToolCall(tool: NonNullable<CallRecord['tool']>, around: Call | undefined): Call | undefined {
  return start(TOOL, `${GEN_AI_OPERATION_NAME_VALUE_EXECUTE_TOOL} ${tool.name}`, { tool }, around);
}

/** The same of a search. */
export function startRetrieval(
  retrieval: NonNullable<CallRecord['retrieval']>,
  around: Call | undefined,
): Call | undefined {
  return start(RETRIEVAL, GEN_AI_OPERATION_NAME_VALUE_RETRIEVAL, { retrieval }, around);
}

function start(kind: CallKind, name: string, details: Partial<CallRecord>, around: Call | undefined): Call | undefined {
  try {
    const tracer = activeTracer();
    if (tracer === undefined) return undefined;
    const call = new DecoratedCall(kind, {}, settings().content, around?.context ?? contextApi.active());
    Object.assign(call.record, { operation: kind.operation }, details);
    call.startSpan(tracer, spanStart(name, kind, {}, call.record));
    addOpenCall(call);
    return call;
  } catch (failure) {
    reportFailure('a call that a framework reports could not be recorded', failure);
    return undefined;
  }
}

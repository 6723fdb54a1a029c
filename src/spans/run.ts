import { context as contextApi, trace, type Tracer } from '@opentelemetry/api';
import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { contentSwitches, settings, strictest, type ContentSwitches } from '../core/settings.js';
import { createFrame, isInFrame, runInFrame, type PromptFrame } from '../prompts/frame.js';
import type { PromptTemplate } from '../prompts/template.js';
import type { Enter, Method } from '../streams/cover.js';
import { keepContext } from '../streams/keep-context.js';
import { ArgumentCopies, requestGiven } from './argument-copies.js';
import { contextOf } from './call-context.js';
import { recordPrompts } from './current.js';
import { DecoratedCall } from './decorated-call.js';
import type { CallDefinition, MethodDefinition } from './definition.js';
import { HookedCall } from './hooked-call.js';
import { spanStart, startSpan, type SpanStart } from './start-span.js';
import { activeTracer } from './tracer.js';

/** A frame to enter; `null`: leave the outer one; undefined: there is none, nothing to do. */
type FrameChange = PromptFrame | null | undefined;

/**
 * Calls a decorated method: starts its span, runs it where its own spans are children, and watches what it returns.
 * Without telemetry it is the bare call, with the method's prompt template. Throws only what the method throws.
 */
export function runCall(method: MethodDefinition, original: Method, self: unknown, args: unknown[]): unknown {
  const { middleware, call: definition = middleware?.alone } = method;
  const tracer = definition && findTracer(definition);
  if (definition === undefined || (tracer ?? middleware) === undefined) return runBare(method, original, self, args);
  const call = startCall(definition, method, tracer, original, self, args);
  if (call === undefined) return runBare(method, original, self, args);
  call.frame = frameChange(method, original, self, args);
  const hooked = call instanceof HookedCall ? call : undefined;
  if (middleware !== undefined) hooked?.hook(middleware.list, definition.methodName, self, args);
  else if (call.span?.isRecording() !== true) {
    const enter: Enter = (work, that, values) => call.enter(work, that, values);
    return keepContext(
      call.run(() => original.apply(self, args)),
      enter,
    );
  }
  let value: unknown;
  try {
    value = call.run(() => original.apply(self, args));
  } catch (error) {
    call.end('error', error);
    if (hooked !== undefined) return hooked.instead(error, false);
    throw error;
  }
  // A fluent method gives back its own object, which is no result and may live for ever.
  if (value === undefined || value !== self) return call.watch(value);
  hooked?.tell('onValue', value);
  call.end('completed');
  return value;
}

function findTracer(definition: CallDefinition): Tracer | undefined {
  try {
    return (definition.tracer ?? activeTracer)();
  } catch (failure) {
    reportFailure('no tracer could be had', failure);
    return undefined;
  }
}

/** The method itself, with its prompt template: prompts are part of the program, not of the telemetry. */
function runBare(method: MethodDefinition, original: Method, self: unknown, args: unknown[]): unknown {
  const frame = frameChange(method, original, self, args);
  if (frame === undefined) return original.apply(self, args);
  const enter: Enter = (work, that, values) => runInFrame(frame ?? undefined, () => work.apply(that, values));
  return keepContext(enter(original, self, args), enter);
}

/** A nested decorated call without a template of its own does not inherit one. */
function frameChange(method: MethodDefinition, original: Method, self: unknown, args: unknown[]): FrameChange {
  if (method.prompt !== undefined) return createFrame(method.prompt, self, args, original);
  return isInFrame() ? null : undefined;
}

/** Starts the call; undefined when our own code failed: then the method runs as if it were not decorated. */
function startCall(
  definition: CallDefinition,
  { prompt, middleware }: MethodDefinition,
  tracer: Tracer | undefined,
  original: Method,
  self: unknown,
  args: unknown[],
): DecoratedCall | undefined {
  try {
    recordPrompts();
    const { kind, options } = definition;
    const active = contextApi.active();
    const origin = kind.origin?.(options, args, active);
    const parent = origin?.parent ?? active;
    const AnyCall = middleware === undefined ? DecoratedCall : HookedCall;
    const call = new AnyCall(kind, options, contentOf(definition), parent);
    const { record } = call;
    record.operation = kind.operation;
    record.functionName = definition.functionName(self);
    kind.describe(record, options, self);
    call.declaredProvider = record.provider;
    call.start = startOf(definition, record);
    const span = tracer && startSpan(tracer, call.start, parent, undefined, origin?.links);
    const isRecording = span?.isRecording() === true;
    if (isRecording || middleware === undefined) call.span = span;
    if (!isRecording && middleware === undefined) {
      if (span !== undefined) call.context = trace.setSpan(parent, span);
      return call;
    }
    call.context = contextOf(parent, span ?? trace.getSpan(parent), call);
    describeCall(call, prompt, original, args);
    return call;
  } catch (failure) {
    reportFailure(`a span of ${definition.methodName} could not be started`, failure);
    return undefined;
  }
}

/** The same for every call of a method, but for subclasses that inherit it. */
function startOf(definition: CallDefinition, record: CallRecord): SpanStart {
  const { functionName = '' } = record;
  const known = definition.start;
  if (known?.functionName === functionName && known.settings === settings()) return known.start;
  const start = spanStart(definition.kind.spanName(definition), definition.kind, definition.options, record);
  definition.start = { start, functionName, settings: settings() };
  return start;
}

/** What fails here costs the record a part, never the span that has been started. */
function describeCall(
  call: DecoratedCall,
  prompt: PromptTemplate | undefined,
  original: Method,
  args: unknown[],
): void {
  const { record, options } = call;
  try {
    if (prompt !== undefined) record.prompt = { ...prompt.record };
    readArguments(call, original, args);
    if (options.tags !== undefined) record.tags = [...options.tags];
    if (options.metadata !== undefined) record.metadata = { ...options.metadata };
    call.kind.readArguments?.(record, options, args);
  } catch (failure) {
    reportFailure('a call could not be described in full', failure);
  }
}

function contentOf(definition: CallDefinition): ContentSwitches {
  const { content } = settings();
  const option = definition.options.content;
  if (option === undefined || option === true) return content;
  return strictest(content, (definition.content ??= contentSwitches(option)));
}

/**
 * Arguments are read only for a call that is recorded: no getter is touched otherwise. Without content, what a request
 * says is read at once; with it, from copies, when the record is put together.
 */
function readArguments(call: DecoratedCall, original: Method, args: unknown[]): void {
  if (args.length === 0) return;
  call.given = args;
  const { isModelCall } = call.kind;
  if (call.keepsContent) call.copies = new ArgumentCopies(isModelCall ? args.map(requestGiven) : args, original);
  else if (isModelCall) for (const argument of args) call.noteRequest(argument);
}

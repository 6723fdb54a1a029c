import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import * as core from '../semconv/core.js';
import * as own from '../semconv/decotel.js';
import * as genAi from '../semconv/gen-ai.js';
import { milliseconds } from './span-facts.js';
import { eachNode, type SpanTree } from './span-forest.js';

/** What one function did in one session: a tool, a retriever, an agent or a call of a model. */
export interface AuditedFunction {
  name: string;
  /** The semconv operation: `execute_tool`, `retrieval`, `invoke_agent`, `chat`…; absent for a `@span`. */
  operation?: string;
  /** `gen_ai.data_source.id` of a retriever. */
  store?: string;
  /** Of a model call, as the provider answered. */
  model?: string;
  calls: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  /** What the model said of its arguments (`__confidence__`), one for each call that has one. */
  confidences: number[];
}

/** One run of the application, from its root span to the end of it. Content is as the gate let it pass. */
export interface AuditedSession {
  /** `session.id`, else the trace's id. */
  sessionId: string;
  traceId: string;
  userId?: string;
  /** Of the root span. */
  name: string;
  /** ISO 8601. */
  startedAt: string;
  auditedAt: string;
  durationMs: number;
  /** The arguments of the root: the text, where there is one alone, else JSON. */
  question?: string;
  /** What the root returned or streamed, likewise. */
  response?: string;
  /** JSON: what the last model call got and gave. */
  messages?: string;
  /** The first prompt that was rendered. */
  plan?: string;
  /** Each function once, in the order of the first call. */
  functions: AuditedFunction[];
  scores: { name: string; value?: number; label?: string }[];
  /** Mean of what the model said of its own arguments. */
  confidence?: number;
  /** `decotel.outcome` of the root. */
  outcome?: string;
  /** Type, and message where content allows it. */
  error?: string;
  /** `service.version`. */
  codeBuild?: string;
}

/** What an audit keeps of a span. */
export type Step = Pick<ReadableSpan, 'name' | 'attributes' | 'events' | 'status'> & {
  readonly startMs: number;
  readonly endMs: number;
  readonly codeBuild: unknown;
};

export function stepOf(span: ReadableSpan): Step {
  const { name, attributes, events, status, startTime, endTime, resource } = span;
  const codeBuild = resource.attributes[core.ATTR_SERVICE_VERSION];
  return {
    name,
    attributes,
    events,
    status,
    startMs: milliseconds(startTime),
    endMs: milliseconds(endTime),
    codeBuild,
  };
}

/** Undefined where the root has not ended, and where nothing of decotel's is in the tree. */
export function sessionOf({ root, traceId }: SpanTree<Step>): AuditedSession | undefined {
  const steps: Step[] = [];
  eachNode(root, ({ facts }) => {
    if (facts !== undefined) steps.push(facts);
  });
  steps.sort((one, other) => one.startMs - other.startMs);
  const first = root.facts;
  if (first === undefined || !steps.some(isOurs)) return undefined;
  const texts = (key: string): string[] => steps.map((step) => textOf(step, key)).filter((text) => text !== undefined);
  const functions = functionsOf(steps);
  const last = steps.filter((step) => textOf(step, genAi.ATTR_GEN_AI_OUTPUT_MESSAGES) !== undefined).at(-1);
  return {
    sessionId: texts(core.ATTR_SESSION_ID)[0] ?? traceId,
    traceId,
    userId: texts(core.ATTR_USER_ID)[0],
    name: first.name,
    startedAt: new Date(first.startMs).toISOString(),
    auditedAt: new Date().toISOString(),
    durationMs: first.endMs - first.startMs,
    question: plain(textOf(first, own.ATTR_DECOTEL_ARGUMENTS) ?? textOf(first, genAi.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS)),
    response: plain(textOf(first, own.ATTR_DECOTEL_RESULT) ?? textOf(first, genAi.ATTR_GEN_AI_TOOL_CALL_RESULT)),
    messages: last && messagesOf(last),
    plan: texts(own.ATTR_DECOTEL_PROMPT_RENDERED)[0],
    functions,
    scores: steps.flatMap(scoresOf),
    confidence: mean(functions.flatMap((one) => one.confidences)),
    outcome: textOf(first, own.ATTR_DECOTEL_OUTCOME),
    error: errorOf(first),
    codeBuild: typeof first.codeBuild === 'string' ? first.codeBuild : undefined,
  };
}

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isOurs({ attributes }: Step): boolean {
  return own.ATTR_DECOTEL_OUTCOME in attributes;
}

function textOf({ attributes }: Step, key: string): string | undefined {
  const value = attributes[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf({ attributes }: Step, key: string): number | undefined {
  const value = attributes[key];
  return typeof value === 'number' ? value : undefined;
}

/** A text in JSON, or an object of one text, as that text. */
function plain(json: string | undefined): string | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    const members: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [value];
    const [only, ...more] = members;
    return more.length === 0 && typeof only === 'string' ? only : json;
  } catch {
    return json;
  }
}

function messagesOf(step: Step): string {
  const [input, output] = [genAi.ATTR_GEN_AI_INPUT_MESSAGES, genAi.ATTR_GEN_AI_OUTPUT_MESSAGES].map((key) =>
    (textOf(step, key) ?? '[]').slice(1, -1),
  );
  return `[${[input, output].filter((part) => part !== '').join(',')}]`;
}

function functionsOf(steps: readonly Step[]): AuditedFunction[] {
  const found = new Map<string, AuditedFunction>();
  for (const step of steps.filter(isOurs)) {
    const operation = textOf(step, genAi.ATTR_GEN_AI_OPERATION_NAME);
    const name = textOf(step, genAi.ATTR_GEN_AI_TOOL_NAME) ?? step.name;
    const store = textOf(step, genAi.ATTR_GEN_AI_DATA_SOURCE_ID);
    const model = textOf(step, genAi.ATTR_GEN_AI_RESPONSE_MODEL) ?? textOf(step, genAi.ATTR_GEN_AI_REQUEST_MODEL);
    const key = [operation, name, store, model].join('\n');
    let one = found.get(key);
    if (one === undefined) {
      one = { name, operation, store, model, calls: 0, failures: 0, inputTokens: 0, outputTokens: 0, confidences: [] };
      found.set(key, one);
    }
    one.calls++;
    if (step.status.code === SpanStatusCode.ERROR) one.failures++;
    one.inputTokens += numberOf(step, genAi.ATTR_GEN_AI_USAGE_INPUT_TOKENS) ?? 0;
    one.outputTokens += numberOf(step, genAi.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS) ?? 0;
    const confidence = numberOf(step, `${own.ATTR_DECOTEL_TOOL}.confidence`);
    if (confidence !== undefined) one.confidences.push(confidence);
  }
  return [...found.values()];
}

function scoresOf({ events }: Step): AuditedSession['scores'] {
  return events
    .filter((event) => event.name === genAi.EVENT_GEN_AI_EVALUATION_RESULT)
    .map(({ attributes = {} }) => ({
      name: String(attributes[genAi.ATTR_GEN_AI_EVALUATION_NAME]),
      value: attributes[genAi.ATTR_GEN_AI_EVALUATION_SCORE_VALUE] as number | undefined,
      label: attributes[genAi.ATTR_GEN_AI_EVALUATION_SCORE_LABEL] as string | undefined,
    }));
}

function errorOf({ status, attributes }: Step): string | undefined {
  if (status.code !== SpanStatusCode.ERROR) return undefined;
  const type = attributes[core.ATTR_ERROR_TYPE] ?? core.ERROR_TYPE_VALUE_OTHER;
  return status.message === undefined ? String(type) : `${String(type)}: ${status.message}`;
}

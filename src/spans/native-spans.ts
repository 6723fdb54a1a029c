import {
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type TimeInput,
} from '@opentelemetry/api';
import type { CallRecord } from '../core/record.js';
import { warnOnce } from '../core/report.js';
import { settings } from '../core/settings.js';
import * as genAi from '../semconv/gen-ai.js';
import { cover } from '../streams/cover.js';
import { isOfScope } from './mute-usage.js';
import { SCOPE } from './tracer.js';

/** What a span of OpenTelemetry's SDK (2.x) has beside the API; other tracers may have none of it. */
interface SdkSpan extends Span {
  kind: SpanKind;
  readonly attributes?: Attributes;
  readonly status?: { readonly code: SpanStatusCode };
  /** One object for all spans of a tracer provider. */
  readonly resource?: object;
  readonly instrumentationScope?: { readonly name: string };
}

const MODEL_OPERATIONS = new Set<unknown>([
  genAi.GEN_AI_OPERATION_NAME_VALUE_CHAT,
  genAi.GEN_AI_OPERATION_NAME_VALUE_TEXT_COMPLETION,
  genAi.GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT,
  genAi.GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
]);

const OPERATION = genAi.ATTR_GEN_AI_OPERATION_NAME;
const PROVIDER = genAi.ATTR_GEN_AI_PROVIDER_NAME;
const MODEL = genAi.ATTR_GEN_AI_REQUEST_MODEL;

/** What the start of a span says of a model call. */
const MODEL_CALL_KEYS: readonly string[] = [OPERATION, PROVIDER, MODEL];

/** A method that asks more often gets its earlier spans let go as they are. */
const MOST_HELD = 16;

/** The AI SDK's own word for its models' `doGenerate`, `doStream` and `doEmbed`; of its spans around them for others. */
const ATTR_AI_OPERATION_ID = 'ai.operationId';

/** An agent that is asked over HTTP is the provider's: Mistral's SDK has it on its spans. */
const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';

function isModelCall(attributes: Attributes): boolean {
  const { [OPERATION]: operation, [ATTR_AI_OPERATION_ID]: aiOperation } = attributes;
  if (operation === genAi.GEN_AI_OPERATION_NAME_VALUE_INVOKE_AGENT) return ATTR_HTTP_REQUEST_METHOD in attributes;
  if (operation !== undefined) return MODEL_OPERATIONS.has(operation);
  return typeof aiOperation === 'string' && /\.do[A-Z]\w+$/.test(aiOperation);
}

const isTheirs = (): boolean => settings().nativeSpans === 'theirs';

/** The span that an SDK or an instrumentation makes of a model call which decotel sees as well. */
export class NativeSpan {
  private endedAt: TimeInput | undefined = undefined;
  /** The span's own, which may be of any kind. */
  private readonly endSpan: (time?: TimeInput) => void;

  private constructor(readonly span: SdkSpan) {
    this.endSpan = span.end.bind(span);
  }

  /**
   * Undefined for a span that is no model call's, or that goes elsewhere than the span of ours in `context`. `isKnown`:
   * the SDK said that it is the call's.
   */
  static from(span: unknown, context: Context, isKnown: boolean): NativeSpan | undefined {
    const { attributes } = (span ?? {}) as Partial<SdkSpan>;
    if (!isKnown && (attributes === undefined || !isModelCall(attributes))) return undefined;
    const native = span as SdkSpan;
    const ours = trace.getSpan(context) as SdkSpan | undefined;
    const isOthers = attributes === undefined ? native.isRecording() : !isOfScope(native, [SCOPE]);
    const isBeside = typeof attributes === typeof ours?.attributes && native.resource === ours?.resource;
    return isOthers && isBeside ? new NativeSpan(native) : undefined;
  }

  get attributes(): Attributes {
    return this.span.attributes ?? {};
  }

  get responseId(): unknown {
    return this.attributes[genAi.ATTR_GEN_AI_RESPONSE_ID];
  }

  get hasUsage(): boolean {
    return Object.keys(this.attributes).some((key) => key.startsWith('gen_ai.usage.'));
  }

  get hasFailed(): boolean {
    return this.span.status?.code === SpanStatusCode.ERROR;
  }

  /** Puts its end off until it is clear who reports the call: what has ended is exported. */
  hold(): void {
    // In place of no time, what the SDK makes of none.
    cover(this.span, 'end', (time = performance.now()) => void (this.endedAt ??= time as TimeInput));
  }

  /** Lets it end. Where `isOurs` says then that decotel reports the call, it is no model call's span any more. */
  release(isOurs = (_native: NativeSpan): boolean => false): void {
    const end = (time: unknown): void => {
      if (isOurs(this)) this.withdraw();
      this.endSpan(time as TimeInput | undefined);
    };
    if (this.endedAt === undefined) cover(this.span, 'end', end);
    else end(this.endedAt);
  }

  private withdraw(): void {
    removeKeys(this.attributes, (key) => key.startsWith('gen_ai.') || key.startsWith('ai.usage.'));
    if (this.span.attributes !== undefined) return;
    warnOnce(
      'a model call is counted twice: its SDK traces it too, on spans that cannot be changed. Construct the client with ' +
        '`openTelemetry: false`, or wrap it in observe(client).',
    );
  }
}

/** The answer that a call of ours reports when it ends. */
export interface Reported {
  /** Undefined where no provider's answer came. */
  readonly reading: { readonly id?: string; readonly isSummary?: boolean } | undefined;
  /** What was asked is known, whoever answered. */
  readonly isAsked: boolean;
  readonly isCompleted: boolean;
  readonly record: CallRecord;
}

/** False for as long as nobody else traces: then no call looks for their spans. */
export let hasNativeSpans = false;

/** The native spans inside one model call of ours, until that call ends. */
export class NativeSpans {
  private natives: NativeSpan[] = [];

  add(native: NativeSpan): void {
    if (this.natives.some(({ span }) => span === native.span)) return;
    hasNativeSpans = true;
    if (!isTheirs()) native.hold();
    if (this.natives.push(native) > MOST_HELD) this.natives.shift()?.release();
  }

  /** They end as they are: all, or the one that an observed call has seen to. */
  release(settled?: Span): void {
    for (const native of this.take(({ span }) => settled === undefined || span === settled)) native.release();
  }

  /**
   * The call ends. True where the native spans report it: they were asked to, or they alone know the answer. Otherwise
   * the one of the same call reports nothing any more. All others end as they are.
   */
  settle(reported: Reported): boolean {
    const natives = this.take();
    const { reading, record } = reported;
    const same = sameCall(natives, reported);
    if (isTheirs()) return (reading === undefined ? natives : same).length > 0;
    const isAmbiguous = same.length > 1 && same[0]?.responseId === undefined;
    const isLeft = reading === undefined ? same.length < natives.length : isAmbiguous;
    const isOurs = (native: NativeSpan): boolean =>
      !isLeft && same.includes(native) && (reading !== undefined || !native.hasUsage);
    if (!isLeft) complete(record, same[0]?.attributes);
    for (const native of natives) native.release(isOurs);
    return isLeft;
  }

  /** One of several calls inside ends; what it answered has `id`. */
  settleOne(id: string | undefined): boolean {
    const same = this.take(({ responseId }) => responseId !== undefined && responseId === id);
    for (const native of same) native.release(() => !isTheirs());
    return isTheirs() && same.length > 0;
  }

  private take(isTaken = (_native: NativeSpan): boolean => true): NativeSpan[] {
    const taken = this.natives.filter(isTaken);
    this.natives = this.natives.filter((native) => !taken.includes(native));
    return taken;
  }
}

/** The spans of the call that was answered so; without ids, those that may be. */
function sameCall(natives: readonly NativeSpan[], { reading, isAsked, isCompleted }: Reported): readonly NativeSpan[] {
  // Of a call that failed, neither side has more than the failure.
  if (reading === undefined) return isCompleted && !isAsked ? [] : natives.filter(({ hasUsage }) => !hasUsage);
  if (reading.isSummary === true) return natives;
  const byId = natives.filter(({ responseId }) => responseId !== undefined && responseId === reading.id);
  if (byId.length > 0) return byId;
  return natives.filter(({ responseId, hasFailed }) => responseId === undefined && !(isCompleted && hasFailed));
}

/** A client that is not observed tells nobody else what it was asked for. */
function complete(record: CallRecord, { [MODEL]: model, [PROVIDER]: provider }: Attributes = {}): void {
  if (typeof model === 'string') record.request = { model, ...record.request };
  if (typeof provider === 'string') record.provider ??= provider;
}

/** The span of a call that native spans report: what the method did beside it. */
export function leaveSpan(span: Span): void {
  const own = span as SdkSpan;
  if (own.attributes === undefined) return;
  own.kind = SpanKind.INTERNAL;
  removeKeys(own.attributes, (key) => MODEL_CALL_KEYS.includes(key));
}

/** Likewise of its record: prompt, messages, result and outcome stay. */
export function leaveRecord(record: CallRecord): void {
  Object.assign(record, LEFT);
}

const LEFT: Partial<CallRecord> = {
  operation: undefined,
  provider: undefined,
  request: undefined,
  response: undefined,
  usage: undefined,
  usageRemedy: undefined,
  outputType: undefined,
  embeddingDimensions: undefined,
  requestMissing: undefined,
  serverAddress: undefined,
  serverPort: undefined,
};

function removeKeys(attributes: Attributes, isRemoved: (key: string) => boolean): void {
  for (const key of Object.keys(attributes)) if (isRemoved(key)) Reflect.deleteProperty(attributes, key);
}

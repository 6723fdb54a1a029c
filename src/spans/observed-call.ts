import { SpanKind, type Context, type Tracer } from '@opentelemetry/api';
import type { Outcome } from '../core/record.js';
import type { ContentSwitches } from '../core/settings.js';
import { GEN_AI_OPERATION_NAME_VALUE_CHAT } from '../semconv/gen-ai.js';
import type { Method } from '../streams/cover.js';
import { Call } from './call.js';
import { contextOf } from './call-context.js';
import type { CallKind } from './definition.js';
import { startSpan } from './start-span.js';

const OBSERVED: CallKind = {
  decorator: 'observe(client)',
  spanKind: SpanKind.CLIENT,
  operation: GEN_AI_OPERATION_NAME_VALUE_CHAT,
  isModelCall: true,
  spanName: (definition) => definition.methodName,
  describe: () => undefined,
};

/** Takes over what an observed call did. */
export interface Follower {
  end(outcome: Outcome, error?: unknown): void;
}

/**
 * A model call seen through an observed client. Inside a decorated model call it waits, without a span, until it is
 * clear whether that call's span reports it; otherwise, or when that turns out not to be so, it has a span of its own.
 */
export class ObservedCall extends Call {
  follower: Follower | undefined = undefined;
  private readonly startedAtClock = Date.now();
  private endedAtClock: number | undefined = undefined;

  constructor(
    content: ContentSwitches,
    private readonly parent: Context,
    private readonly tracer: Tracer,
  ) {
    super(OBSERVED, {}, content, parent);
    this.isNested = true;
  }

  get isWaiting(): boolean {
    return this.span === undefined;
  }

  /** Gives the call a span of its own; one that is already over gets it with its true times. */
  startOwnSpan(): void {
    if (this.span !== undefined) return;
    const { record, asked } = this;
    record.operation ??= asked?.reading.operation;
    record.request ??= asked?.reading.request;
    record.provider ??= this.hostedBy ?? asked?.provider.name;
    const model = record.request?.model;
    const operation = record.operation ?? GEN_AI_OPERATION_NAME_VALUE_CHAT;
    this.span = startSpan(this.tracer, {
      name: model === undefined ? operation : `${operation} ${model}`,
      kind: this.kind,
      options: this.options,
      record,
      parent: this.parent,
      startTime: this.startedAtClock,
    });
    this.context = contextOf(this.parent, this.span, this);
    if (this.endedAtClock !== undefined) this.endSpan(this.endedAtClock);
  }

  /** The steps of an SDK's stream are the SDK's work, not the method's. */
  override enter(work: Method, self: unknown, values: unknown[]): unknown {
    return work.apply(self, values);
  }

  /** A method may return the very promise that the SDK gave it. */
  override watch(value: unknown): unknown {
    const watched = super.watch(value);
    if (typeof watched === 'object' && watched !== null) this.own(watched);
    return watched;
  }

  protected override settle(): void {
    this.endedAtClock = this.startedAtClock + (performance.now() - this.startedAt);
    if (this.span !== undefined) this.endSpan(this.endedAtClock);
    this.follower?.end(this.outcome ?? 'completed', this.error);
  }
}

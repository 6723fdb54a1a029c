import { createContextKey, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { AlteredSpan } from './altered-span.js';

interface Node {
  readonly context: SpanContext;
  /** The nearest known ancestor that may be taken. */
  up: Node | undefined;
  /** What to hang below where no known ancestor is taken. */
  readonly beyond: SpanContext | undefined;
  /** Until it has ended. */
  span: ReadableSpan | undefined;
  isTaken: boolean;
}

/** So many open spans, and so many ended ones that may still get children, are known; the oldest are forgotten. */
const MOST_OPEN = 20_000;
const MOST_ENDED = 10_000;

/** The running decorated call, as the spans room sets it: where decotel joined a provider, only its own spans come here. */
const CALL_KEY = createContextKey('decotel.call');

/**
 * Takes some spans and hangs each below its nearest ancestor that is taken. A span ends before its ancestors do, so their
 * fate has to be known by then: whether a span is taken is asked from its start on, and the first yes holds.
 */
export class Lineage {
  private readonly open = new Map<string, Node>();
  private readonly ended = new Map<string, Node>();

  constructor(private readonly test: (span: ReadableSpan) => boolean) {}

  /** The span as it is taken; undefined where it is not, so far. */
  start(span: ReadableSpan, parentContext: Context): ReadableSpan | undefined {
    const { parentSpanContext } = span;
    const up = this.known(parentSpanContext?.spanId) ?? this.runningCall(span, parentContext);
    const node = nodeOf(span, up);
    keep(this.open, node, MOST_OPEN);
    return this.isTaken(node) ? this.placed(span, node) : undefined;
  }

  /** The same for a span that has ended. */
  end(span: ReadableSpan): ReadableSpan | undefined {
    const { spanId } = span.spanContext();
    const node = this.open.get(spanId) ?? nodeOf(span, this.known(span.parentSpanContext?.spanId));
    this.open.delete(spanId);
    const result = this.isTaken(node) ? this.placed(span, node) : undefined;
    node.span = undefined;
    // A chain of calls that start each other after their end must not be kept for ever.
    if (node.isTaken) node.up = undefined;
    else
      while (node.up !== undefined && node.up.span === undefined && !node.up.isTaken && node.up.up)
        node.up = node.up.up;
    keep(this.ended, node, MOST_ENDED);
    return result;
  }

  private known(spanId: string | undefined): Node | undefined {
    return spanId === undefined ? undefined : (this.open.get(spanId) ?? this.ended.get(spanId));
  }

  private runningCall(span: ReadableSpan, parentContext: Context): Node | undefined {
    const call = parentContext.getValue(CALL_KEY) as { span?: { spanContext(): SpanContext } } | undefined;
    const context = call?.span?.spanContext();
    return context?.traceId === span.spanContext().traceId ? this.known(context.spanId) : undefined;
  }

  private isTaken(node: Node): boolean {
    node.isTaken ||= node.span !== undefined && isSampled(node.context) && this.test(node.span);
    return node.isTaken;
  }

  private placed(span: ReadableSpan, node: Node): ReadableSpan {
    const parentSpanContext = this.nearest(node);
    if (parentSpanContext?.spanId === span.parentSpanContext?.spanId) return span;
    return new AlteredSpan(span, { parentSpanContext });
  }

  private nearest(node: Node): SpanContext | undefined {
    let top = node;
    for (let up = node.up; up !== undefined; up = up.up) {
      if (this.isTaken(up)) return up.context;
      top = up;
    }
    return top.beyond;
  }
}

function nodeOf(span: ReadableSpan, up: Node | undefined): Node {
  const parent = span.parentSpanContext;
  // Another process may take a remote parent; a local one that never came here, or is not sampled, goes nowhere.
  const beyond = parent?.isRemote === true && isSampled(parent) ? parent : undefined;
  return { context: span.spanContext(), up, beyond, span, isTaken: false };
}

function keep(nodes: Map<string, Node>, node: Node, most: number): void {
  if (nodes.size >= most) {
    const [oldest] = nodes.keys();
    if (oldest !== undefined) nodes.delete(oldest);
  }
  nodes.set(node.context.spanId, node);
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

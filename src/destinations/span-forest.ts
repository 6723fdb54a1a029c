import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { milliseconds } from './span-facts.js';

/** As a span was called at its end. */
interface Named {
  readonly name: string;
}

/** One span of a tree, and what its reader keeps of it. */
export interface TreeNode<Facts extends Named> {
  readonly spanId: string;
  readonly startMs: number;
  /** As it was called at its start. */
  readonly startName: string;
  /** Undefined while the span is open. */
  facts: Facts | undefined;
  children: TreeNode<Facts>[];
}

/** The spans below one local root. */
export interface SpanTree<Facts extends Named> {
  readonly root: TreeNode<Facts>;
  readonly traceId: string;
  readonly serviceName: string | undefined;
  /** Name of the printed span below which this tree belongs. */
  readonly late: string | undefined;
  /** Spans in it, and spans beyond the cap. */
  size: number;
  skipped: number;
}

interface Place<Facts extends Named> {
  readonly node: TreeNode<Facts>;
  readonly tree: SpanTree<Facts>;
  readonly isSkipped: boolean;
}

const MOST_TREES = 200;
const MOST_SPANS_OF_A_TREE = 1000;
const MOST_PRINTED = 5000;

/**
 * Collects spans into trees and gives each tree away when its local root has ended. Bounded: spans beyond the caps are
 * counted, not kept.
 */
export class SpanForest<Facts extends Named> {
  private readonly trees = new Set<SpanTree<Facts>>();
  private readonly places = new Map<string, Place<Facts>>();
  /** Names of spans that were given away, by their id, for what still comes below them. */
  private readonly printed = new Map<string, string>();
  /** Ended spans that were given away, and spans that were not kept. */
  given = 0;
  lost = 0;

  constructor(
    private readonly factsOf: (span: ReadableSpan) => Facts,
    private readonly give: (tree: SpanTree<Facts>) => void,
  ) {}

  /** How many spans wait. */
  get size(): number {
    let size = 0;
    for (const tree of this.trees) size += tree.size;
    return size;
  }

  start(span: ReadableSpan): void {
    const { traceId, spanId } = span.spanContext();
    const node: TreeNode<Facts> = {
      spanId,
      startMs: milliseconds(span.startTime),
      startName: span.name,
      facts: undefined,
      children: [],
    };
    const { parentSpanContext } = span;
    const parent = parentSpanContext && this.places.get(parentSpanContext.spanId);
    if (parent !== undefined) {
      this.attach(node, parent);
      return;
    }
    const isLocal = parentSpanContext !== undefined && parentSpanContext.isRemote !== true;
    const late = isLocal ? this.printed.get(parentSpanContext.spanId) : undefined;
    const serviceName: unknown = span.resource.attributes['service.name'];
    // The SDK's default names the path of the program.
    const isNamed = typeof serviceName === 'string' && !serviceName.startsWith('unknown_service');
    this.plant(node, traceId, isNamed ? serviceName : undefined, late);
  }

  end(span: ReadableSpan): void {
    const { spanId } = span.spanContext();
    // A processor that joined late has not seen the start.
    if (!this.places.has(spanId)) this.start(span);
    const place = this.places.get(spanId);
    if (place === undefined) return;
    if (place.isSkipped) this.places.delete(spanId);
    else place.node.facts = this.factsOf(span);
    if (place.tree.root === place.node) this.giveAway(place.tree);
  }

  /** Gives the trees away whose root is still open; `all`: also those of which nothing has ended. */
  giveIncomplete(all: boolean): void {
    for (const tree of [...this.trees]) {
      if (all || hasEnded(tree.root)) this.giveAway(tree);
    }
  }

  private attach(node: TreeNode<Facts>, { node: parent, tree }: Place<Facts>): void {
    const isSkipped = tree.size >= MOST_SPANS_OF_A_TREE;
    this.places.set(node.spanId, { node, tree, isSkipped });
    if (isSkipped) {
      tree.skipped++;
      this.lost++;
    } else {
      tree.size++;
      parent.children.push(node);
    }
  }

  private plant(
    root: TreeNode<Facts>,
    traceId: string,
    serviceName: string | undefined,
    late: string | undefined,
  ): void {
    if (this.trees.size >= MOST_TREES) this.fell();
    const tree: SpanTree<Facts> = { root, traceId, serviceName, late, size: 0, skipped: 0 };
    this.trees.add(tree);
    eachNode(root, (node) => {
      tree.size++;
      this.places.set(node.spanId, { node, tree, isSkipped: false });
    });
  }

  /** The oldest tree goes: its root may never end. */
  private fell(): void {
    const [oldest] = this.trees;
    if (oldest === undefined) return;
    this.trees.delete(oldest);
    this.lost += oldest.size;
    eachNode(oldest.root, ({ spanId }) => this.places.delete(spanId));
  }

  private giveAway(tree: SpanTree<Facts>): void {
    this.trees.delete(tree);
    const { root } = tree;
    const rootName = root.facts?.name ?? root.startName;
    eachNode(tree.root, ({ spanId, facts }) => {
      if (facts !== undefined) this.given++;
      this.places.delete(spanId);
      this.remember(spanId, rootName);
    });
    this.give(tree);
    for (const node of stillOpen(tree.root)) this.plant(node, tree.traceId, tree.serviceName, rootName);
  }

  private remember(spanId: string, rootName: string): void {
    if (this.printed.size >= MOST_PRINTED) {
      const [oldest] = this.printed.keys();
      if (oldest !== undefined) this.printed.delete(oldest);
    }
    this.printed.set(spanId, rootName);
  }
}

export function eachNode<Facts extends Named>(node: TreeNode<Facts>, visit: (node: TreeNode<Facts>) => void): void {
  visit(node);
  for (const child of node.children) eachNode(child, visit);
}

function hasEnded(node: TreeNode<Named>): boolean {
  return node.facts !== undefined || node.children.some(hasEnded);
}

/** The open nodes at or below `node`, each with the open ones below itself. */
function stillOpen<Facts extends Named>(node: TreeNode<Facts>): TreeNode<Facts>[] {
  const below = node.children.flatMap((child) => stillOpen(child));
  if (node.facts !== undefined) return below;
  node.children = below;
  return [node];
}

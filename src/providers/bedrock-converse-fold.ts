import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { readConverseUsage } from './bedrock-converse.js';
import { BlockFold } from './block-fold.js';
import { asList, asName, asRecord, own, type Json } from './json.js';
import { wireNames } from './wire-names.js';

/** The first event of every stream. */
export function isConverseStart(chunk: object): boolean {
  return typeof own(own(chunk, 'messageStart'), 'role') === 'string';
}

/** Events of ConverseStream, joined to the blocks that Converse would have sent. */
export class ConverseFold extends BlockFold {
  add(chunk: object): void {
    const { messageStart, contentBlockStart, contentBlockDelta, messageStop, metadata } = chunk as Json;
    this.role ??= own(messageStart, 'role');
    this.finishReason = asName(own(messageStop, 'stopReason')) ?? this.finishReason;
    this.facts.usage = readConverseUsage(own(metadata, 'usage')) ?? this.facts.usage;
    // Only a block that is neither text nor reasoning has an event for its start: `{ [kind]: … }`.
    const [[type, block] = []] = Object.entries(asRecord(wireNames(own(contentBlockStart, 'start'), 2)) ?? {});
    if (type !== undefined) this.begin(own(contentBlockStart, INDEX) ?? this.blocks.size, { ...asRecord(block), type });
    const delta = asRecord(own(contentBlockDelta, 'delta'));
    if (delta !== undefined) this.grow(own(contentBlockDelta, INDEX) ?? this.blocks.size - 1, delta);
  }

  private grow(index: unknown, { text, reasoningContent, toolUse, toolResult }: Json): void {
    const reasoning = asRecord(reasoningContent);
    const thinking = reasoning && ('redactedContent' in reasoning ? 'redacted_thinking' : 'thinking');
    const results = asList(toolResult);
    const type =
      thinking ?? (typeof text === 'string' ? 'text' : Array.isArray(toolResult) ? 'tool_result' : undefined);
    const block = this.block(index, type);
    block?.grow('text', text);
    block?.grow('thinking', reasoning?.['text']);
    block?.grow('input', own(toolUse, 'input') || undefined);
    if (block === undefined || results.length === 0) return;
    const content = [...asList(block.members['content']), ...asList(snapshot(results))];
    block.members['content'] = content.slice(0, settings().limits.items);
  }
}

const INDEX = 'contentBlockIndex';

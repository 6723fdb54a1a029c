import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { readConverseUsage } from './bedrock-converse.js';
import { BlockFold } from './block-fold.js';
import type { GrowingObject } from './growing.js';
import { asList, asName, asNumber, asRecord, own, type Json } from './json.js';
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
    const start = asRecord(contentBlockStart);
    // Only a block that is neither text nor reasoning has an event for its start: `{ [kind]: … }`.
    const [[type, block] = []] = Object.entries(asRecord(wireNames(start?.['start'], 2)) ?? {});
    if (start !== undefined) this.begin(indexOf(start) ?? this.blocks.size, { ...asRecord(block), type });
    const delta = asRecord(contentBlockDelta);
    if (delta !== undefined) this.grow(indexOf(delta) ?? this.blocks.size - 1, asRecord(delta['delta']) ?? {});
  }

  private grow(index: number, { text, reasoningContent, toolUse, toolResult }: Json): void {
    const reasoning = asRecord(reasoningContent);
    if (typeof text === 'string') this.block(index, 'text')?.grow('text', text);
    else if (reasoning !== undefined) {
      const type = 'redactedContent' in reasoning ? 'redacted_thinking' : 'thinking';
      this.block(index, type)?.grow('thinking', reasoning['text']);
    } else if (toolUse !== undefined) this.blocks.get(index)?.grow('input', own(toolUse, 'input') || undefined);
    else if (Array.isArray(toolResult)) {
      const block = this.block(index, 'tool_result');
      const content = [...asList(block?.members['content']), ...asList(snapshot(toolResult))];
      if (block !== undefined) block.members['content'] = content.slice(0, settings().limits.items);
    }
  }

  private block(index: number, type: string): GrowingObject | undefined {
    return this.blocks.get(index) ?? this.begin(index, { type });
  }
}

function indexOf({ contentBlockIndex }: Json): number | undefined {
  return asNumber(contentBlockIndex);
}

import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { readAnthropicAnswer } from './anthropic-answer.js';
import { BlockFold } from './anthropic-fold.js';
import { converseBlocks, readConverseUsage } from './bedrock-converse.js';
import { asList, asName, asNumber, asRecord, own, type Json } from './json.js';
import type { Fold, ResponseReading } from './provider.js';

/** The first event of every stream. */
export function isConverseStart(chunk: object): boolean {
  return typeof own(own(chunk, 'messageStart'), 'role') === 'string';
}

/** Events of ConverseStream, joined to the blocks that Converse would have sent. */
export class ConverseFold implements Fold {
  private role: unknown = undefined;
  private stopReason: string | undefined = undefined;
  private usage: Usage | undefined = undefined;
  private readonly blocks = new Map<number, BlockFold>();

  add(chunk: object): void {
    const { messageStart, contentBlockStart, contentBlockDelta, messageStop, metadata } = chunk as Json;
    this.role ??= asRecord(messageStart)?.['role'];
    this.stopReason = asName(asRecord(messageStop)?.['stopReason']) ?? this.stopReason;
    this.usage = readConverseUsage(asRecord(metadata)?.['usage']) ?? this.usage;
    const start = asRecord(contentBlockStart);
    if (start !== undefined)
      this.begin(indexOf(start) ?? this.blocks.size, converseBlocks([snapshot(start['start'])])[0]);
    const delta = asRecord(contentBlockDelta);
    if (delta !== undefined) this.addDelta(indexOf(delta) ?? this.blocks.size - 1, asRecord(delta['delta']) ?? {});
  }

  read(): ResponseReading {
    const { role, stopReason, usage } = this;
    const content = [...this.blocks].sort(([one], [other]) => one - other).map(([, block]) => block.read());
    return readAnthropicAnswer({ role, stopReason, usage, content });
  }

  /** Only a block that is neither text nor reasoning has an event for its start. */
  private begin(index: number, block: unknown): BlockFold | undefined {
    if (this.blocks.size >= settings().limits.items && !this.blocks.has(index)) return undefined;
    const fold = new BlockFold(asRecord(block) ?? {});
    this.blocks.set(index, fold);
    return fold;
  }

  private addDelta(index: number, { text, reasoningContent, toolUse, toolResult }: Json): void {
    const block = this.blocks.get(index);
    const reasoning = asRecord(reasoningContent);
    if (typeof text === 'string') {
      (block ?? this.begin(index, { type: 'text' }))?.add({ type: 'text_delta', text });
    } else if (reasoning !== undefined) {
      const type = 'redactedContent' in reasoning ? 'redacted_thinking' : 'thinking';
      (block ?? this.begin(index, { type }))?.add({ type: 'thinking_delta', thinking: reasoning['text'] });
    } else if (toolUse !== undefined) {
      block?.add({ type: 'input_json_delta', partial_json: asRecord(toolUse)?.['input'] });
    } else if (Array.isArray(toolResult)) {
      const former = block?.read();
      const content = [...asList(former?.['content']), ...converseBlocks(snapshot(toolResult))];
      this.begin(index, { ...former, content: content.slice(0, settings().limits.items) });
    }
  }
}

function indexOf({ contentBlockIndex }: Json): number | undefined {
  return asNumber(contentBlockIndex);
}

import type { Usage } from '../core/record.js';
import { readAnthropicUsage } from './anthropic-usage.js';
import { factsOf } from './answer.js';
import { BlockFold } from './block-fold.js';
import { asName, asNumber, asRecord, own, type Json } from './json.js';
import type { ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';
import { overlayUsage, withCachedInput } from './usage.js';

/** Events of a message, joined to the blocks that it would have had. */
export class AnthropicFold extends BlockFold {
  private usage: Usage | undefined = undefined;

  add(chunk: object): void {
    const { type, index, message, content_block, delta, usage, error } = chunk as Json;
    switch (type) {
      case 'message_start':
        this.facts = factsOf(asRecord(message) ?? {});
        this.usage = readAnthropicUsage(own(message, 'usage'));
        return;
      case 'content_block_start':
        this.begin(asNumber(index) ?? this.blocks.size, content_block);
        return;
      case 'content_block_delta':
        return this.grow(asNumber(index) ?? this.blocks.size - 1, asRecord(delta) ?? {});
      case 'message_delta':
        this.finishReason = asName(own(delta, 'stop_reason')) ?? this.finishReason;
        // Its counts are totals of the message so far; those that do not apply are left out.
        this.usage = overlayUsage(this.usage, readAnthropicUsage(usage));
        return;
      case 'error':
        this.facts.error = readResponseError(error);
    }
  }

  override read(): ResponseReading {
    return { ...super.read(), usage: withCachedInput(this.usage, 'input_tokens') };
  }

  /** The delta's own member is the block's, but for the input of a tool, which comes as JSON. */
  private grow(index: number, { text, thinking, partial_json, content }: Json): void {
    const block = this.blocks.get(index);
    block?.grow('text', text);
    block?.grow('thinking', thinking);
    block?.grow('input', partial_json);
    // Of a compaction.
    block?.grow('content', content);
  }
}

import type { Usage } from '../core/record.js';
import { readAnthropicUsage } from './anthropic-usage.js';
import { factsOf } from './answer.js';
import { BlockFold } from './block-fold.js';
import { asName, asRecord, own, type Json } from './json.js';
import type { ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';
import { overlayUsage, withCachedInput } from './usage.js';

/** Events of a message, joined to the blocks that it would have had. */
export class AnthropicFold extends BlockFold {
  private usage: Usage | undefined = undefined;

  add(chunk: object): void {
    const { index, message, content_block, delta, usage, error } = chunk as Json;
    const { stop_reason, text, thinking, partial_json, content } = asRecord(delta) ?? {};
    if (message !== undefined) this.facts = factsOf(asRecord(message) ?? {});
    // Its counts are totals of the message so far; those that do not apply are left out.
    this.usage = overlayUsage(this.usage, readAnthropicUsage(usage ?? own(message, 'usage')));
    this.finishReason = asName(stop_reason) ?? this.finishReason;
    this.facts.error = readResponseError(error) ?? this.facts.error;
    if (content_block !== undefined) this.begin(index ?? this.blocks.size, content_block);
    const block = this.blocks.get(index ?? this.blocks.size - 1);
    // A delta's own member is the block's, but for the input of a tool, which comes as JSON.
    block?.grow('text', text);
    block?.grow('thinking', thinking);
    block?.grow('input', partial_json);
    // Of a compaction.
    block?.grow('content', content);
  }

  override read(): ResponseReading {
    return { ...super.read(), usage: withCachedInput(this.usage, 'input_tokens') };
  }
}

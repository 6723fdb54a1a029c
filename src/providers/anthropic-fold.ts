import type { Usage } from '../core/record.js';
import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { readAnthropicAnswer, readAnthropicUsage } from './anthropic-answer.js';
import { GrowingText } from './growing-text.js';
import { asName, asNumber, asRecord, type Json } from './json.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';
import { toolArguments } from './tool-arguments.js';
import { overlayUsage } from './usage.js';

/** Events of a message, joined to the blocks that it would have had. */
export class AnthropicFold implements Fold {
  private id: string | undefined = undefined;
  private model: string | undefined = undefined;
  private stopReason: string | undefined = undefined;
  private usage: Usage | undefined = undefined;
  private error: ResponseReading['error'] = undefined;
  private readonly blocks = new Map<number, BlockFold>();

  add(chunk: object): void {
    const event = chunk as Json;
    switch (event['type']) {
      case 'message_start':
        return this.start(asRecord(event['message']));
      case 'content_block_start':
        return this.startBlock(asNumber(event['index']) ?? this.blocks.size, event['content_block']);
      case 'content_block_delta':
        return this.blocks.get(asNumber(event['index']) ?? this.blocks.size - 1)?.add(asRecord(event['delta']));
      case 'message_delta':
        return this.addDelta(event);
      case 'error':
        this.error = readResponseError(event['error']);
    }
  }

  read(): ResponseReading {
    const { id, model, stopReason, usage, error } = this;
    const content = [...this.blocks].sort(([one], [other]) => one - other).map(([, block]) => block.read());
    return readAnthropicAnswer({ id, model, stopReason, usage, error, content });
  }

  private start(message: Json | undefined): void {
    if (message === undefined) return;
    this.id = asName(message['id']);
    this.model = asName(message['model']);
    this.usage = readAnthropicUsage(message['usage']);
  }

  private startBlock(index: number, block: unknown): void {
    if (this.blocks.size >= settings().limits.items) return;
    this.blocks.set(index, new BlockFold(asRecord(snapshot(block)) ?? {}));
  }

  /** Its counts are totals of the message so far; those that do not apply are left out. */
  private addDelta(event: Json): void {
    this.stopReason = asName(asRecord(event['delta'])?.['stop_reason']) ?? this.stopReason;
    this.usage = overlayUsage(this.usage, readAnthropicUsage(event['usage']));
  }
}

/** The member of each delta that goes on, and the member of the block that it goes on with. */
const GROWING = new Map([
  ['text_delta', ['text', 'text']],
  ['thinking_delta', ['thinking', 'thinking']],
  ['input_json_delta', ['partial_json', 'input']],
  ['compaction_delta', ['content', 'content']],
] as const);

export class BlockFold {
  private member: string | undefined = undefined;
  private text: GrowingText | undefined = undefined;

  constructor(private readonly block: Json) {}

  add(delta: Json | undefined): void {
    const growing = GROWING.get(delta?.['type'] as 'text_delta');
    if (delta === undefined || growing === undefined) return;
    const [from, to] = growing;
    if (this.text === undefined) {
      this.member = to;
      this.text = new GrowingText();
      if (to !== 'input') this.text.add(this.block[to]);
    }
    this.text.add(delta[from]);
  }

  read(): Json {
    const text = this.text?.read();
    if (this.member === undefined || text === undefined || text === '') return this.block;
    return { ...this.block, [this.member]: this.member === 'input' ? toolArguments(text) : text };
  }
}

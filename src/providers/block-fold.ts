import { snapshot } from '../core/snapshot.js';
import { readAnswer } from './answer.js';
import { GrowingObject, Slots } from './growing.js';
import { asRecord } from './json.js';
import type { Fold, ResponseReading } from './provider.js';

/** What the events of one message tell, joined to the blocks that it would have had. */
export abstract class BlockFold implements Fold {
  protected facts: Partial<ResponseReading> = {};
  protected role: unknown = undefined;
  protected finishReason: string | undefined = undefined;
  protected blocks = new Slots<GrowingObject>();

  abstract add(chunk: object): void;

  read(): ResponseReading {
    const { facts, role, finishReason } = this;
    const content = this.blocks.values().map((block) => block.read());
    return readAnswer(facts, [{ message: { role, content }, finishReason }]);
  }

  /** The block under `key`; one of `type`, where none was announced. */
  protected block(key: unknown, type: string | undefined): GrowingObject | undefined {
    return this.blocks.get(key) ?? (type === undefined ? undefined : this.begin(key, { type }));
  }

  /** Goes on with the block under `key`, which begins as `block`. */
  protected begin(key: unknown, block: unknown): GrowingObject | undefined {
    return this.blocks.set(key, new GrowingObject({ ...asRecord(snapshot(block)) }));
  }
}

import { snapshot } from '../core/snapshot.js';
import { readAnswer, type Choice } from './answer.js';
import { GrowingObject, Slots } from './growing.js';
import { asRecord } from './json.js';
import type { Fold, ResponseReading } from './provider.js';

/** A message whose blocks come in pieces. */
export class GrowingMessage {
  protected role: unknown = undefined;
  protected finishReason: string | undefined = undefined;
  protected blocks = new Slots<GrowingObject>();

  choice(): Choice {
    const { role, finishReason } = this;
    return { message: { role, content: this.blocks.values().map((block) => block.read()) }, finishReason };
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

/** What the events of one message tell, joined to the blocks that it would have had. */
export abstract class BlockFold extends GrowingMessage implements Fold {
  protected facts: Partial<ResponseReading> = {};

  abstract add(chunk: object): void;

  read(): ResponseReading {
    return readAnswer(this.facts, [this.choice()]);
  }
}

/** A whole answer that looks like a chunk of one, or is respelt like an event. */
export function readWhole(answer: object, fold: Fold | undefined): ResponseReading | undefined {
  fold?.add(answer);
  return fold?.read();
}

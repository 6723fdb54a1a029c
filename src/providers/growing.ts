import { settings } from '../core/settings.js';
import { GrowingText } from './growing-text.js';

/** What arrives in pieces, each under a key: no more than the limits allow. */
export class Slots<Slot> {
  readonly #slots = new Map<unknown, Slot>();

  get size(): number {
    return this.#slots.size;
  }

  get(key: unknown): Slot | undefined {
    return this.#slots.get(key);
  }

  set(key: unknown, slot: Slot): Slot | undefined {
    if (!this.#slots.has(key) && this.#slots.size >= settings().limits.items) return undefined;
    this.#slots.set(key, slot);
    return slot;
  }

  /** In the order of their indices, or as they came. */
  values(): Slot[] {
    return [...this.#slots].sort(([one], [other]) => Number(one) - Number(other) || 0).map(([, slot]) => slot);
  }

  clear(): void {
    this.#slots.clear();
  }
}

/** An object some members of which are texts that grow, or lists of such objects. */
export class GrowingObject {
  readonly #texts = new Map<string, GrowingText>();
  readonly #lists = new Map<string, Slots<GrowingObject>>();

  constructor(readonly members: Record<string, unknown> = {}) {}

  grow(member: string, piece: unknown): void {
    if (typeof piece !== 'string') return;
    let text = this.#texts.get(member);
    if (text === undefined) {
      this.#texts.set(member, (text = new GrowingText()));
      text.add(this.members[member]);
    }
    text.add(piece);
  }

  /** The object under `key` of the list `member`. */
  item(member: string, key: unknown): GrowingObject | undefined {
    let list = this.#lists.get(member);
    if (list === undefined) this.#lists.set(member, (list = new Slots()));
    return list.get(key) ?? list.set(key, new GrowingObject());
  }

  read(): Record<string, unknown> {
    const members = { ...this.members };
    for (const [member, text] of this.#texts) members[member] = text.read() || (members[member] ?? '');
    for (const [member, list] of this.#lists) members[member] = list.values().map((item) => item.read());
    return members;
  }
}

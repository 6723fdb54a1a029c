import { settings } from '../core/settings.js';
import { cutText } from '../core/snapshot.js';

/** Characters kept beyond the byte cap, so that a secret that straddles the cut is still recognised when masked. */
const MARGIN = 4096;
/** A text put together by `+` keeps every piece alive, and a list of them does too: this many may pile up. */
const MOST_PIECES = 32;

/** A text that arrives in pieces. Keeps what may be recorded of it, and few of the pieces. */
export class GrowingText {
  #text = '';
  #pieces: string[] = [];
  #room = settings().limits.valueBytes + MARGIN;
  #isCut = false;

  add(piece: unknown): void {
    if (typeof piece !== 'string' || piece === '' || this.#isCut) return;
    if (piece.length > this.#room) {
      // Together: what is cut may have begun in an earlier piece.
      const text = this.read();
      this.#text = cutText(text + piece, text.length + this.#room);
      this.#isCut = true;
      return;
    }
    this.#room -= piece.length;
    if (this.#pieces.push(piece) === MOST_PIECES) this.#join();
  }

  read(): string {
    this.#join();
    return this.#text;
  }

  /** Unlike `+`, `join` copies the characters and lets the pieces go. */
  #join(): void {
    if (this.#pieces.length === 0) return;
    this.#text += this.#pieces.join('');
    this.#pieces = [];
  }
}

import { settings } from '../core/settings.js';
import { cutText } from '../core/snapshot.js';

/** Characters kept beyond the byte cap, so that a secret that straddles the cut is still recognised when masked. */
const MARGIN = 4096;
/** A joined string keeps every piece alive until something reads it; this many pieces may pile up. */
const PIECES = 32;

/** A text that arrives in pieces. Keeps what may be recorded of it, and no piece. */
export class GrowingText {
  private text = '';
  private pieces = 0;
  private room = settings().limits.valueBytes + MARGIN;

  add(piece: unknown): void {
    if (typeof piece !== 'string' || piece === '' || this.room === 0) return;
    if (piece.length > this.room) piece = cutText(piece, this.room);
    this.room -= (piece as string).length;
    this.text += piece as string;
    // Reading a character makes V8 flatten the string and let the pieces go.
    if (++this.pieces % PIECES === 0) this.text.charCodeAt(0);
  }

  read(): string {
    return this.text;
  }
}

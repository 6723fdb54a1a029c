const MARK = Symbol.for('decotel.error');

/** The one error class of decotel: a misuse, with the place, the value seen and the remedy. */
export class DecotelError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'DecotelError', configurable: true, writable: true });
    Object.defineProperty(this.prototype, MARK, { value: true });
  }

  /** True for an error of any copy of the package (`instanceof` is false across the ESM and CJS copies). */
  static isDecotelError(value: unknown): value is DecotelError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[MARK] === true;
  }
}

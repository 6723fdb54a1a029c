import { randomFillSync } from 'node:crypto';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';

const POOL_BYTES = 8192;
/** Turned into digits at a time; few, because an id keeps alive the text that it was cut from. */
const SECTION_BYTES = 512;

/**
 * Random ids for decotel's own provider, many from one call of the system's generator: the SDK's own takes as long as
 * the rest of starting a span.
 */
export class RandomIds implements IdGenerator {
  private readonly pool = Buffer.allocUnsafeSlow(POOL_BYTES);
  private section = POOL_BYTES;
  private digits = '';
  private position = 0;

  readonly generateTraceId = (): string => this.take(32);
  readonly generateSpanId = (): string => this.take(16);

  private take(length: number): string {
    if (this.position + length > this.digits.length) this.refill();
    const id = this.digits.slice(this.position, (this.position += length));
    // Zeros alone mean "no id".
    return id.startsWith('0000') && /^0+$/.test(id) ? this.take(length) : id;
  }

  private refill(): void {
    if (this.section >= POOL_BYTES) {
      randomFillSync(this.pool);
      this.section = 0;
    }
    this.digits = this.pool.toString('hex', this.section, (this.section += SECTION_BYTES));
    this.position = 0;
  }
}

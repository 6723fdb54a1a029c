import type { Captured } from '../core/content.js';
import type { FinishedCall } from '../core/finished.js';
import type { GatePolicy } from '../core/gate.js';
import type { CallRecord } from '../core/record.js';
import { bySettings, settings, type ContentSwitches } from '../core/settings.js';
import type { Call } from './call.js';
import { pipeline } from './pipeline.js';
import type { Written } from './write.js';

/** What the destinations see of an ended call. */
export class Finished implements FinishedCall {
  readonly settings = settings();
  private readonly writtenIn = pipeline().dialect;

  constructor(
    private readonly call: Call,
    private readonly written: Written | undefined,
    readonly contentOnSpan: boolean,
  ) {}

  get record(): CallRecord {
    return bySettings(this.settings, () => this.call.completeRecord());
  }

  get content(): ContentSwitches {
    return this.call.content;
  }

  get metadataOnSpan(): boolean {
    return this.written !== undefined;
  }

  get dialect(): string {
    return this.writtenIn.name;
  }

  get captured(): Captured {
    return bySettings(this.settings, () => this.writtenIn.render(this.record));
  }

  get policy(): GatePolicy | undefined {
    return this.written?.policy;
  }

  get ownKeys(): ReadonlySet<string> {
    return new Set(this.written?.keys);
  }

  get ownEvents(): readonly string[] {
    return this.written?.events ?? [];
  }
}

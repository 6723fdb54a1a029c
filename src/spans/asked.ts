import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { snapshot } from '../core/snapshot.js';
import type { Provider, RequestReading } from '../providers/registry.js';
import { readRequest } from '../providers/registry.js';

/** Members by which a request to a model is told from any other value, before anything is copied. */
const REQUEST_MEMBERS = ['messages', 'input', 'prompt', 'contents'] as const;

/** A cheap look: false for most of what is no request. Never throws. */
export function mayBeRequest(body: unknown): body is object {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  try {
    return REQUEST_MEMBERS.some((member) => member in body);
  } catch {
    return false;
  }
}

/** What a call asked a model for. */
export class Asked {
  /** Whose wire shape the request has; the answer may know better. */
  readonly provider: Provider;
  readonly reading: RequestReading;

  private constructor(
    private readonly body: object,
    private readonly keepsContent: boolean,
    found: { provider: Provider; reading: RequestReading },
  ) {
    this.provider = found.provider;
    const { operation, request, outputType } = found.reading;
    this.reading = keepsContent ? found.reading : { operation, request, outputType };
  }

  /**
   * Recognises a request body; undefined for anything else. With content, it is read from a snapshot taken now: later
   * changes to the body cannot leak in. Without, the parameters are read now and the body is let go.
   */
  static from(body: object, hint: Provider | undefined, keepsContent: boolean): Asked | undefined {
    const source = keepsContent ? (snapshot(body) as object) : body;
    const found = readRequest(source, hint);
    return found && new Asked(keepsContent ? source : {}, keepsContent, found);
  }

  /** Writes the request into the record, as `answeredBy` reads it where the answer told whose shape it is. */
  complete(record: CallRecord, answeredBy: Provider | undefined): void {
    const reading = this.readAs(answeredBy);
    record.operation = reading.operation;
    record.request = { ...reading.request, ...definedOf(record.request) };
    record.outputType ??= reading.outputType;
    if (!this.keepsContent) return;
    const messages = (record.messages ??= {});
    messages.systemInstructions ??= () => reading.systemInstructions?.();
    messages.input ??= () => reading.input?.();
    messages.toolDefinitions ??= () => reading.toolDefinitions?.();
  }

  private readAs(provider: Provider | undefined): RequestReading {
    if (provider === undefined || provider === this.provider || !this.keepsContent) return this.reading;
    try {
      return provider.request(this.body) ?? this.reading;
    } catch (failure) {
      reportFailure(`the provider adapter ${provider.name} failed to read a request`, failure);
      return this.reading;
    }
  }
}

function definedOf(record: CallRecord['request']): CallRecord['request'] {
  return record === undefined
    ? undefined
    : Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

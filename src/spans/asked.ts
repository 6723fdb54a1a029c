import type { CallRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { snapshot } from '../core/snapshot.js';
import type { Provider, RequestReading } from '../providers/registry.js';
import { readRequest, requestIn } from '../providers/registry.js';

/** Members by which a request to a model is told from any other value, before anything is copied. */
const REQUEST_MEMBERS = [
  'messages',
  'input',
  'prompt',
  'contents',
  'inputs',
  'message',
  'texts',
  'images',
  'file',
  'query',
  'values',
  'modelId',
] as const;

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
  /** Parameters only: what they were when the request was made. */
  readonly reading: RequestReading;
  /** The client was asked for a stream by the name of its method. */
  streams = false;

  private constructor(
    /** A snapshot of the request, or undefined where no content is kept. */
    private readonly body: object | undefined,
    found: { provider: Provider; reading: RequestReading },
  ) {
    this.provider = found.provider;
    const { operation, request, outputType } = found.reading;
    this.reading = { operation, request, outputType };
  }

  /**
   * Recognises a request body; undefined for anything else. Its content is read later, from a snapshot taken now:
   * changes to the body cannot leak in. Without content the body is let go.
   */
  static from(body: object, hint: Provider | undefined, keepsContent: boolean): Asked | undefined {
    const request = requestIn(body);
    // Looked at before it is copied: few of the objects that have such a member are requests.
    const found = readRequest(request, hint);
    return found && new Asked(keepsContent ? (snapshot(request) as object) : undefined, found);
  }

  /** The same of a copy that was taken when the call was made. */
  static ofCopy(copy: unknown, hint: Provider | undefined): Asked | undefined {
    const found = mayBeRequest(copy) ? readRequest(copy, hint) : undefined;
    return found && new Asked(copy as object, found);
  }

  /** Writes the request into the record, as `answeredBy` reads it where the answer told whose shape it is. */
  complete(record: CallRecord, answeredBy: Provider | undefined): void {
    const reading = this.readAs(answeredBy ?? this.provider);
    record.operation = reading.operation;
    record.request = { ...reading.request, ...definedOf(record.request) };
    if (this.streams) record.request.stream = true;
    record.outputType = reading.outputType ?? record.outputType;
    if (this.body === undefined) return;
    if (reading.query !== undefined) record.retrieval = { ...record.retrieval, query: reading.query };
    const messages = (record.messages ??= {});
    messages.systemInstructions ??= () => reading.systemInstructions?.();
    messages.input ??= () => reading.input?.();
    messages.toolDefinitions ??= () => reading.toolDefinitions?.();
  }

  private readAs(provider: Provider): RequestReading {
    if (this.body === undefined) return this.reading;
    try {
      return provider.request(this.body, true) ?? this.reading;
    } catch (failure) {
      reportFailure(`the provider adapter ${provider.name} failed to read a request`, failure);
      return this.reading;
    }
  }
}

/** What is known of something that may be. */
export function definedOf<T extends object>(known: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(known ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}

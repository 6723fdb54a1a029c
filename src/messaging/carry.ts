import { context as contextApi, propagation, trace } from '@opentelemetry/api';
import { reportFailure, warnOnce } from '../core/report.js';
import { sessionHeaders } from '../spans/session-headers.js';
import { traceparentOf } from '../spans/traceparent.js';
import { fieldsOf, nameIn } from './fields.js';

/** What travels in a message that has no headers: made by `carry({})`, read by whoever handles the message. */
export interface Envelope {
  traceparent?: string;
  tracestate?: string;
  /** The session of `withSession`, as `sessionHeaders()` writes it. */
  'decotel-session'?: string;
  /** More spans that the message comes from, each a `traceparent`: the parts of a batch, an earlier attempt. */
  links?: string[];
}

/**
 * Writes where the running span is, and the session around it, into a message that is being built, so that its consumer
 * continues the trace or links to it, and returns the message. Nothing is written where there is neither. Never throws.
 *
 * Takes a plain object (HTTP headers, the data of a BullMQ job, a message to a worker thread, an MCP `_meta` or request,
 * a CloudEvent), `Headers`, a `Map`, the headers of NATS, AMQP and Kafka or the message that has them, and gRPC's
 * `Metadata`. What is in the message already is kept. A frozen CloudEvent is cloned: send what is returned.
 *
 * ```ts
 * await queue.add('recommend', carry({ genre: 'fantasy' }));
 * ```
 */
export function carry<Carrier extends object>(carrier: Carrier): Carrier {
  try {
    const fields = fieldsOf(carrier, true);
    if (fields === undefined) warnOnce('carry(message): a message is an object');
    else if (Object.isFrozen(carrier)) return clone(carrier);
    else for (const [name, value] of headersNow()) fields.set(name, value);
  } catch (failure) {
    reportFailure('a message could not be given its trace', failure);
  }
  return carrier;
}

/** The registered propagator decides how a trace is written; without one it is W3C's way. */
function headersNow(): [name: string, value: string][] {
  const headers = sessionHeaders();
  const place = trace.getSpanContext(contextApi.active());
  const traceparent = traceparentOf(place);
  if (traceparent !== undefined && propagation.fields().length === 0) {
    headers['traceparent'] = traceparent;
    const state = place?.traceState?.serialize() ?? '';
    if (state !== '') headers['tracestate'] = state;
  }
  return Object.entries(headers);
}

interface Cloneable<Carrier> {
  cloneWith(members: object): Carrier;
}

/** An event of the CloudEvents SDK is frozen, and makes others. */
function clone<Carrier extends object>(carrier: Carrier): Carrier {
  const headers = headersNow();
  if (headers.length === 0) return carrier;
  const added = Object.fromEntries(headers.map(([name, value]) => [nameIn(carrier, name), value]));
  const { cloneWith } = carrier as Partial<Cloneable<Carrier>>;
  return cloneWith === undefined ? { ...carrier, ...added } : cloneWith.call(carrier, added);
}

import { context as contextApi, isSpanContextValid, propagation, trace } from '@opentelemetry/api';
import { reportFailure, warnOnce } from '../core/report.js';
import { fieldsOf, type Fields } from './fields.js';
import { formatTraceparent } from './trace-parent.js';

/** What travels in a message that has no headers: made by `carry({})`, read by whoever handles the message. */
export interface Envelope {
  traceparent?: string;
  tracestate?: string;
  /** More spans that the message comes from, each a `traceparent`: the parts of a batch, an earlier attempt. */
  links?: string[];
}

/**
 * Writes where the running span is into a message that is being built, so that its consumer continues the trace or links
 * to it, and returns the message. Nothing is written where no span is active. Never throws.
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
    else writeTrace(fields);
  } catch (failure) {
    reportFailure('a message could not be given its trace', failure);
  }
  return carrier;
}

/** The registered propagator decides how a trace is written; without one it is W3C's way. */
function writeTrace(fields: Fields): void {
  const active = contextApi.active();
  const place = trace.getSpanContext(active);
  if (place === undefined || !isSpanContextValid(place)) return;
  if (propagation.fields().length > 0) {
    propagation.inject(active, fields, { set: (into, key, value) => into.set(key, value) });
    return;
  }
  fields.set('traceparent', formatTraceparent(place));
  const state = place.traceState?.serialize() ?? '';
  if (state !== '') fields.set('tracestate', state);
}

interface Cloneable<Carrier> {
  cloneWith(members: object): Carrier;
}

/** An event of the CloudEvents SDK is frozen, and makes others. */
function clone<Carrier extends object>(carrier: Carrier): Carrier {
  const added: Record<string, string> = {};
  writeTrace(fieldsOf(added) as Fields);
  if (Object.keys(added).length === 0) return carrier;
  const { cloneWith } = carrier as Partial<Cloneable<Carrier>>;
  return cloneWith === undefined ? { ...carrier, ...added } : cloneWith.call(carrier, added);
}

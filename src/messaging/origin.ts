import {
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Link,
  type SpanContext,
  type TextMapGetter,
} from '@opentelemetry/api';
import { reportFailure } from '../core/report.js';
import { sessionContent, type SessionOptions } from '../core/session.js';
import { ALL_CONTENT, strictest } from '../core/settings.js';
import type { Origin } from '../spans/definition.js';
import { sessionOf } from '../spans/session-headers.js';
import { inSession } from '../spans/session.js';
import { spanContextOf } from '../spans/traceparent.js';
import { fieldsOf, type Fields } from './fields.js';

/** How a span stands to the span that its message comes from. */
export type Relation = 'parent' | 'link';

export function isRelation(value: unknown): value is Relation {
  return value === 'parent' || value === 'link';
}

/**
 * Where the span of a call that handles `carriers` belongs. As `parent`: below the span that the one message comes from,
 * or a root; never below what happens to be active in a consumer's loop. As `link`: below what is active, with a link to
 * each valid span that the messages come from. Either way in the session that the messages name.
 */
export function originOf(carriers: readonly unknown[], as: Relation, active: Context): Origin {
  const links = carriers.flatMap(linksIn);
  if (as === 'parent' && carriers.length === 1) {
    const parent = remoteContext(fieldsOf(carriers[0]), trace.deleteSpan(active));
    return { parent: inSessionOf(carriers, parent), links };
  }
  const sources = carriers.map((carrier) => trace.getSpanContext(remoteContext(fieldsOf(carrier), ROOT_CONTEXT)));
  return { parent: inSessionOf(carriers, active), links: [...distinct(sources), ...links] };
}

/** The messages of a batch are of many sessions, so it is of none; what one of them forbids is forbidden for all. */
function inSessionOf(carriers: readonly unknown[], context: Context): Context {
  const named = carriers.map(sessionIn).filter((session) => Object.keys(session).length > 0);
  const [session] = named;
  if (session === undefined) return context;
  if (carriers.length === 1) return inSession(context, session);
  const content = named.reduce((allowed, each) => strictest(allowed, sessionContent(each)), ALL_CONTENT);
  return content === ALL_CONTENT ? context : inSession(context, { content });
}

function sessionIn(carrier: unknown): SessionOptions {
  const fields = fieldsOf(carrier);
  return fields === undefined ? {} : sessionOf((name) => fields.get(name));
}

/** What `read` says; a root where it fails: a call has its span whatever the message is. */
export function originFrom(active: Context, read: () => Origin): Origin {
  try {
    return read();
  } catch (failure) {
    reportFailure('where a message comes from could not be read', failure);
    return { parent: trace.deleteSpan(active) };
  }
}

const GETTER: TextMapGetter<Fields> = {
  keys: (fields) => fields.keys(),
  get: (fields, key) => fields.get(key),
};

/** `base` with the span that the fields name, if they name a valid one. */
function remoteContext(fields: Fields | undefined, base: Context): Context {
  if (fields === undefined) return base;
  if (propagation.fields().length > 0) return propagation.extract(base, fields, GETTER);
  const place = spanContextOf(fields.get('traceparent'));
  if (place === undefined) return base;
  const state = fields.get('tracestate');
  return trace.setSpanContext(base, state === undefined ? place : { ...place, traceState: createTraceState(state) });
}

function distinct(places: readonly (SpanContext | undefined)[]): Link[] {
  const bySpan = new Map(places.flatMap((place) => (place === undefined ? [] : [[place.spanId, place]])));
  return [...bySpan.values()].map((context) => ({ context }));
}

/** The further spans that an envelope names. */
function linksIn(carrier: unknown): Link[] {
  const named: unknown = (carrier as { links?: unknown } | null | undefined)?.links;
  return Array.isArray(named) ? distinct(named.map(spanContextOf)) : [];
}

import { context as contextApi, defaultTextMapGetter, propagation, trace, type Context } from '@opentelemetry/api';
import { metadataPolicy } from '../core/gate.js';
import { maskIdentifier } from '../core/masking.js';
import { admitGiven } from '../core/plain-value.js';
import type { SessionRecord } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import type { SessionOptions } from '../core/session.js';
import { ALL_CONTENT, type ContentSwitches } from '../core/settings.js';
import { withBaggage } from './session-baggage.js';
import { allowedIn, recordOf, sessionIn } from './session-context.js';
import { decide, withSession } from './session.js';

/** Written like the query of a URL: `id=s1&userId=u1&tag=beta&metadata={…}&without=input,output`. */
const HEADER = 'decotel-session';
/** Of Mirascope, which knows an id only; read, never written. */
const MIRASCOPE_HEADER = 'mirascope-session-id';
/** Servers refuse requests whose headers are larger than 8 or 16 kB in all. */
const LONGEST_HEADER = 4096;
const LONGEST_READ = 8192;
const MOST_HEADERS = 1000;

const KINDS = Object.keys(ALL_CONTENT) as (keyof ContentSwitches)[];
const TEXTS = ['id', 'userId', 'name'] as const;

/** Headers as frameworks have them: of Node's `http`, of the web, in a map or a plain object. */
export type SessionHeaders =
  Iterable<readonly [string, string]> | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Headers for a request to a service of one's own: the trace, as the registered propagator writes it (W3C `traceparent`
 * and `tracestate`), and the session in `decotel-session`: id, user, name, tags, metadata, and which content it
 * forbids; masked. Empty where there is neither. Never throws.
 */
export function sessionHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  try {
    decide();
    const active = contextApi.active();
    const session = sessionIn(active);
    propagation.inject(session === undefined ? active : withBaggage(active, () => recordOf(session)), headers);
    if (session === undefined) return headers;
    const text = written(recordOf(session), allowedIn(session, ALL_CONTENT));
    if (text !== '') headers[HEADER] = text;
  } catch (failure) {
    reportFailure('the headers of a session could not be written', failure);
  }
  return headers;
}

/**
 * Runs `work` in the trace and the session that the headers of a request name; names of headers in any case. A span of
 * the same trace that is active already, such as an HTTP server's, stays the parent. Of content rules the strictest
 * holds: a header can forbid content, never allow it. Who may send such headers may name any user: take them off
 * requests from outside. Returns what `work` returns; throws only what it throws.
 *
 * ```ts
 * createServer((request, response) => fromHeaders(request.headers, () => answer(request, response)));
 * ```
 */
export function fromHeaders<Result>(headers: SessionHeaders, work: () => Result): Result {
  let context: Context;
  let session: SessionOptions;
  try {
    decide();
    const carrier = carrierOf(headers);
    context = inTrace(contextApi.active(), carrier);
    session = sessionOf((name) => carrier[name]);
  } catch (failure) {
    reportFailure('the headers of a request could not be read', failure);
    return work();
  }
  return contextApi.with(context, () => (Object.keys(session).length === 0 ? work() : withSession(session, work)));
}

function inTrace(active: Context, carrier: Record<string, string>): Context {
  const extracted = propagation.extract(active, carrier, defaultTextMapGetter);
  const parent = trace.getSpan(active);
  const isSameTrace = parent?.spanContext().traceId === trace.getSpanContext(extracted)?.traceId;
  return parent !== undefined && isSameTrace ? trace.setSpan(extracted, parent) : extracted;
}

function written(session: SessionRecord, content: ContentSwitches): string {
  const policy = metadataPolicy();
  const parameters = new URLSearchParams();
  const add = (name: string, value = ''): void => {
    if (value === '') return;
    parameters.append(name, value);
    if (parameters.toString().length <= LONGEST_HEADER) return;
    parameters.delete(name, value);
    warnOnce(`a session is too large for a header: ${name} is left out`);
  };
  // First: what is left out for want of room must not be this.
  add('without', KINDS.filter((kind) => !content[kind]).join(','));
  for (const name of TEXTS) add(name, session[name] && maskIdentifier(session[name]));
  for (const tag of session.tags ?? []) add('tag', maskIdentifier(tag));
  const admitted = (key: string, value: unknown): unknown =>
    key === '' ? value : admitGiven(key, value, policy)?.value;
  if (session.metadata !== undefined) add('metadata', JSON.stringify(session.metadata, admitted));
  return parameters.toString();
}

/** What headers say of a session: no fields where they say nothing. */
export function sessionOf(header: (name: string) => string | undefined): SessionOptions {
  const text = header(HEADER);
  if (text === undefined) {
    const id = header(MIRASCOPE_HEADER);
    return id === undefined ? {} : { id };
  }
  if (text.length > LONGEST_READ) return {};
  // Two headers in one request come joined by a comma, which in one of them is written as %2C.
  const parameters = new URLSearchParams(text.replace(/, ?(?=[a-z]+=)/gi, '&'));
  const session: SessionOptions = {};
  for (const name of TEXTS) session[name] = parameters.get(name) ?? undefined;
  session.tags = parameters.getAll('tag');
  try {
    session.metadata = JSON.parse(parameters.get('metadata') ?? 'null') as SessionOptions['metadata'];
  } catch {
    // Of a header that is damaged, the rest is of use.
  }
  const without = parameters.getAll('without').flatMap((kinds) => kinds.split(','));
  if (without.length > 0) session.content = Object.fromEntries(KINDS.map((kind) => [kind, !without.includes(kind)]));
  return session;
}

/** Headers by their names in small letters; two of one name as HTTP joins them. */
function carrierOf(headers: unknown): Record<string, string> {
  const carrier = Object.create(null) as Record<string, string>;
  if (typeof headers !== 'object' || headers === null) return carrier;
  const entries = (Symbol.iterator in headers ? headers : Object.entries(headers)) as Iterable<[unknown, unknown]>;
  let left = MOST_HEADERS;
  for (const [name, value] of entries) {
    if (left-- <= 0) break;
    const text: unknown = Array.isArray(value) ? value.join(',') : value;
    if (typeof name !== 'string' || typeof text !== 'string' || text.length > LONGEST_READ) continue;
    const key = name.toLowerCase();
    carrier[key] = key in carrier ? `${carrier[key]},${text}` : text;
  }
  return carrier;
}

import { createContextKey, type Context } from '@opentelemetry/api';
import type { SessionRecord } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { joinedSession, sessionContent, sessionRecord, type SessionOptions } from '../core/session.js';
import { ALL_CONTENT, NO_CONTENT, strictest, type ContentSwitches } from '../core/settings.js';
import { baggageSession } from './session-baggage.js';

/** What a session says; a function says it anew for each span. */
export type SessionSource = SessionOptions | (() => SessionOptions);

interface Said {
  record: SessionRecord;
  content: ContentSwitches;
}

/** All that sessions say one inside the other, from the outermost on; the last is what is set while they run. */
export type SessionScope = readonly (Said | (() => Said))[];

const SESSION_KEY = createContextKey('decotel.session');
const NOTHING: Said = { record: {}, content: ALL_CONTENT };
/** Each session makes two of a scope. */
const MOST_NESTED = 64;

/** The innermost session of `context`; its functions are not called. */
export function scopeIn(context: Context): SessionScope | undefined {
  return context.getValue(SESSION_KEY) as SessionScope | undefined;
}

export function inScope(context: Context, scope: SessionScope): Context {
  return scopeIn(context) === scope ? context : context.setValue(SESSION_KEY, scope);
}

/** From one `withSession` to the end of the last span inside. */
export function scopeOf(source: SessionSource, outer: SessionScope = []): SessionScope {
  // A loop that enters each session from inside the one before nests without end.
  const around = outer.length < MOST_NESTED ? outer : [foldedOf(seenIn(outer))];
  return [...around, typeof source === 'function' ? asking(source) : saidBy(source), { ...NOTHING }];
}

/** The innermost session of `context`; where there is none, what its baggage says, if that is listened to. */
export function heardIn(context: Context): SessionScope | undefined {
  const scope = scopeIn(context);
  const given = scope === undefined ? baggageSession(context) : undefined;
  return given === undefined ? scope : scopeOf(given);
}

/** `context`, in the session of `other` where it has none itself. */
export function inSessionOf(other: Context, context: Context): Context {
  const scope = scopeIn(other);
  return scope === undefined || scopeIn(context) !== undefined ? context : inScope(context, scope);
}

/** Says more of the innermost session of `scope`. Never throws. */
export function setIn(scope: SessionScope, values: SessionOptions): void {
  const later = scope.at(-1) as Said;
  Object.assign(later, foldedOf([later, saidBy(values)]));
}

/** A session as one span sees it: what a function said is as of its start, what is set later is not. */
export type SeenSession = readonly Said[];

/** The session that a span which starts in `context` belongs to. Never throws. */
export function sessionIn(context: Context): SeenSession | undefined {
  const scope = heardIn(context);
  return scope && seenIn(scope);
}

function seenIn(scope: SessionScope): SeenSession {
  return scope.map((said) => (typeof said === 'function' ? said() : said));
}

/** As one, no larger than what one session may say. */
function foldedOf(session: SeenSession): Said {
  return { record: sessionRecord(recordOf(session)), content: allowedIn(session, ALL_CONTENT) };
}

/** What it says as of now, each time another: the application may change that of one call. */
export function recordOf(session: SeenSession | undefined = []): SessionRecord {
  return joinedSession(session.map(({ record }) => record));
}

/** `content` as far as this session and those around it allow it. */
export function allowedIn(session: SeenSession | undefined, content: ContentSwitches): ContentSwitches {
  return session === undefined ? content : session.reduce((allowed, said) => strictest(allowed, said.content), content);
}

/** What cannot be read costs what it would have said; a content rule that cannot be read allows nothing. */
function saidBy(options: unknown): Said {
  if (typeof options !== 'object' || options === null) {
    if (options !== undefined)
      warnOnce(`a session has to be an object, not ${options === null ? 'null' : typeof options}`);
    return NOTHING;
  }
  const said: Said = { record: {}, content: NO_CONTENT };
  try {
    said.content = sessionContent(options);
    said.record = sessionRecord(options);
  } catch (failure) {
    reportFailure('a session could not be read', failure);
  }
  return said;
}

/** A function that makes a span itself would be asked again for that one. */
function asking(source: () => unknown): () => Said {
  let isAsking = false;
  return () => {
    if (isAsking) return NOTHING;
    isAsking = true;
    try {
      const given = source();
      if (typeof given !== 'object' || given === null || !('then' in given)) return saidBy(given);
      warnOnce('the function given to withSession() returned a promise, not a session');
      void Promise.resolve(given).catch(() => undefined);
    } catch (failure) {
      reportFailure('the function given to withSession() failed; spans go without what it says', failure);
    } finally {
      isAsking = false;
    }
    return NOTHING;
  };
}

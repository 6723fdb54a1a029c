import { createContextKey, type Context } from '@opentelemetry/api';
import type { SessionRecord } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { joinedSession, sessionContent, sessionRecord, type SessionOptions } from '../core/session.js';
import { NO_CONTENT, settings, strictest, type ContentSwitches } from '../core/settings.js';
import { baggageSession } from './session-baggage.js';

/** What a session says; a function says it anew for each span. */
export type SessionSource = SessionOptions | (() => SessionOptions);

const SESSION_KEY = createContextKey('decotel.session');

/** The innermost session of `context`; its functions are not called. */
export function scopeIn(context: Context): SessionScope | undefined {
  return context.getValue(SESSION_KEY) as SessionScope | undefined;
}

export function inScope(context: Context, scope: SessionScope): Context {
  return scopeIn(context) === scope ? context : context.setValue(SESSION_KEY, scope);
}

/** The session that a span which starts in `context` belongs to. Never throws. */
export function sessionIn(context: Context): SeenSession | undefined {
  if (scopeIn(context) === undefined && settings().baggage.length === 0) return undefined;
  try {
    return heardIn(context)?.seen();
  } catch (failure) {
    reportFailure('a session could not be read', failure);
    return undefined;
  }
}

/** The innermost session of `context`; where there is none, what its baggage says, if that is listened to. */
export function heardIn(context: Context): SessionScope | undefined {
  const scope = scopeIn(context);
  if (scope !== undefined) return scope;
  const given = baggageSession(context);
  return given && new SessionScope(given, undefined);
}

/** `context`, in the session of `other` where it has none itself. */
export function inSessionOf(other: Context, context: Context): Context {
  const scope = scopeIn(other);
  return scope === undefined || scopeIn(context) !== undefined ? context : inScope(context, scope);
}

interface Given {
  readonly record: SessionRecord;
  readonly content: ContentSwitches | undefined;
}

/** What cannot be read costs what it would have said; a content rule that cannot be read allows nothing. */
function givenIn(options: SessionOptions): Given {
  return {
    content: readable(() => sessionContent(options), NO_CONTENT),
    record: readable(() => sessionRecord(options), {}),
  };
}

function readable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (failure) {
    reportFailure('what a session is said to be could not be read', failure);
    return otherwise;
  }
}

/** From one `withSession` to the end of the last span inside. */
export class SessionScope {
  /** What was set while it ran. */
  later: SessionRecord | undefined = undefined;
  laterContent: ContentSwitches | undefined = undefined;
  private readonly source: Given | (() => SessionOptions);
  private fixed: SeenSession | undefined = undefined;
  private isAsking = false;

  constructor(
    source: SessionSource,
    private readonly outer: SessionScope | undefined,
  ) {
    this.source = typeof source === 'function' ? source : givenIn(source);
  }

  /** The session as a span that starts now sees it. */
  seen(): SeenSession {
    const outer = this.outer?.seen();
    if (typeof this.source === 'function') return new SeenSession(this, givenIn(this.ask(this.source)), outer);
    if (this.fixed === undefined || this.fixed.outer !== outer) {
      this.fixed = new SeenSession(this, this.source, outer);
    }
    return this.fixed;
  }

  set(values: SessionOptions): void {
    const { record, content } = givenIn(values);
    this.later = joinedSession(this.later, record);
    if (content !== undefined) this.laterContent = strictest(content, this.laterContent);
  }

  /** A function that makes a span itself would be asked again for that one. */
  private ask(source: () => SessionOptions): SessionOptions {
    if (this.isAsking) return {};
    this.isAsking = true;
    try {
      const given: unknown = source();
      if (typeof given !== 'object' || given === null) return {};
      if (!('then' in given)) return given;
      warnOnce('the function given to withSession() returned a promise; it has to return the session itself');
      void Promise.resolve(given).catch(() => undefined);
    } catch (failure) {
      reportFailure('the function given to withSession() failed; spans go without what it says', failure);
    } finally {
      this.isAsking = false;
    }
    return {};
  }
}

/** A session as one span sees it: what a function said is as of its start, what is set later is not. */
export class SeenSession {
  private joined: SessionRecord | undefined = undefined;
  private joinedOuter: SessionRecord | undefined = undefined;
  private joinedLater: SessionRecord | undefined = undefined;

  constructor(
    private readonly scope: SessionScope,
    private readonly given: Given,
    readonly outer: SeenSession | undefined,
  ) {}

  /** As of now; shared by all spans of the session, so never changed. */
  get record(): SessionRecord {
    const outer = this.outer?.record;
    const { later } = this.scope;
    if (this.joined === undefined || outer !== this.joinedOuter || later !== this.joinedLater) {
      this.joinedOuter = outer;
      this.joinedLater = later;
      this.joined = joinedSession(joinedSession(outer, this.given.record), later);
    }
    return this.joined;
  }

  /** `content` as far as this session and those around it allow it. */
  strictest(content: ContentSwitches): ContentSwitches {
    const own = strictest(strictest(content, this.given.content), this.scope.laterContent);
    return this.outer === undefined ? own : this.outer.strictest(own);
  }

  /** For the record of one call, which its application may change. */
  copy(): SessionRecord {
    const { record } = this;
    return {
      ...record,
      ...(record.tags && { tags: [...record.tags] }),
      ...(record.metadata && { metadata: { ...record.metadata } }),
    };
  }
}

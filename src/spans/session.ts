import { context as contextApi, type Context } from '@opentelemetry/api';
import type { SessionRecord } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import type { SessionOptions } from '../core/session.js';
import { settings } from '../core/settings.js';
import type { Enter } from '../streams/cover.js';
import { keepContext } from '../streams/keep-context.js';
import { tapOf } from '../streams/sink.js';
import { pipeline } from './pipeline.js';
import { withBaggage } from './session-baggage.js';
import { heardIn, inScope, scopeIn, SessionScope, type SessionSource } from './session-context.js';
import { activeTracer } from './tracer.js';

/**
 * Runs `work` in a session: every span of decotel inside says whose it is, also after an `await`, and also where it is
 * made by a stream that leaves. Sessions nest: each field is that of the innermost session which has it, tags add up,
 * metadata is merged, of content rules the strictest holds. A function is called at the start of each span; where it
 * throws, that is reported once and the span goes without.
 *
 * ```ts
 * await withSession({ id: conversation.id, userId: reader.id, tags: ['beta'] }, () => librarian.answer(question));
 * ```
 *
 * Returns what `work` returns, the same object; a generator runs in the session whoever takes its steps. Throws only
 * what `work` throws.
 */
export function withSession<Result>(source: SessionSource, work: () => Result): Result {
  let scope: SessionScope;
  let context: Context;
  try {
    decide();
    context = inSession(contextApi.active(), checked(source));
    scope = scopeIn(context) as SessionScope;
  } catch (failure) {
    reportFailure('a session could not be entered', failure);
    return work();
  }
  return runInScope(context, scope, work);
}

/** `context` in a session inside the one that it has. */
export function inSession(context: Context, source: SessionSource): Context {
  const scope = new SessionScope(source, heardIn(context));
  const inside = inScope(context, scope);
  return settings().baggage.length > 0 ? withBaggage(inside, scope.seen().record) : inside;
}

/** Where nobody has registered a context manager yet, the session would be lost. */
export function decide(): void {
  const { decide: decideNow } = pipeline();
  if (decideNow !== undefined) decideNow();
}

function runInScope<Result>(context: Context, scope: SessionScope, work: () => Result): Result {
  const value = contextApi.with(context, () => {
    if (scopeIn(contextApi.active()) !== scope) missContextManager();
    return work();
  });
  // The body of a watched one runs in the context of its call.
  if (typeof value !== 'object' || value === null || tapOf(value) !== undefined) return value;
  const enter: Enter = (step, self, values) =>
    contextApi.with(inScope(contextApi.active(), scope), step, self, ...values);
  return keepContext(value, enter) as Result;
}

function missContextManager(): void {
  if (activeTracer() === undefined) return;
  warnOnce(
    'withSession() marks no span, because no context manager is registered. Register one where the tracer provider is ' +
      'set up: context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())',
  );
}

function checked(source: unknown): SessionSource {
  if (typeof source === 'function' || (typeof source === 'object' && source !== null)) return source;
  warnOnce(`withSession(): expected an object or a function, got ${source === null ? 'null' : typeof source}`);
  return {};
}

/** The session that runs. Outside any, it says nothing and takes nothing. */
export interface RunningSession extends Readonly<Omit<SessionRecord, 'tags' | 'metadata'>> {
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /**
   * Says more of the innermost session: spans that have not ended yet will have it, those that are open too. Joined
   * with what the session says as an inner session is with an outer one. Never throws.
   */
  set(values: SessionOptions): RunningSession;
}

/** The session that runs, to read or to fill in what was not known when it began. */
export function session(): RunningSession {
  return new CurrentSession(heardIn(contextApi.active()));
}

class CurrentSession implements RunningSession {
  constructor(private readonly scope: SessionScope | undefined) {}

  private get record(): SessionRecord {
    return this.scope?.seen().record ?? {};
  }

  get id(): string | undefined {
    return this.record.id;
  }
  get userId(): string | undefined {
    return this.record.userId;
  }
  get name(): string | undefined {
    return this.record.name;
  }
  get tags(): readonly string[] {
    return [...(this.record.tags ?? [])];
  }
  get metadata(): Readonly<Record<string, string | number | boolean>> {
    return { ...this.record.metadata };
  }
  get environment(): string | undefined {
    return this.record.environment;
  }
  get release(): string | undefined {
    return this.record.release;
  }

  set(values: SessionOptions): this {
    try {
      this.scope?.set(values);
    } catch (failure) {
      reportFailure('a session could not be changed', failure);
    }
    return this;
  }
}

import { context as contextApi, type Context } from '@opentelemetry/api';
import type { SessionRecord } from '../core/record.js';
import { reportFailure, warnOnce } from '../core/report.js';
import { SESSION_TEXTS, type SessionOptions } from '../core/session.js';
import type { Enter } from '../streams/cover.js';
import { keepContext } from '../streams/keep-context.js';
import { tapOf } from '../streams/sink.js';
import { pipeline } from './pipeline.js';
import { withBaggage } from './session-baggage.js';
import {
  heardIn,
  inScope,
  scopeIn,
  scopeOf,
  recordOf,
  sessionIn,
  setIn,
  type SessionScope,
  type SessionSource,
} from './session-context.js';
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
  let context: Context;
  try {
    decide();
    context = inSession(contextApi.active(), source);
  } catch (failure) {
    reportFailure('a session could not be entered', failure);
    return work();
  }
  const scope = scopeIn(context) as SessionScope;
  const value = contextApi.with(context, () => {
    if (scopeIn(contextApi.active()) !== scope) missContextManager();
    return work();
  });
  // The body of a watched one runs in the context of its call.
  if (tapOf(value as object) !== undefined) return value;
  const enter: Enter = (step, self, values) =>
    contextApi.with(inScope(contextApi.active(), scope), step, self, ...values);
  return keepContext(value, enter) as Result;
}

/** `context` in a session inside the one that it has. */
export function inSession(context: Context, source: SessionSource): Context {
  const inside = inScope(context, scopeOf(source, heardIn(context)));
  return withBaggage(inside, () => recordOf(sessionIn(inside)));
}

/** Where nobody has registered a context manager yet, the session would be lost. */
export function decide(): void {
  pipeline().decide?.();
}

function missContextManager(): void {
  if (activeTracer() === undefined) return;
  warnOnce(
    'withSession() marks no span: no context manager is registered. Register one beside the tracer provider: ' +
      'context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())',
  );
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
  const context = contextApi.active();
  const scope = scopeIn(context);
  const read = (): SessionRecord => ({ tags: [], metadata: {}, ...recordOf(sessionIn(context)) });
  const running = {
    set(values: SessionOptions) {
      if (scope !== undefined) setIn(scope, values);
      return running;
    },
  } as RunningSession;
  for (const name of [...SESSION_TEXTS, 'tags', 'metadata'] as const)
    Object.defineProperty(running, name, { enumerable: true, get: () => read()[name] });
  return running;
}

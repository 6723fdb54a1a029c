import { mean, type AuditedFunction, type AuditedSession } from './audited-session.js';

/** How often something was used, by how many sessions, and how well it went. */
export interface AuditUsage {
  sessions: number;
  calls: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  /** Mean of what the models said of their arguments; absent where none did. */
  confidence?: number;
}

export interface AuditSummary {
  sessions: number;
  /** Sessions whose root failed. */
  failures: number;
  confidence?: number;
  byFunction: Record<string, AuditUsage>;
  byStore: Record<string, AuditUsage>;
  byModel: Record<string, AuditUsage>;
}

/** Answers the questions that come later, from the sessions that `audit()` saved. */
export function auditSummary(sessions: Iterable<AuditedSession>): AuditSummary {
  const all = [...sessions];
  const by = (keyOf: (one: AuditedFunction) => string | undefined): Record<string, AuditUsage> => usageBy(all, keyOf);
  return {
    sessions: all.length,
    failures: all.filter((session) => session.outcome === 'error').length,
    confidence: mean(all.map((session) => session.confidence).filter((value) => value !== undefined)),
    byFunction: by((one) => one.name),
    byStore: by((one) => one.store),
    byModel: by((one) => one.model),
  };
}

/** The sessions in which the function of that name was called. */
export function sessionsUsing(sessions: Iterable<AuditedSession>, name: string): AuditedSession[] {
  return [...sessions].filter((session) => session.functions.some((one) => one.name === name));
}

function usageBy(
  sessions: readonly AuditedSession[],
  keyOf: (one: AuditedFunction) => string | undefined,
): Record<string, AuditUsage> {
  const groups = new Map<string, { used: AuditedFunction[]; by: Set<AuditedSession> }>();
  for (const session of sessions) {
    for (const one of session.functions) {
      const key = keyOf(one);
      if (key === undefined) continue;
      const group = groups.get(key) ?? { used: [], by: new Set() };
      groups.set(key, group);
      group.used.push(one);
      group.by.add(session);
    }
  }
  return Object.fromEntries([...groups].map(([key, { used, by }]) => [key, usageOf(used, by.size)]));
}

function usageOf(used: readonly AuditedFunction[], sessions: number): AuditUsage {
  const sum = (member: 'calls' | 'failures' | 'inputTokens' | 'outputTokens'): number =>
    used.reduce((total, one) => total + one[member], 0);
  return {
    sessions,
    calls: sum('calls'),
    failures: sum('failures'),
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    confidence: mean(used.flatMap((one) => one.confidences)),
  };
}

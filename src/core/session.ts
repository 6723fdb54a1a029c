import type { SessionRecord } from './record.js';
import { warnOnce } from './report.js';
import { ALL_CONTENT, contentSwitches, isContentRule, type ContentOption, type ContentSwitches } from './settings.js';
import { cutText } from './snapshot.js';

/** What an application says of a session. What is absent is what the session around it says. */
export interface SessionOptions {
  /** `session.id` and `gen_ai.conversation.id`. */
  id?: string;
  /** `user.id`. */
  userId?: string;
  /** Of the trace, for people. */
  name?: string;
  /** Added to those of the session around it. At most 64. */
  tags?: readonly string[];
  /** Added to that of the session around it; of the same key, the inner one holds. At most 64 keys of 256 characters. */
  metadata?: Readonly<Record<string, string | number | boolean>>;
  /** `deployment.environment.name`, where it differs from the process's. */
  environment?: string;
  /** `service.version`, where it differs from the process's. */
  release?: string;
  /** Switches content off inside, as a whole or by kind; never on where another rule is stricter. */
  content?: ContentOption;
}

export const SESSION_TEXTS = ['id', 'userId', 'name', 'environment', 'release'] as const;
/** A text of a session is on every span: what is longer is cut before the word there, as in content. */
const LONGEST_TEXT = 1024;
/** Most tags, and most keys of metadata. */
const MOST = 64;
const LONGEST_KEY = 256;

/** What of `given` a record can hold; what is of another type is left out and reported once. */
export function sessionRecord(given: SessionOptions): SessionRecord {
  const record: SessionRecord = {};
  for (const name of SESSION_TEXTS) {
    const text = textOf(given[name], name);
    if (text !== undefined) record[name] = text;
  }
  const { tags, metadata } = given as Record<string, unknown>;
  if (Array.isArray(tags)) record.tags = tags.slice(0, MOST).flatMap((tag) => textOf(tag, 'tags') ?? []);
  else if (tags != null) leaveOut('tags', 'an array of texts', tags);
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata))
    record.metadata = metadataOf(metadata);
  else if (metadata != null) leaveOut('metadata', 'an object', metadata);
  return record;
}

/** What a session allows; a rule that is none allows nothing. */
export function sessionContent({ content }: SessionOptions): ContentSwitches {
  if (content === undefined) return ALL_CONTENT;
  if (!isContentRule(content))
    warnOnce("a session's content: expected true, false or { input, output, tools, retrieval }; none is recorded");
  return contentSwitches(content);
}

/** The inner over the outer, field by field: tags add up, metadata is merged. A copy. */
export function joinedSession(outerFirst: readonly SessionRecord[]): SessionRecord {
  const joined: SessionRecord = {};
  const tags = new Set<string>();
  const metadata = {};
  for (const each of outerFirst) {
    Object.assign(joined, each);
    Object.assign(metadata, each.metadata);
    for (const tag of each.tags ?? []) if (tags.size < MOST) tags.add(tag);
  }
  if (joined.tags !== undefined) joined.tags = [...tags];
  if (joined.metadata !== undefined) joined.metadata = metadata;
  return joined;
}

/** Numbers are ids in many databases. */
function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? cutText(value, LONGEST_TEXT) : value;
  leaveOut(name, 'a text', value);
  return undefined;
}

function metadataOf(values: object): NonNullable<SessionRecord['metadata']> {
  const metadata: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(values).slice(0, MOST) as [string, unknown][]) {
    if (key === '' || key === '__proto__' || key.length > LONGEST_KEY) continue;
    const isScalar = typeof value === 'boolean' || Number.isFinite(value);
    const scalar = isScalar ? (value as boolean | number) : textOf(value, 'metadata');
    if (scalar !== undefined) metadata[key] = scalar;
  }
  return metadata;
}

function leaveOut(name: string, expected: string, value: unknown): void {
  warnOnce(`a session's ${name}: expected ${expected}, got ${typeof value}; it is left out`);
}

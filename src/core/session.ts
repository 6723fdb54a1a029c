import type { SessionRecord } from './record.js';
import { warnOnce } from './report.js';
import { contentSwitches, type ContentOption, type ContentSwitches } from './settings.js';
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

const TEXTS = ['id', 'userId', 'name', 'environment', 'release'] as const;
/** A text of a session is on every span: what is longer is cut before the word there, as in content. */
const LONGEST_TEXT = 1024;
const MOST_TAGS = 64;
const MOST_METADATA = 64;
const LONGEST_KEY = 256;

/** What of `given` a record can hold; what is of another type is left out and reported once. */
export function sessionRecord(given: SessionOptions): SessionRecord {
  const record: SessionRecord = {};
  for (const name of TEXTS) {
    const text = textOf(given[name], name);
    if (text !== undefined) record[name] = text;
  }
  const tags = tagsOf(given.tags);
  if (tags !== undefined) record.tags = tags;
  const metadata = metadataOf(given.metadata);
  if (metadata !== undefined) record.metadata = metadata;
  return record;
}

/** What a session allows; a rule that is none allows nothing. */
export function sessionContent({ content }: SessionOptions): ContentSwitches | undefined {
  if (content === undefined) return undefined;
  return contentSwitches(content);
}

/** `inner` over `outer`, field by field: tags add up, metadata is merged. */
export function joinedSession(outer: SessionRecord | undefined, inner: SessionRecord | undefined): SessionRecord {
  if (outer === undefined || inner === undefined) return outer ?? inner ?? {};
  const joined = { ...outer, ...inner };
  if (outer.tags !== undefined && inner.tags !== undefined) joined.tags = [...new Set([...outer.tags, ...inner.tags])];
  if (outer.metadata !== undefined && inner.metadata !== undefined)
    joined.metadata = { ...outer.metadata, ...inner.metadata };
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

function tagsOf(values: unknown): string[] | undefined {
  if (values === undefined || values === null) return undefined;
  if (!Array.isArray(values)) {
    leaveOut('tags', 'an array of texts', values);
    return undefined;
  }
  const tags = values.slice(0, MOST_TAGS).map((value) => textOf(value, 'tags'));
  return [...new Set(tags.filter((tag) => tag !== undefined))];
}

function metadataOf(values: unknown): SessionRecord['metadata'] {
  if (values === undefined || values === null) return undefined;
  if (typeof values !== 'object' || Array.isArray(values)) {
    leaveOut('metadata', 'an object', values);
    return undefined;
  }
  const metadata: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(values).slice(0, MOST_METADATA)) {
    if (key === '' || key === '__proto__' || key.length > LONGEST_KEY) continue;
    const known = typeof value === 'boolean' || Number.isFinite(value) ? (value as boolean | number) : undefined;
    const scalar = known ?? textOf(value, 'metadata');
    if (scalar !== undefined) metadata[key] = scalar;
  }
  return metadata;
}

function leaveOut(name: string, expected: string, value: unknown): void {
  warnOnce(`a session's ${name}: expected ${expected}, got ${typeof value}; it is left out`);
}

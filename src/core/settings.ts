import { shared } from './shared.js';

/** Masks a text: what a pattern matches becomes `[masked]`; a function returns the masked text. */
export type Redaction = RegExp | ((text: string) => string);

/** Which kinds of content may be recorded. */
export interface ContentSwitches {
  input: boolean;
  output: boolean;
  /** Tool definitions, arguments and results. */
  tools: boolean;
  /** Queries and retrieved documents. */
  retrieval: boolean;
}

/** `false` records no content at all, error messages included; an object switches single kinds (default: on). */
export type ContentOption = boolean | Partial<ContentSwitches>;

export interface Limits {
  /** Most bytes of UTF-8 in one attribute value. Default 32,768. */
  valueBytes: number;
  /** Deepest nesting of a captured value. Default 16. */
  depth: number;
  /** Most items of a captured array, set or map; the first and the last are kept. Default 1,000. */
  items: number;
  /** Most members of a captured object. Default 200. */
  keys: number;
  /** Milliseconds after which a stream that nobody reads ends its span. Default 600,000. */
  idleMs: number;
}

export const DEFAULT_LIMITS: Limits = { valueBytes: 32_768, depth: 16, items: 1000, keys: 200, idleMs: 600_000 };

export const ALL_CONTENT: ContentSwitches = { input: true, output: true, tools: true, retrieval: true };
export const NO_CONTENT: ContentSwitches = { input: false, output: false, tools: false, retrieval: false };

export interface Settings {
  enabled: boolean;
  /** Whether messages between agents and processes get spans; never where `enabled` is false. */
  messaging: boolean;
  /** What the application and the environment allow. */
  content: ContentSwitches;
  /**
   * True when the application or the environment asked for content in so many words: only then does a span on a
   * provider that decotel merely joined carry it.
   */
  contentIsExplicit: boolean;
  /** Patterns that find every match. */
  redact: readonly Redaction[];
  limits: Limits;
  /** `method`: an LLM span is called like its method; `semconv`: `chat {model}`. */
  spanNames: 'method' | 'semconv';
  /** Whose span carries the usage of a model call that an SDK or an instrumentation traces as well. */
  nativeSpans: 'ours' | 'theirs';
  /** What of a session travels as W3C baggage, with every request that carries any. */
  baggage: readonly BaggageKey[];
}

export type BaggageKey = 'session.id' | 'user.id';

/** The settings of a process that never called `configure()`. */
export function defaultSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const asked = environmentContent(environment);
  const off = word(environment['DECOTEL_DISABLED']);
  const enabled = off !== 'true' && word(environment['OTEL_SDK_DISABLED']) !== 'true';
  return {
    enabled,
    messaging: enabled && off !== 'messaging',
    content: asked ?? ALL_CONTENT,
    contentIsExplicit: asked !== undefined,
    redact: [],
    limits: DEFAULT_LIMITS,
    spanNames: 'method',
    nativeSpans: 'ours',
    baggage: [],
  };
}

/**
 * What `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says, or undefined where it is not set. Values of
 * opentelemetry-util-genai and of older instrumentations; anything else fails closed.
 */
export function environmentContent(environment: NodeJS.ProcessEnv = process.env): ContentSwitches | undefined {
  const value = word(environment['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT']);
  if (value === undefined || value === '') return undefined;
  return ['true', 'span_only', 'span_and_event'].includes(value) ? ALL_CONTENT : NO_CONTENT;
}

/** What is no rule, and what names a kind that there is not, allows nothing. */
export function contentSwitches(option: ContentOption): ContentSwitches {
  if (!isContentRule(option) || option === false) return NO_CONTENT;
  return option === true ? ALL_CONTENT : switches((kind) => option[kind] ?? true);
}

function switches(allows: (kind: keyof ContentSwitches) => boolean): ContentSwitches {
  return { input: allows('input'), output: allows('output'), tools: allows('tools'), retrieval: allows('retrieval') };
}

export function isContentRule(option: unknown): option is ContentOption {
  if (typeof option === 'boolean') return true;
  if (typeof option !== 'object' || option === null || Array.isArray(option)) return false;
  return Object.entries(option).every(
    ([kind, value]) => Object.hasOwn(ALL_CONTENT, kind) && (typeof value === 'boolean' || value === undefined),
  );
}

/** Of two rules the strictest wins, kind by kind. */
export function strictest(one: ContentSwitches, other: ContentSwitches | undefined): ContentSwitches {
  if (other === undefined || other === one || other === ALL_CONTENT) return one;
  return switches((kind) => one[kind] && other[kind]);
}

interface Holder {
  current: Settings;
}

const holder = shared<Holder>('settings', () => ({ current: defaultSettings() }));

export function settings(): Settings {
  return holder.current;
}

/** Replaces the settings; the returned function puts the former ones back. */
export function replaceSettings(next: Settings): () => void {
  const former = holder.current;
  holder.current = next;
  return () => {
    holder.current = former;
  };
}

/** Runs `work`, which may not be async, by the settings of another time. */
export function bySettings<T>(those: Settings, work: () => T): T {
  const putBack = replaceSettings(those);
  try {
    return work();
  } finally {
    putBack();
  }
}

function word(value: string | undefined): string | undefined {
  return value?.trim().toLowerCase();
}

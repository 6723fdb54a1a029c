import { ATTR_DECOTEL_METADATA, ATTR_DECOTEL_PROMPT_METADATA, ATTR_DECOTEL_TRUNCATED } from '../semconv/decotel.js';
import { ATTR_GEN_AI_PROMPT_VARIABLE } from '../semconv/gen-ai.js';
import { boundedJson, boundedText } from './bounds.js';
import { Content, type AdmittedAttributes, type AttributeScalar } from './content.js';
import type { CapturedAttributes, CapturedValue, ContentKind } from './content.js';
import { reportFailure } from './report.js';
import { withoutToolContent } from './tool-content.js';
import { isSecretMember, MASKED, maskSecrets } from './secrets.js';
import type { ContentSwitches, Redaction } from './settings.js';

/** What may pass the gate, and how large. */
export interface GatePolicy {
  readonly content: ContentSwitches;
  readonly redact: readonly Redaction[];
  /** Most bytes of UTF-8 in one value. */
  readonly valueBytes: number;
}

/**
 * The one way out for everything captured: content that is switched off is left out, the rest is masked, made a
 * string and bounded. JSON stays valid JSON; the keys of values that were cut are listed in `decotel.truncated`.
 * Never throws.
 */
export function admit(captured: CapturedAttributes, policy: GatePolicy): AdmittedAttributes {
  const admitted: AdmittedAttributes = {};
  const truncated: string[] = [];
  const { keys, values } = captured;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const passed = isSecretKey(key) ? { value: MASKED, cut: false } : admitValue(values[index], policy);
    if (passed === undefined) continue;
    admitted[key] = passed.value;
    if (passed.cut) truncated.push(key);
  }
  if (truncated.length > 0) admitted[ATTR_DECOTEL_TRUNCATED] = truncated;
  return admitted;
}

/** Metadata and prompt variables are named by the application. */
function isSecretKey(key: string): boolean {
  const isNamedByApplication =
    key.startsWith(ATTR_DECOTEL_METADATA) ||
    key.startsWith(ATTR_GEN_AI_PROMPT_VARIABLE) ||
    key.startsWith(ATTR_DECOTEL_PROMPT_METADATA);
  return isNamedByApplication && isSecretMember(key.slice(key.lastIndexOf('.') + 1));
}

/** One value on its way out, and whether it was cut; undefined where it may not leave. */
export function admitValue(value: CapturedValue, policy: GatePolicy): Passed<AdmittedAttributes[string]> | undefined {
  if (value === undefined) return undefined;
  return value instanceof Content ? admitContent(value, policy) : admitPlain(value, policy);
}

/** One text on its way out that is not an attribute, such as a status message. Undefined where it may not leave. */
export function admitText(kind: ContentKind, text: string, policy: GatePolicy): string | undefined {
  if (!allows(policy.content, kind)) return undefined;
  return boundedText(mask(text, policy.redact), policy.valueBytes).value;
}

/** Error texts quote prompts and answers, so they need every kind. */
export function allows(content: ContentSwitches, kind: ContentKind): boolean {
  return kind === 'error' ? content.input && content.output && content.tools && content.retrieval : content[kind];
}

export interface Passed<T> {
  value: T;
  cut: boolean;
}

function admitContent(content: Content, policy: GatePolicy): Passed<string> | undefined {
  if (!allows(policy.content, content.kind)) return undefined;
  try {
    const read: unknown = typeof content.value === 'function' ? (content.value as () => unknown)() : content.value;
    if (read === undefined) return undefined;
    const value = policy.content.tools ? read : withoutToolContent(read);
    return typeof value === 'string' && !content.isJson
      ? boundedText(mask(value, policy.redact), policy.valueBytes)
      : boundedJson(maskAll(value, policy.redact), policy.valueBytes);
  } catch (failure) {
    reportFailure('content could not be rendered; it is left out', failure);
    return undefined;
  }
}

function admitPlain(
  value: AttributeScalar | readonly AttributeScalar[],
  policy: GatePolicy,
): Passed<AdmittedAttributes[string]> {
  if (typeof value === 'string') return boundedText(maskIdentifier(value, policy.redact), policy.valueBytes);
  if (typeof value !== 'object') return { value, cut: false };
  let cut = false;
  const items = value.map((item) => {
    if (typeof item !== 'string') return item;
    const passed = boundedText(maskIdentifier(item, policy.redact), policy.valueBytes);
    cut ||= passed.cut;
    return passed.value;
  });
  return { value: items as string[], cut };
}

/** Masks `text`; where a masking function throws, all of it. */
export function mask(text: string, redact: readonly Redaction[]): string {
  try {
    let masked = maskSecrets(text);
    for (const redaction of redact) {
      if (typeof redaction === 'function') {
        const result: unknown = redaction(masked);
        if (typeof result !== 'string') throw new TypeError(`a redact function returned ${typeof result}, not a text`);
        masked = result;
      } else masked = masked.replace(globally(redaction), MASKED);
    }
    return masked;
  } catch (failure) {
    reportFailure('a redact function failed; the whole text is masked', failure);
    return MASKED;
  }
}

/** A deep copy of a snapshot with every text masked, names of members included. */
function maskAll(value: unknown, redact: readonly Redaction[]): unknown {
  if (typeof value === 'string') return mask(value, redact);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => maskAll(item, redact));
  if ('toJSON' in value && typeof value.toJSON === 'function') return maskAll((value as Jsonable).toJSON(), redact);
  const masked: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const hidden =
      member !== null && member !== undefined && member !== '' && isSecretMember(name) && !isObject(member);
    setMember(masked, mask(name, redact), hidden ? MASKED : maskAll(member, redact));
  }
  return masked;
}

/** Of a schema's property the name says nothing of the value below it. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value);
}

interface Jsonable {
  toJSON(): unknown;
}

function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true });
  else target[name] = value;
}

const globalPatterns = new WeakMap<RegExp, RegExp>();

function globally(pattern: RegExp): RegExp {
  let all = globalPatterns.get(pattern);
  if (all === undefined) {
    const flags = pattern.flags.replace('y', '');
    all = new RegExp(pattern.source, flags.includes('g') ? flags : `${flags}g`);
    globalPatterns.set(pattern, all);
  }
  return all;
}

/** Model names, tool names and the like come again and again: their masked form is remembered. */
const identifiers = new Map<string, string>();
const MOST_IDENTIFIERS = 1000;
const LONGEST_IDENTIFIER = 128;
let identifiersFor: readonly Redaction[] | undefined;

/** Masks a short text that comes again and again. Never throws. */
export function maskIdentifier(text: string, redact: readonly Redaction[]): string {
  if (text.length > LONGEST_IDENTIFIER) return mask(text, redact);
  if (identifiersFor !== redact || identifiers.size > MOST_IDENTIFIERS) {
    identifiers.clear();
    identifiersFor = redact;
  }
  let masked = identifiers.get(text);
  if (masked === undefined) {
    masked = mask(text, redact);
    identifiers.set(text, masked);
  }
  return masked;
}

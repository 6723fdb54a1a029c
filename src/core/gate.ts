import { ATTR_DECOTEL_TOOL, ATTR_DECOTEL_TRUNCATED } from '../semconv/decotel.js';
import { ATTR_GEN_AI_PROMPT_VARIABLE } from '../semconv/gen-ai.js';
import { boundedAgain, boundedJson, boundedText } from './bounds.js';
import { Content, ContentFamily, EventFamily, JsonObject } from './content.js';
import type { AdmittedAttributes, AttributeScalar, CapturedAttributes, CapturedEvent } from './content.js';
import type { CapturedValue, ContentKind, Spread } from './content.js';
import { reportFailure } from './report.js';
import { withoutToolContent } from './tool-content.js';
import { isSecretMember, MASKED, maskSecrets } from './secrets.js';
import type { ContentSwitches, Redaction } from './settings.js';
import { snapshot } from './snapshot.js';

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
    const value = values[index];
    if (value instanceof ContentFamily) {
      admitFamily(key, value, policy, admitted, truncated);
      continue;
    }
    const passed = admitAttribute(key, value, policy);
    if (passed === undefined) continue;
    admitted[key] = passed.value;
    if (passed.cut) truncated.push(key);
  }
  if (truncated.length > 0) admitted[ATTR_DECOTEL_TRUNCATED] = [...new Set(truncated)];
  return admitted;
}

/** An event as it leaves, and which of those that were captured it comes from. */
export interface AdmittedEvent {
  readonly name: string;
  readonly attributes: AdmittedAttributes;
  readonly time: number | undefined;
  /** Its place among the captured ones, and of a family's events its place among them. */
  readonly source: number;
  readonly place: number;
}

/** The events that may leave, in their order. Never throws. */
export function admitEvents(
  captured: readonly (CapturedEvent | EventFamily)[] | undefined,
  policy: GatePolicy,
): AdmittedEvent[] {
  return (captured ?? []).flatMap((event, source) => {
    if (event instanceof EventFamily) return admitEventFamily(event, source, policy);
    const { name, attributes, time } = event;
    return { name, attributes: admit(attributes, policy), time, source, place: 0 };
  });
}

/** Metadata and prompt variables are named by the application, what is said of a tool's call by the model. */
function isSecretKey(key: string): boolean {
  const isNamedByOthers =
    key.includes('.metadata.') || key.startsWith(ATTR_GEN_AI_PROMPT_VARIABLE) || key.startsWith(ATTR_DECOTEL_TOOL);
  if (!isNamedByOthers) return false;
  return isSecretMember(key.slice(key.lastIndexOf('.') + 1));
}

/** One attribute on its way out, and whether it was cut; undefined where it may not leave. */
export function admitAttribute(
  key: string,
  value: CapturedValue,
  policy: GatePolicy,
): Passed<AdmittedAttributes[string]> | undefined {
  return isSecretKey(key) && value !== undefined ? { value: MASKED, cut: false } : admitValue(value, policy);
}

function admitValue(value: CapturedValue, policy: GatePolicy): Passed<AdmittedAttributes[string]> | undefined {
  if (value === undefined) return undefined;
  if (value instanceof Content) return admitContent(value, policy);
  if (value instanceof JsonObject) return boundedJson(maskAll(value.value, policy.redact), policy.valueBytes);
  return admitPlain(value, policy);
}

/**
 * A value of any kind that an application gives for an attribute: scalars and lists of one type of them as they are,
 * dates as ISO 8601, whatever no attribute can hold as JSON. Undefined where there is nothing to write.
 */
export function admitGiven(
  key: string,
  value: unknown,
  policy: GatePolicy,
): Passed<AdmittedAttributes[string]> | undefined {
  if (value === undefined || value === null) return undefined;
  if (isSecretMember(key.slice(key.lastIndexOf('.') + 1))) return { value: MASKED, cut: false };
  const copy = snapshot(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  if (typeof copy !== 'object' || copy === null || isUniform(copy, policy.valueBytes))
    return admitPlain(copy as AttributeScalar | readonly AttributeScalar[], policy);
  return boundedJson(maskAll(copy, policy.redact), policy.valueBytes);
}

/** A list that an array attribute can hold, and that is not larger than one value may be. */
function isUniform(copy: object, mostBytes: number): boolean {
  if (!Array.isArray(copy)) return false;
  let bytes = 0;
  for (const item of copy as unknown[]) {
    if (typeof item !== typeof copy[0] || typeof item === 'object' || item === undefined) return false;
    bytes += typeof item === 'string' ? item.length * 3 : 8;
  }
  return bytes <= mostBytes;
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
    const value = readContent(content.value, policy);
    if (value === undefined) return undefined;
    return typeof value === 'string' && !content.isJson
      ? boundedText(mask(value, policy.redact), policy.valueBytes)
      : boundedJson(maskAll(value, policy.redact), policy.valueBytes);
  } catch (failure) {
    reportFailure('content could not be rendered; it is left out', failure);
    return undefined;
  }
}

function readContent(value: unknown, policy: GatePolicy): unknown {
  const read: unknown = typeof value === 'function' ? (value as () => unknown)() : value;
  return policy.content.tools ? read : withoutToolContent(read);
}

/** Plain data of a family; `whole` is there where they were cut, to tell what was. */
interface FamilyData {
  readonly data: unknown;
  readonly whole?: unknown;
}

/** All of a family takes no more room than one value. */
function familyData({ kind, value }: ContentFamily | EventFamily, policy: GatePolicy): FamilyData | undefined {
  if (!allows(policy.content, kind)) return undefined;
  const read = readContent(value, policy);
  if (read === undefined) return undefined;
  const data = maskAll(read, policy.redact);
  const bounded = boundedJson(data, policy.valueBytes);
  return bounded.cut ? { data: JSON.parse(bounded.value), whole: data } : { data };
}

function admitFamily(
  key: string,
  family: ContentFamily,
  policy: GatePolicy,
  admitted: AdmittedAttributes,
  truncated: string[],
): void {
  try {
    const read = familyData(family, policy);
    if (read === undefined) return;
    const attributes = spreadOut(key, family.spread(read.data), policy.valueBytes, truncated);
    Object.assign(admitted, attributes);
    if (read.whole !== undefined) truncated.push(...changed(attributes, spreadOut(key, family.spread(read.whole))));
  } catch (failure) {
    reportFailure('content could not be rendered; it is left out', failure);
  }
}

function admitEventFamily(family: EventFamily, source: number, policy: GatePolicy): AdmittedEvent[] {
  try {
    const read = familyData(family, policy);
    if (read === undefined) return [];
    const whole = read.whole === undefined ? undefined : [...family.spread(read.whole)];
    return [...family.spread(read.data)].map(([name, spread], place) => {
      const cut: string[] = [];
      const attributes = spreadOut('', spread, policy.valueBytes, cut);
      if (whole !== undefined) cut.push(...changed(attributes, spreadOut('', whole[place]?.[1] ?? [])));
      if (cut.length > 0) attributes[ATTR_DECOTEL_TRUNCATED] = [...new Set(cut)];
      return { name, attributes, time: undefined, source, place };
    });
  } catch (failure) {
    reportFailure('content could not be rendered; it is left out', failure);
    return [];
  }
}

/** What was bounded as a whole may still be longer in another form, such as JSON within JSON. */
function spreadOut(
  key: string,
  spread: Iterable<Spread>,
  mostBytes = Infinity,
  cut: string[] = [],
): AdmittedAttributes {
  const attributes: AdmittedAttributes = {};
  for (const [suffix, value] of spread) {
    if (value === undefined || value === '') continue;
    const name = key + suffix;
    if (typeof value === 'string') {
      const bounded = boundedAgain(value, mostBytes);
      attributes[name] = bounded.value;
      if (bounded.cut) cut.push(name);
    } else attributes[name] = typeof value === 'object' ? [...value] : value;
  }
  return attributes;
}

function changed(attributes: AdmittedAttributes, whole: AdmittedAttributes): string[] {
  return Object.keys(attributes).filter((key) => String(attributes[key]) !== String(whole[key]));
}

function admitPlain(
  value: AttributeScalar | readonly AttributeScalar[],
  policy: GatePolicy,
): Passed<AdmittedAttributes[string]> | undefined {
  if (typeof value === 'string') return boundedText(maskIdentifier(value, policy.redact), policy.valueBytes);
  if (typeof value === 'number' || typeof value === 'boolean') return { value, cut: false };
  if (!isListOfOneType(value)) return admitOther(value, policy);
  let cut = false;
  const items = value.map((item) => {
    if (typeof item !== 'string') return item;
    const passed = boundedText(maskIdentifier(item, policy.redact), policy.valueBytes);
    cut ||= passed.cut;
    return passed.value;
  });
  return { value: items as string[], cut };
}

function isListOfOneType(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const type = typeof value[0];
  const isScalar = value.length === 0 || type === 'string' || type === 'number' || type === 'boolean';
  return isScalar && value.every((item) => typeof item === type);
}

/** What the types of the options forbid, and an application without types gives all the same: as text or JSON. */
function admitOther(value: unknown, { redact, valueBytes }: GatePolicy): Passed<string> | undefined {
  if (value === null || typeof value === 'function' || typeof value === 'symbol') return undefined;
  const copy = snapshot(value);
  return typeof copy === 'string'
    ? boundedText(mask(copy, redact), valueBytes)
    : boundedJson(maskAll(copy, redact), valueBytes);
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

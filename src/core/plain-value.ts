import { boundedJson, boundedText, type Bounded } from './bounds.js';
import type { AdmittedAttributes } from './content.js';
import type { GatePolicy } from './gate.js';
import { maskAll, maskIdentifier } from './masking.js';
import { isSecretMember, MASKED } from './secrets.js';
import { snapshot } from './snapshot.js';

/** A value on its way out, and whether it was cut. */
export interface Passed {
  value: AdmittedAttributes[string];
  cut: boolean;
}

/**
 * A value that is no content, masked and bounded: a scalar or a list of one type of them as it is, anything else, such as
 * an application without types gives, as text or JSON. Undefined where there is nothing to write.
 */
export function admitPlain(value: unknown, policy: GatePolicy): Passed | undefined {
  if (typeof value === 'string') return admitWord(value, policy);
  if (typeof value === 'number' || typeof value === 'boolean') return { value, cut: false };
  if (value == null || typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (!isListOfOneType(value)) {
    const copy = snapshot(value);
    return typeof copy === 'string' ? admitWord(copy, policy) : admitJson(copy, policy);
  }
  let cut = false;
  const items = value.map((item) => {
    if (typeof item !== 'string') return item;
    const passed = admitWord(item, policy);
    cut ||= passed.cut;
    return passed.value;
  });
  return { value: items as string[], cut };
}

/** The same of any kind of value that an application gives for an attribute of that name. */
export function admitGiven(key: string, value: unknown, policy: GatePolicy): Passed | undefined {
  if (value == null || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
  if (typeof value !== 'boolean' && isSecretMember(lastName(key))) return { value: MASKED, cut: false };
  const copy = snapshot(value);
  const isLong = Array.isArray(copy) && JSON.stringify(copy).length > policy.valueBytes;
  return isLong ? admitJson(copy, policy) : admitPlain(copy, policy);
}

/** Most attributes that are given at once: the SDK's own limit holds for spans, not for events. */
const MOST_ATTRIBUTES = 128;
const LONGEST_KEY = 256;

/** All that an application gives. */
export function admitAllGiven(given: Readonly<Record<string, unknown>>, policy: GatePolicy): AdmittedAttributes {
  const attributes: AdmittedAttributes = {};
  // A text, a list or a buffer would be taken apart.
  const isTaken = typeof given === 'object' && (given as unknown) !== null && !Array.isArray(given);
  const keys = isTaken && !ArrayBuffer.isView(given) ? Object.keys(given).slice(0, MOST_ATTRIBUTES) : [];
  for (const key of keys) {
    if (key === '' || key === '__proto__' || key.length > LONGEST_KEY) continue;
    const passed = admitGiven(key, given[key], policy);
    if (passed !== undefined) attributes[maskIdentifier(key, policy.redact)] = passed.value;
  }
  return attributes;
}

/** What follows the last dot of a key. */
export function lastName(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function admitWord(text: string, { redact, valueBytes }: GatePolicy): Bounded {
  return boundedText(maskIdentifier(text, redact), valueBytes);
}

function admitJson(value: unknown, { redact, valueBytes }: GatePolicy): Bounded {
  return boundedJson(maskAll(value, redact), valueBytes);
}

function isListOfOneType(value: unknown): value is unknown[] {
  if (!Array.isArray(value)) return false;
  const type = typeof value[0];
  const isScalar = value.length === 0 || type === 'string' || type === 'number' || type === 'boolean';
  return isScalar && value.every((item) => typeof item === type);
}

import { reportFailure } from './report.js';
import { isSecretMember, MASKED, maskSecrets } from './secrets.js';
import { settings, type Redaction } from './settings.js';
import { setMember } from './snapshot.js';

/** Masks `text`; where a masking function throws, all of it. */
export function mask(text: string, redact: readonly Redaction[]): string {
  try {
    let masked = maskSecrets(text);
    for (const redaction of redact) {
      if (typeof redaction === 'function') {
        const result: unknown = redaction(masked);
        if (typeof result !== 'string') throw new TypeError(`a redact function returned ${typeof result}, not a text`);
        masked = result;
      } else masked = masked.replace(redaction, MASKED);
    }
    return masked;
  } catch (failure) {
    reportFailure('a redact function failed; the whole text is masked', failure);
    return MASKED;
  }
}

/** A deep copy of a snapshot with every text masked, names of members included. */
export function maskAll(value: unknown, redact: readonly Redaction[]): unknown {
  if (typeof value === 'string') return mask(value, redact);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return maskItems(value, redact);
  if ('toJSON' in value && typeof value.toJSON === 'function') return maskAll((value as Jsonable).toJSON(), redact);
  const masked: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    setMember(masked, mask(name, redact), isHidden(name, member) ? MASKED : maskAll(member, redact));
  }
  return masked;
}

/** Of pairs, as headers and maps are listed, the first is the name. A list of two names alone says nothing of values. */
function maskItems(items: readonly unknown[], redact: readonly Redaction[]): unknown[] {
  return items.map((item) => {
    if (!Array.isArray(item) || item.length !== 2) return maskAll(item, redact);
    const [name, value] = item as [unknown, unknown];
    return typeof name === 'string' && isHidden(name, value) ? [name, MASKED] : maskAll(item, redact);
  });
}

/** Of a schema's property the name says nothing of the value below it; a switch, such as `hasPassword`, is no secret. */
export function isHidden(name: string, value: unknown): boolean {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return false;
  return isSecretMember(name) && (typeof value !== 'object' || Array.isArray(value));
}

interface Jsonable {
  toJSON(): unknown;
}

/** Model names, tool names and the like come again and again: their masked form is remembered. */
const identifiers = new Map<string, string>();
const MOST_IDENTIFIERS = 1000;
const LONGEST_IDENTIFIER = 128;
let identifiersFor: readonly Redaction[] | undefined;

/** Masks a short text that comes again and again. Never throws. */
export function maskIdentifier(text: string, redact = settings().redact): string {
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

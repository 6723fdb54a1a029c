import { ATTR_DECOTEL_TRUNCATED } from '../semconv/decotel.js';
import { boundedAgain, boundedJson } from './bounds.js';
import { Content } from './content.js';
import type { AdmittedAttributes, AttributeScalar, CapturedEvents, ContentKind } from './content.js';
import { readContent, type AdmittedEvent, type GatePolicy } from './gate.js';
import { maskAll } from './masking.js';

/** An attribute that content becomes: what follows the family's key, and the value. */
export type Spread = readonly [suffix: string, value: AttributeScalar | readonly string[] | undefined];

/**
 * Content that becomes several attributes, or a list of texts, in conventions that know no JSON: which ones is known only
 * when it is read. `spread` gets plain JSON data that was masked and bounded as a whole. The key of a family that is a
 * prefix ends with a dot.
 */
export class ContentFamily extends Content {
  constructor(
    kind: ContentKind,
    value: unknown,
    readonly spread: (data: unknown) => Iterable<Spread>,
  ) {
    super(kind, value, true);
  }

  override admitInto(key: string, policy: GatePolicy, admitted: AdmittedAttributes, truncated: string[]): void {
    const read = familyData(this, policy);
    if (read === undefined) return;
    const attributes = spreadOut(key, this.spread(read.data), policy.valueBytes, truncated);
    Object.assign(admitted, attributes);
    if (read.whole !== undefined) truncated.push(...changed(attributes, spreadOut(key, this.spread(read.whole))));
  }
}

/** One of the events that content becomes: its name, and its attributes as of a family. */
export type SpreadEvent = readonly [name: string, attributes: Iterable<Spread>];

/** Events that are known only once their content is read, such as one for each message. */
export class EventFamily implements CapturedEvents {
  constructor(
    readonly kind: ContentKind,
    readonly value: unknown,
    readonly spread: (data: unknown) => Iterable<SpreadEvent>,
  ) {}

  admit(policy: GatePolicy): AdmittedEvent[] {
    const read = familyData(this, policy);
    if (read === undefined) return [];
    const whole = read.whole === undefined ? undefined : [...this.spread(read.whole)];
    return [...this.spread(read.data)].map(([name, spread], place) => {
      const cut: string[] = [];
      const attributes = spreadOut('', spread, policy.valueBytes, cut);
      if (whole !== undefined) cut.push(...changed(attributes, spreadOut('', whole[place]?.[1] ?? [])));
      if (cut.length > 0) attributes[ATTR_DECOTEL_TRUNCATED] = [...new Set(cut)];
      return { name, attributes };
    });
  }
}

/** Plain data of a family; `whole` is there where they were cut, to tell what was. */
interface FamilyData {
  readonly data: unknown;
  readonly whole?: unknown;
}

/** All of a family takes no more room than one value. */
function familyData(family: ContentFamily | EventFamily, policy: GatePolicy): FamilyData | undefined {
  const read = readContent(family, policy);
  if (read === undefined) return undefined;
  const data = maskAll(read, policy.redact);
  const bounded = boundedJson(data, policy.valueBytes);
  return bounded.cut ? { data: JSON.parse(bounded.value), whole: data } : { data };
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

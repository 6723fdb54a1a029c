/**
 * The kinds of captured content that can be switched off one by one. `error` is the text of errors: messages quote
 * prompts, so it is recorded only where every other kind is.
 */
export type ContentKind = 'input' | 'output' | 'tools' | 'retrieval' | 'error';

/**
 * Captured content on its way to an attribute. A dialect names it; only the gate turns it into a string, so that
 * nothing leaves unmasked or unbounded. `value` is a snapshot, or a function that builds it when it is first read:
 * a string is written as it is (as JSON too where `isJson`), anything else as JSON.
 */
export class Content {
  constructor(
    readonly kind: ContentKind,
    readonly value: unknown,
    readonly isJson = false,
  ) {}
}

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
}

/** An event of the span; content in it passes the gate like content in attributes. */
export interface CapturedEvent {
  name: string;
  attributes: CapturedAttributes;
  /** Milliseconds since the epoch; undefined: when the span ended. */
  time?: number;
}

/** One of the events that content becomes: its name, and its attributes as of a family. */
export type SpreadEvent = readonly [name: string, attributes: Iterable<Spread>];

/** Events that are known only once their content is read, such as one for each message. */
export class EventFamily {
  constructor(
    readonly kind: ContentKind,
    readonly value: unknown,
    readonly spread: (data: unknown) => Iterable<SpreadEvent>,
  ) {}
}

/** What a dialect made of a call, before the gate. */
export interface Captured {
  readonly attributes: CapturedAttributes;
  readonly events?: readonly (CapturedEvent | EventFamily)[];
}

/** An object that is no content, such as metadata, in conventions that want it as JSON: masked and bounded like it. */
export class JsonObject {
  constructor(readonly value: Readonly<Record<string, unknown>>) {}
}

/** `value` as JSON; undefined where it has no member that says anything. */
export function jsonObject(value: Readonly<Record<string, unknown>>): JsonObject | undefined {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.length === 0 ? undefined : new JsonObject(Object.fromEntries(members));
}

/** Content of `kind`, or undefined where there is none. */
export function content(kind: ContentKind, value: unknown): Content | undefined {
  return value === undefined ? undefined : new Content(kind, value);
}

/** The same, written as JSON whatever it is: a text in quotes. */
export function jsonContent(kind: ContentKind, value: unknown): Content | undefined {
  return value === undefined ? undefined : new Content(kind, value, true);
}

/** What an OpenTelemetry attribute may hold. */
export type AttributeScalar = string | number | boolean;

export type CapturedValue = AttributeScalar | readonly AttributeScalar[] | Content | JsonObject | undefined;

/**
 * Attributes as a dialect names them, before the gate. A list, not an object: V8 turns an object to which more than a
 * dozen computed names are added into a hash table, which costs more than the rest of a call.
 */
export class CapturedAttributes implements Iterable<[string, CapturedValue]> {
  readonly keys: string[] = [];
  readonly values: Exclude<CapturedValue, undefined>[] = [];

  static of(values: Readonly<Record<string, CapturedValue>>): CapturedAttributes {
    const captured = new CapturedAttributes();
    for (const key in values) captured.set(key, values[key]);
    return captured;
  }

  /** Adds an attribute; an undefined value is left out. Each key is set once. */
  set(key: string, value: CapturedValue): void {
    if (value === undefined) return;
    this.keys.push(key);
    this.values.push(value);
  }

  /** Adds those of another list. */
  add(others: CapturedAttributes | null | undefined): void {
    if (others != null) for (const [key, value] of others) this.set(key, value);
  }

  *[Symbol.iterator](): Iterator<[string, CapturedValue]> {
    for (let index = 0; index < this.keys.length; index++) yield [this.keys[index] as string, this.values[index]];
  }
}

/** Attributes as they leave: masked, bounded, content as text or JSON. */
export type AdmittedAttributes = Record<string, AttributeScalar | string[] | number[] | boolean[]>;

import type { AdmittedEvent, GatePolicy } from './gate.js';

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

  /** Of a family: adds what it becomes to `admitted`, and the keys of what was cut to `truncated`. */
  admitInto?(key: string, policy: GatePolicy, admitted: AdmittedAttributes, truncated: string[]): void;
}

/** An event of the span; content in it passes the gate like content in attributes. */
export interface CapturedEvent {
  name: string;
  attributes: CapturedAttributes;
  /** Milliseconds since the epoch; undefined: when the span ended. */
  time?: number;
}

/** Events that are known only once they are on their way out. */
export interface CapturedEvents {
  readonly kind: ContentKind;
  admit(policy: GatePolicy): AdmittedEvent[];
}

/** What a dialect made of a call, before the gate. */
export interface Captured {
  /** Replaces the span's name. */
  readonly name?: string;
  readonly attributes: CapturedAttributes;
  readonly events?: readonly (CapturedEvent | CapturedEvents)[];
}

/** An object that is no content, such as metadata, in conventions that want it as JSON: masked and bounded like it. */
export class JsonObject {
  constructor(readonly value: Readonly<Record<string, unknown>>) {}

  toJSON(): object {
    return this.value;
  }
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
